"""Child processes of the runner, and the supervisor that keeps them alive.

Everything runs in the main thread's event loop: the kernel ties a child's life to the thread that
started it (see ``child_process.spawn``).
"""

import asyncio
import json
import os
import signal
import subprocess
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from local_runner.errors import RunnerError
from local_runner.processes.child import command_line, signal_group, spawn, wait_until
from local_runner.storage.data_dir import read_json, write_atomically

RESTART_DELAYS = (0.0, 0.5, 1.0, 2.0, 4.0, 8.0, 15.0)  # seconds; the last one repeats
STABLE_AFTER = 30.0  # seconds alive, after which earlier failures are forgiven
LEFTOVER_GRACE = 5.0
LAST_WORDS_FROM = 64 * 1024  # bytes from the end of a log; a trace in JSON is one long line
POLL_INTERVAL = 0.1


class Child(Protocol):
    """What the supervisor can keep alive."""

    @property
    def name(self) -> str:
        """How messages call it."""

    def start(self) -> None:
        """Start it, also after it died."""

    def is_running(self) -> bool:
        """Whether it lives."""

    def ask_to_stop(self) -> None:
        """Begin an orderly stop and return at once."""

    def finish(self) -> None:
        """Kill what still lives and tidy up."""


class ProcessRecord:
    """The running children on disk: what a runner that was killed may leave behind."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._running: dict[str, tuple[int, list[str]]] = {}

    def note(self, name: str, pid: int, command: Sequence[str]) -> None:
        """Remember a child that was started."""
        self._running[name] = (pid, list(command))
        write_atomically(self._path, json.dumps(self._running))

    def end_leftovers(self) -> list[str]:
        """Stop what an earlier runner left alive; returns the names.

        A process counts only if its command line is still the one we started: the id may have been
        given to a stranger since.
        """
        before: dict[str, tuple[int, list[str]]] = read_json(self._path) or {}
        alive = {name: (pid, cmd) for name, (pid, cmd) in before.items() if _is_still(pid, cmd)}
        for signum in (signal.SIGTERM, signal.SIGKILL):
            for pid, command in alive.values():
                if _is_still(pid, command):
                    signal_group(pid, signum)
            if wait_until(lambda: not any(_is_still(*it) for it in alive.values()), LEFTOVER_GRACE):
                break
        return list(alive)


def _is_still(pid: int, command: list[str]) -> bool:
    arguments = command_line(pid)  # a script's begins with its interpreter
    return arguments is not None and arguments[-len(command) :] == command


class ServiceProcess:
    """One child with its environment and its log."""

    def __init__(
        self,
        name: str,
        command: Sequence[str | Path],
        env: Mapping[str, str],
        log_path: Path,
        record: ProcessRecord | None = None,
    ) -> None:
        self.name = name
        self.command = [str(part) for part in command]
        self.env = env
        self.log_path = log_path
        self._record = record
        self._process: subprocess.Popen[bytes] | None = None

    @property
    def pid(self) -> int | None:
        """The id of the live process, None when there is none."""
        return self._process.pid if self._process and self.is_running() else None

    @property
    def exit_code(self) -> int | None:
        """How the last process ended; None while it lives or before the first start."""
        return self._process.poll() if self._process else None

    def start(self) -> None:
        """Start it; nothing if it lives."""
        if self.is_running():
            return
        with self.log_path.open("ab") as log:
            self._process = spawn(self.command, log=log, env=self.env)
        if self._record:
            self._record.note(self.name, self._process.pid, self.command)

    def is_running(self) -> bool:
        """Whether the process lives."""
        return self._process is not None and self._process.poll() is None

    def ask_to_stop(self) -> None:
        """SIGTERM: finish the requests under way and leave."""
        if self._process and self.is_running():
            self._process.terminate()

    def finish(self) -> None:
        """SIGKILL to the child and whatever it started."""
        if self._process and self.is_running():
            signal_group(self._process.pid, signal.SIGKILL)
            self._process.wait()

    def last_words(self) -> str:
        """What the log says went wrong, to show beside the news that the process ended."""
        try:
            with self.log_path.open("rb") as log:
                log.seek(max(0, log.seek(0, os.SEEK_END) - LAST_WORDS_FROM))
                lines = log.read().decode(errors="replace").strip().splitlines()
        except OSError:
            return ""
        said = [_said(line) for line in lines[-20:]]
        traces = [trace for message in said if (trace := _end_of_trace(message))]
        return next(reversed(traces or said), "")


def _said(line: str) -> str:
    """The message of a log line, whether it is JSON or plain text."""
    try:
        entry = json.loads(line)
        return str(entry.get("exception") or entry["event"])
    except (ValueError, KeyError, AttributeError):
        return line


def _end_of_trace(message: str) -> str | None:
    """The line that names the error, if the message is a traceback."""
    lines = message.strip().splitlines()
    return lines[-1].strip() if len(lines) > 1 and "Traceback" in lines[0] else None


@dataclass
class _Watched:
    child: Child
    tier: int
    failures: int = 0
    started_at: float = 0.0
    retry_at: float | None = None


class Supervisor:
    """Starts children, restarts those that die, stops all in the reverse order of their tiers.

    Args:
        say: told in one sentence of every death and every failed restart.
        grace: seconds a tier has for an orderly stop before it is killed.
    """

    def __init__(self, say: Callable[[str], None], grace: float = 10.0) -> None:
        self._say = say
        self._grace = grace
        self._watched: list[_Watched] = []

    def start(self, child: Child, tier: int) -> None:
        """Start a child and keep it alive from now on."""
        child.start()
        self._watched.append(_Watched(child, tier, started_at=time.monotonic()))

    def failures(self, child: Child) -> int:
        """How often the child has died lately."""
        return sum(watched.failures for watched in self._watched if watched.child is child)

    async def watch(self) -> None:
        """Restart what dies, until cancelled."""
        while True:
            for watched in self._watched:
                self._tend(watched)
            await asyncio.sleep(POLL_INTERVAL)

    def _tend(self, watched: _Watched) -> None:
        now = time.monotonic()
        if watched.child.is_running():
            if watched.failures and now - watched.started_at > STABLE_AFTER:
                watched.failures = 0
        elif watched.retry_at is None:
            self._say(f"{watched.child.name} ended unexpectedly; restarting it.")
            self._schedule(watched, now)
        elif now >= watched.retry_at:
            try:
                watched.child.start()
            except (RunnerError, OSError) as error:
                self._say(f"{watched.child.name} could not be restarted: {error}")
                self._schedule(watched, now)
            else:
                watched.started_at, watched.retry_at = now, None

    def _schedule(self, watched: _Watched, now: float) -> None:
        delay = RESTART_DELAYS[min(watched.failures, len(RESTART_DELAYS) - 1)]
        watched.failures += 1
        watched.retry_at = now + delay

    def hurry(self) -> None:
        """Give no more grace: the user has asked to stop a second time."""
        self._grace = 0.0

    async def stop(self) -> None:
        """Stop the highest tier first; within a tier all at once."""
        stopping, self._watched = self._watched, []  # what is stopped must not be restarted
        for tier in sorted({watched.tier for watched in stopping}, reverse=True):
            children = [watched.child for watched in stopping if watched.tier == tier]
            for child in children:
                child.ask_to_stop()
            asked_at = time.monotonic()
            while any(child.is_running() for child in children):
                if time.monotonic() - asked_at > self._grace:
                    break
                await asyncio.sleep(POLL_INTERVAL / 2)
            for child in children:
                child.finish()
