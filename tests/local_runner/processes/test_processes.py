"""The supervisor, with tiny real processes."""

import asyncio
import os
import signal
import subprocess
import sys
import time
from collections.abc import AsyncIterator, Callable
from pathlib import Path

import pytest

from local_runner.processes.child import command_line, wait_until
from local_runner.processes.supervisor import ProcessRecord, ServiceProcess, Supervisor

SLEEP = "import time; time.sleep(60)"
DEAF = "import signal, time; signal.signal(signal.SIGTERM, signal.SIG_IGN); time.sleep(60)"
TELLING = """
import pathlib, signal, sys, time
def leave(*_):
    with pathlib.Path(sys.argv[1]).open("a") as file: file.write(sys.argv[2] + "\\n")
    sys.exit(0)
signal.signal(signal.SIGTERM, leave)
print("listening", flush=True)
time.sleep(60)
"""


class World:
    """A supervisor that watches, and what it said."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.said: list[str] = []
        self.supervisor = Supervisor(self.said.append, grace=2.0)

    def child(self, name: str, code: str, *arguments: str) -> ServiceProcess:
        command = [sys.executable, "-c", code, *arguments]
        return ServiceProcess(name, command, os.environ, self.folder / f"{name}.log")


@pytest.fixture
async def world(tmp_path: Path) -> AsyncIterator[World]:
    made = World(tmp_path)
    watching = asyncio.create_task(made.supervisor.watch())
    yield made
    watching.cancel()
    await made.supervisor.stop()


async def until(condition: Callable[[], bool]) -> None:
    async with asyncio.timeout(5.0):
        while not condition():
            await asyncio.sleep(0.02)


async def test_a_child_that_is_killed_is_restarted_and_reported(world: World) -> None:
    child = world.child("sleeper", SLEEP)
    world.supervisor.start(child, 0)
    first = child.pid
    assert first is not None
    os.kill(first, signal.SIGKILL)
    await until(lambda: child.pid not in {None, first})
    assert world.said == ["sleeper ended unexpectedly; restarting it."]


async def test_restarts_of_a_child_that_keeps_dying_are_spaced(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("local_runner.processes.supervisor.RESTART_DELAYS", (0.0, 0.4, 60.0))
    child = world.child("broken", "raise SystemExit('no configuration')")
    began = time.monotonic()
    world.supervisor.start(child, 0)
    await until(lambda: world.supervisor.failures(child) == 3)
    assert time.monotonic() - began >= 0.4
    assert child.exit_code == 1
    assert child.last_words() == "no configuration"


@pytest.mark.parametrize(
    ("log", "words"),
    [
        ("", ""),
        ("one\ntwo\n", "two"),
        ('{"event": "serving"}\n{"event": "no database"}\n', "no database"),
        (
            '{"event": "Traceback (most recent call last):\\n  File …\\nKeyError: 1\\n"}\n'
            '{"event": "Application startup failed. Exiting."}\n',
            "KeyError: 1",
        ),
        (
            '{"event": "job_failed", "exception": "Traceback (…):\\n  File …\\nOSError: full"}\n'
            '{"event": "leaving"}\n',
            "OSError: full",
        ),
    ],
)
def test_last_words_name_the_error_rather_than_the_end(world: World, log: str, words: str) -> None:
    child = world.child("some", SLEEP)
    child.log_path.write_text(log)
    assert child.last_words() == words


async def test_a_restart_that_fails_is_tried_again(world: World, tmp_path: Path) -> None:
    program = tmp_path / "program"
    program.write_text("#!/bin/sh\nsleep 60\n")
    program.chmod(0o755)
    child = ServiceProcess("flaky", [program], os.environ, tmp_path / "flaky.log")
    world.supervisor.start(child, 0)
    program.rename(tmp_path / "away")
    os.killpg(child.pid or 0, signal.SIGKILL)
    await until(lambda: any("could not be restarted" in said for said in world.said))
    (tmp_path / "away").rename(program)
    await until(child.is_running)


async def test_all_stop_in_the_reverse_order_of_their_tiers(world: World, tmp_path: Path) -> None:
    ends = tmp_path / "ends"
    children = [
        world.child(name, TELLING, str(ends), name) for name in ("database", "service", "follower")
    ]
    for tier, child in enumerate(children):
        world.supervisor.start(child, tier)
    await until(lambda: all(child.last_words() == "listening" for child in children))
    await world.supervisor.stop()
    assert ends.read_text().split() == ["follower", "service", "database"]
    assert not any(child.is_running() for child in children)
    assert world.said == []


async def test_a_child_that_does_not_obey_is_killed_when_the_grace_is_over(world: World) -> None:
    child = world.child("deaf", DEAF)
    world.supervisor.start(child, 0)
    await asyncio.sleep(0.3)
    began = time.monotonic()
    await world.supervisor.stop()
    assert not child.is_running()
    assert 1.9 < time.monotonic() - began < 4


async def test_a_second_request_to_stop_ends_the_grace(world: World) -> None:
    child = world.child("deaf", DEAF)
    world.supervisor.start(child, 0)
    await asyncio.sleep(0.3)
    asyncio.get_running_loop().call_later(0.1, world.supervisor.hurry)
    began = time.monotonic()
    await world.supervisor.stop()
    assert not child.is_running()
    assert time.monotonic() - began < 1


def start_and_be_killed(tmp_path: Path, *, armed: bool) -> int:
    """Run a parent that starts a child, kill the parent, and return the child's id."""
    start = "child.start()" if armed else "t = Thread(target=child.start); t.start(); t.join()"
    script = (
        "import os, sys, time; from pathlib import Path; from threading import Thread;"
        "from local_runner.processes.supervisor import ProcessRecord, ServiceProcess;"
        "record = ProcessRecord(Path(sys.argv[1]) / 'processes.json');"
        f"command = [sys.executable, '-c', '{SLEEP}'];"
        "log = Path(sys.argv[1]) / 'log';"
        "child = ServiceProcess('sleeper', command, os.environ, log, record);"
        f"{start}; print(child.pid, flush=True); time.sleep(60)"
    )
    parent = subprocess.Popen([sys.executable, "-c", script, tmp_path], stdout=subprocess.PIPE)
    assert parent.stdout is not None
    with parent.stdout as said:
        pid = int(said.readline())
    assert command_line(pid) is not None
    parent.kill()
    parent.wait()
    return pid


@pytest.mark.skipif(sys.platform != "linux", reason="needs the kernel's parent-death signal")
def test_a_child_does_not_outlive_a_killed_runner(tmp_path: Path) -> None:
    pid = start_and_be_killed(tmp_path, armed=True)
    assert wait_until(lambda: command_line(pid) is None, 5.0)


def test_the_next_runner_ends_what_a_killed_one_left(tmp_path: Path) -> None:
    pid = start_and_be_killed(tmp_path, armed=False)
    record = ProcessRecord(tmp_path / "processes.json")
    assert record.end_leftovers() == ["sleeper"]
    assert wait_until(lambda: command_line(pid) is None, 5.0)
    assert record.end_leftovers() == []


def test_a_stranger_with_a_recorded_id_is_left_alone(tmp_path: Path) -> None:
    stranger = subprocess.Popen(["sleep", "60"])
    try:
        record = ProcessRecord(tmp_path / "processes.json")
        record.note("registry-api", stranger.pid, ["/some/where/registry-api", "serve"])
        assert ProcessRecord(tmp_path / "processes.json").end_leftovers() == []
        assert stranger.poll() is None
    finally:
        stranger.kill()
        stranger.wait()
