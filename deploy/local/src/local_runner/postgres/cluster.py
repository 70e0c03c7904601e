"""The files of one PostgreSQL server: made, checked, and cleared of what a dead owner left.

Layout of the data folder: ``password``, ``postgres.log``, ``owner.lock`` and ``cluster/``, the
last of which lies elsewhere where root's folders are closed to the account that runs PostgreSQL
(see ``postgres_install``).
"""

import contextlib
import os
import secrets
import shutil
import signal
import subprocess
import tempfile
from pathlib import Path

from local_runner.errors import DataVersionError, RunnerError
from local_runner.postgres.installation import Installation, major_version
from local_runner.processes.child import command_line, spawn, wait_until
from local_runner.processes.ports import LOOPBACK

SUPERUSER = "postgres"
LEFTOVER_TIMEOUT = 10.0  # seconds for each of: shut down, quit, kill


class Cluster:
    """What PostgreSQL keeps on disk; its owner holds the folder's lock."""

    def __init__(self, data_dir: Path, installation: Installation, log_path: Path) -> None:
        self.path = installation.place / "cluster"
        self.pid_file = self.path / "postmaster.pid"
        self._data_dir = data_dir
        self._password_file = data_dir / "password"
        self._installation = installation
        self._log_path = log_path

    @property
    def password(self) -> str:
        """The superuser's password."""
        return self._password_file.read_text()

    def prepare(self) -> bool:
        """Make the cluster if there is none, else check that it is ours to open.

        Made aside and renamed when complete, password first: an interrupted initdb leaves nothing
        that a later start would take for a cluster.

        Returns:
            False if initdb failed; the log says why.

        Raises:
            DataVersionError: another major version made it.
            RunnerError: its password is lost.
        """
        self._require_password()
        marker = self.path / "PG_VERSION"
        if marker.exists():
            found = marker.read_text().strip()
            if found != major_version():
                raise DataVersionError(self._data_dir, found, major_version())
            return True
        place = self._installation.place
        for abandoned in place.glob("cluster-draft-*"):
            shutil.rmtree(abandoned, ignore_errors=True)
        draft = Path(tempfile.mkdtemp(prefix="cluster-draft-", dir=place))
        try:
            self._password_file.touch(mode=0o600)
            self._password_file.write_text(secrets.token_hex(24))
            if not self._initdb(draft):
                return False
            (draft / "cluster").rename(self.path)
        finally:
            shutil.rmtree(draft, ignore_errors=True)
        return True

    def _require_password(self) -> None:
        """Data without their password are of no use.

        If they lie in a stand-in, the user has removed the data folder proper and means the data
        to be gone; else we leave them alone.
        """
        if self._password_file.exists() or not self.path.exists():
            return
        if self._installation.place == self._data_dir:
            raise RunnerError(
                f"The file {self._password_file} is missing; put it back or forget the data with "
                "`make clean-data`."
            )
        self.clear_leftover()
        shutil.rmtree(self.path)

    def _initdb(self, draft: Path) -> bool:
        """Run initdb; the builtin locale sorts strings the same way on every machine."""
        password_file = draft / "password"  # a copy: the account may not read ours
        password_file.write_text(self.password)
        if account := self._installation.account:
            for path in (draft, password_file):
                os.chown(path, account.uid, account.gid)
        command: list[str | Path] = [
            *(self._installation.bin / "initdb", "-D", draft / "cluster"),
            *("-U", SUPERUSER, "-E", "UTF8"),
            *("--locale-provider=builtin", "--builtin-locale=C.UTF-8"),
            *("--no-sync", "--auth=scram-sha-256", f"--pwfile={password_file}"),
        ]
        with self._log_path.open("ab") as log:
            process = spawn(
                command, log=log, env=clean_environment(), account=self._installation.account
            )
        try:
            return process.wait() == 0
        finally:
            with contextlib.suppress(ProcessLookupError):
                process.kill()

    def clear_leftover(self) -> None:
        """End a server whose owner was killed, and make its pid file harmless.

        We hold the folder's lock, so a server in it belongs to nobody. Its pid file must not be
        removed: from it PostgreSQL learns of orphaned backends that may still write. But the id
        inside may be a stranger's or a zombie's by now, at which PostgreSQL would refuse to start
        for as long as that one exists. It never minds the id of its own parent: we put ours there.
        """
        try:
            first_line, _, rest = self.pid_file.read_text().partition("\n")
            pid = int(first_line)
        except (OSError, ValueError):
            return
        for signum in (signal.SIGINT, signal.SIGQUIT, signal.SIGKILL):
            if not self._is_our_server(pid):
                break
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, signum)
            wait_until(lambda: not self._is_our_server(pid), LEFTOVER_TIMEOUT)
        if self.pid_file.exists():
            self.pid_file.write_text(f"{os.getpid()}\n{rest}")

    def _is_our_server(self, pid: int) -> bool:
        arguments = command_line(pid)
        return arguments is not None and str(self.path) in " ".join(arguments)

    def says_ready(self, pid: int) -> bool:
        """Whether the server with this process id takes connections, by its own word.

        Line 8 of the pid file is its state (PostgreSQL's utils/pidfile.h).
        """
        try:
            lines = self.pid_file.read_text().splitlines()
        except OSError:
            return False
        return len(lines) >= 8 and lines[0] == str(pid) and lines[7].strip() == "ready"

    def query(self, port: int, statement: str, **variables: str) -> str:
        """Run one statement as superuser; in it, :'name' and :"name" stand for the variables.

        Raises:
            subprocess.CalledProcessError: the server refused; ``stderr`` says why.
        """
        settings = [f"--set={name}={value}" for name, value in variables.items()]
        command: list[str | Path] = [
            self._installation.bin / "psql",
            *("-XAtq", "--set=ON_ERROR_STOP=1", *settings),
            *("-h", LOOPBACK, "-p", str(port), "-U", SUPERUSER, "-d", "postgres"),
        ]
        result = subprocess.run(
            command,
            input=statement,
            env=clean_environment() | {"PGPASSWORD": self.password, "PGCLIENTENCODING": "UTF8"},
            capture_output=True,
            encoding="utf-8",
            check=True,
        )
        return result.stdout.strip()


def clean_environment() -> dict[str, str]:
    """Ours without what would send PostgreSQL's programs elsewhere or make them speak otherwise.

    That is PGHOST, PGDATA and their like, and a locale that this machine may not have.
    """
    kept = {k: v for k, v in os.environ.items() if not k.startswith(("PG", "LC_"))}
    return kept | {"LC_ALL": "C"}
