"""What can stop a one-machine run, each as one sentence that says what to do.

The text of the exception *is* the message the user reads: no caller adds to it.
"""

import errno
from pathlib import Path


class RunnerError(Exception):
    """A run cannot start or go on, and the sentence says why and what to change."""


class PortInUseError(RunnerError):
    """Something else listens on a port that the user can move with a variable."""

    def __init__(self, port: int, purpose: str, variable: str | None = None) -> None:
        advice = f"; stop it or set {variable} to a free port" if variable else ""
        super().__init__(f"Port {port} for {purpose} is already in use{advice}.")
        self.port = port
        self.variable = variable


class DataDirInUseError(RunnerError):
    """Another live runner holds the folder."""

    def __init__(self, data_dir: Path) -> None:
        super().__init__(
            f"The data folder {data_dir} is in use by another runner; stop that one "
            "or set DATA_DIR to another folder."
        )


class DataVersionError(RunnerError):
    """The folder was written by another major version of PostgreSQL."""

    def __init__(self, data_dir: Path, found: str, needed: str) -> None:
        super().__init__(
            f"The data folder {data_dir} was made by PostgreSQL {found} and this is {needed}; "
            "set DATA_DIR to another folder or forget the data with `make clean-data`."
        )


class MissingToolError(RunnerError):
    """A program this run needs is not installed."""

    def __init__(self, tool: str, remedy: str) -> None:
        super().__init__(f"{tool} is missing; {remedy}.")


class DiskFullError(RunnerError):
    """No room is left where the data lie."""

    def __init__(self, path: Path) -> None:
        super().__init__(
            f"The disk that holds {path} is full; free some space or set DATA_DIR to another disk."
        )


class ProcessFailedError(RunnerError):
    """A process ended or did not become ready in time."""

    def __init__(self, name: str, what: str, log: Path, last_words: str = "") -> None:
        said = f" It said: {last_words}" if last_words else ""
        super().__init__(f"{name} {what}; see {log}.{said}")


def is_disk_full(error: OSError) -> bool:
    """Whether the operating system refused for want of room (disk or quota)."""
    return error.errno in {errno.ENOSPC, errno.EDQUOT}


def says_disk_full(text: str) -> bool:
    """Whether a child's output says so: initdb and postgres only leave words behind."""
    return "No space left on device" in text or "Disk quota exceeded" in text
