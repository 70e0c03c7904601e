"""What lies where in DATA_DIR.

* ``owner.lock``: held by the runner that lives here
* ``layout``: the version of this layout
* ``running.json``: the process id and the addresses of the run that is ready
* ``processes.json``: the children of the last run, to clear up after a killed runner
* ``migrated.json``: which migrations each database has seen
* ``keys/``: the key pair that signs tokens, its JWKS, and the key ring that seals names
* ``tokens/``: bearer tokens of the services, renewed while the runner lives
* ``postgres/``: the database server (see ``postgres_cluster``)
* ``logs/``: one file per process
* ``demo/``: the demo city's file, and the word that it is loaded
"""

import json
import os
import shutil
from pathlib import Path
from typing import Any

from local_runner.errors import DataVersionError, DiskFullError, RunnerError, is_disk_full
from local_runner.storage.folder_lock import FolderLock

LAYOUT = "1"
NEEDED_SPACE = 500 * 1024 * 1024  # bytes; a new cluster and the demo city take about half of it
LOG_SIZE = 20 * 1024 * 1024  # bytes, beyond which a log is put aside at the next start
FOLDERS = ("keys", "tokens", "logs", "demo", "postgres")
FILES = ("layout", "migrated.json", "running.json", "processes.json")


class DataDir:
    """The runner's folder; only the holder of ``lock`` writes in it (the keys aside)."""

    def __init__(self, root: Path) -> None:
        self.root = root.resolve()
        self.lock = FolderLock(self.root)
        self.keys = self.root / "keys"
        self.tokens = self.root / "tokens"
        self.postgres = self.root / "postgres"
        self.logs = self.root / "logs"
        self.demo = self.root / "demo"
        self.migrated = self.root / "migrated.json"
        self.running = self.root / "running.json"
        self.processes = self.root / "processes.json"
        self._layout = self.root / "layout"

    def open(self) -> None:
        """Make the folder or take hold of it.

        Raises:
            DataDirInUseError: another runner lives in it.
            DataVersionError: another version of the runner made it.
            DiskFullError: too little room is left.
            RunnerError: the folder cannot be written.
        """
        try:
            self.root.mkdir(parents=True, exist_ok=True)
            self.lock.acquire()
        except OSError as error:
            if is_disk_full(error):
                raise DiskFullError(self.root) from error
            raise RunnerError(
                f"The data folder {self.root} cannot be written ({error.strerror}); "
                "set DATA_DIR to another folder."
            ) from error
        try:
            self.mark()
            if shutil.disk_usage(self.root).free < NEEDED_SPACE:
                raise DiskFullError(self.root)
            self.tokens.mkdir(mode=0o700, exist_ok=True)
            for folder in (self.logs, self.demo):
                folder.mkdir(exist_ok=True)
        except BaseException:
            self.lock.release()
            raise

    def mark(self) -> None:
        """Make the folder and mark it as ours.

        Raises:
            DataVersionError: another version of the runner made it.
        """
        self.root.mkdir(parents=True, exist_ok=True)
        if not self.is_ours():
            write_atomically(self._layout, LAYOUT)
        elif (found := self._layout.read_text().strip()) != LAYOUT:
            raise DataVersionError(self.root, f"layout {found}", f"layout {LAYOUT}")

    def is_ours(self) -> bool:
        """Whether a runner of whatever version made the folder."""
        return self._layout.exists()

    def log(self, process: str) -> Path:
        """The log of a process; an old one that has grown large is put aside."""
        path = self.logs / f"{process}.log"
        if path.exists() and path.stat().st_size > LOG_SIZE:
            path.replace(path.with_suffix(".log.old"))
        return path

    def forget(self) -> None:
        """Remove everything the runner made, and the folder itself if nothing else lies in it.

        Only known names are removed, in a folder that carries our mark: DATA_DIR may have been set
        to a folder with other things in it. The database server is `PostgresServer.wipe`'s to
        remove, before this. The caller holds the lock, which ends here.
        """
        if not self.is_ours():
            return
        for name in FOLDERS:
            shutil.rmtree(self.root / name, ignore_errors=True)
        for name in FILES:
            (self.root / name).unlink(missing_ok=True)
        self.lock.release()
        (self.root / "owner.lock").unlink(missing_ok=True)
        if not any(self.root.iterdir()):
            self.root.rmdir()


def write_atomically(path: Path, text: str, mode: int = 0o644) -> None:
    """Replace a file's content so that a reader sees the old or the new, never a part."""
    draft = path.with_name(f".{path.name}.{os.getpid()}")
    draft.unlink(missing_ok=True)
    with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, mode), "w") as file:
        file.write(text)
        file.flush()
        os.fsync(file.fileno())
    draft.replace(path)


def read_json(path: Path) -> Any:
    """The file's content, or None if it is missing or damaged."""
    try:
        return json.loads(path.read_text())
    except (OSError, ValueError):
        return None
