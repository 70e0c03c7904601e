"""Starting a child that does not outlive its parent, and asking about processes by id."""

import contextlib
import ctypes
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import IO

PR_SET_PDEATHSIG = 1  # linux/prctl.h
POLL_INTERVAL = 0.02  # seconds


@dataclass(frozen=True)
class Account:
    """The operating system account a child runs as."""

    name: str
    uid: int
    gid: int


def spawn(
    command: Sequence[str | Path],
    *,
    log: IO[bytes],
    env: Mapping[str, str],
    cwd: Path | None = None,
    account: Account | None = None,
    on_parent_death: signal.Signals = signal.SIGTERM,
) -> subprocess.Popen[bytes]:
    """Start ``command`` in a session of its own, with stdout and stderr going to ``log``.

    Its own session: Ctrl-C in the terminal reaches only the runner, which then stops its children
    in the right order. On Linux the kernel sends ``on_parent_death`` when the runner is gone, so
    even ``kill -9`` leaves no orphan; elsewhere the next run has to clear up.

    The kernel watches the *thread* that forks. A child started from another thread than the main
    one would get the signal when that thread ends, so it is not armed there.
    """
    return subprocess.Popen(
        [str(part) for part in command],
        stdin=subprocess.DEVNULL,
        stdout=log,
        stderr=subprocess.STDOUT,
        env=dict(env),
        cwd=cwd,
        start_new_session=True,
        user=account.uid if account else None,
        group=account.gid if account else None,
        extra_groups=[] if account else None,
        # One system call through a function pointer that is already resolved: safe with threads.
        preexec_fn=_death_signal(on_parent_death),  # noqa: PLW1509
    )


def _death_signal(signum: signal.Signals) -> Callable[[], None] | None:
    """The function for the forked child, before exec; None where the kernel cannot do it.

    It runs after the change of user (which would clear the setting). The parent may have died
    before the setting took hold: then the child has a new parent already and leaves by itself.
    """
    if sys.platform != "linux" or threading.current_thread() is not threading.main_thread():
        return None
    prctl = ctypes.CDLL(None, use_errno=True).prctl
    parent = os.getpid()

    def arm() -> None:
        prctl(PR_SET_PDEATHSIG, int(signum))
        if os.getppid() != parent:
            os._exit(1)

    return arm


def command_line(pid: int) -> list[str] | None:
    """The arguments of a live process; None if there is none, or only a zombie.

    Read from /proc, or from `ps` where there is no /proc (macOS); there, spaces in arguments split.
    """
    if Path("/proc/self/cmdline").exists():
        try:
            raw = Path(f"/proc/{pid}/cmdline").read_bytes()
        except OSError:
            return None
        return [os.fsdecode(part) for part in raw.rstrip(b"\0").split(b"\0")] if raw else None
    listed = subprocess.run(
        ["ps", "-p", str(pid), "-o", "command="], capture_output=True, text=True, check=False
    )
    return listed.stdout.split() or None


def signal_group(pid: int, signum: signal.Signals) -> None:
    """Signal a child and whatever it started itself; nothing happens if all of them are gone."""
    with contextlib.suppress(ProcessLookupError, PermissionError):
        os.killpg(pid, signum)


def wait_until(condition: Callable[[], bool], timeout: float) -> bool:
    """Wait up to ``timeout`` seconds for the condition, and say whether it came true."""
    deadline = time.monotonic() + timeout
    while not (met := condition()) and time.monotonic() < deadline:
        time.sleep(POLL_INTERVAL)
    return met
