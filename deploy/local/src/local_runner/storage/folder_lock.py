"""One owner of a folder at a time."""

import fcntl
from pathlib import Path
from typing import IO

from local_runner.errors import DataDirInUseError


class FolderLock:
    """Ownership of a folder for as long as this process lives; the kernel frees it then.

    Children do not inherit it: Python's files are closed on exec.
    """

    def __init__(self, data_dir: Path) -> None:
        self._data_dir = data_dir
        self._file: IO[bytes] | None = None

    def acquire(self) -> None:
        """Take it, or keep it if held.

        Raises:
            DataDirInUseError: another live process holds it.
        """
        if self._file is not None:
            return
        file = (self._data_dir / "owner.lock").open("wb")
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            file.close()
            raise DataDirInUseError(self._data_dir) from None
        self._file = file

    def is_held_elsewhere(self) -> bool:
        """Whether another live process holds it now."""
        if self._file is not None or not self._data_dir.exists():
            return False
        try:
            self.acquire()
        except DataDirInUseError:
            return True
        self.release()
        return False

    def release(self) -> None:
        """Let it go; nothing happens if it is not held."""
        if self._file is not None:
            self._file.close()
            self._file = None
