"""The launcher against the real PostgreSQL: a server each, in folders the account can reach."""

import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from local_runner.errors import DataDirInUseError, DataVersionError, PortInUseError, RunnerError
from local_runner.postgres import installation as postgres_install
from local_runner.postgres.server import PostgresServer, temporary_server
from local_runner.processes.child import command_line, wait_until

root_only = pytest.mark.skipif(os.geteuid() != 0, reason="about accounts other than root")


@pytest.fixture
def folder() -> Iterator[Path]:
    """An empty folder that every account can enter, as pytest's own are not under root."""
    path = Path(tempfile.mkdtemp(prefix="postgres-test-"))
    path.chmod(0o755)
    yield path
    shutil.rmtree(path)


def databases(server: PostgresServer) -> set[str]:
    listed = subprocess.run(
        [postgres_install.wheel_install() / "bin" / "psql", "-XAt", "-l", server.dsn("postgres")],
        capture_output=True,
        text=True,
        check=True,
    )
    return {line.split("|")[0] for line in listed.stdout.splitlines()}


def kill(server: PostgresServer) -> None:
    assert server.pid is not None
    os.kill(server.pid, signal.SIGKILL)
    assert wait_until(lambda: not server.is_running(), 5.0)


def test_a_cold_start_is_ready_within_seconds() -> None:
    began = time.monotonic()
    with temporary_server() as server:
        assert time.monotonic() - began < 10
        assert server.is_running()
        assert server.ensure_database("registry")
        assert "registry" in databases(server)
    assert not server.is_running()
    assert not server.data_dir.exists()


def test_a_database_is_created_once_whatever_its_name() -> None:
    with temporary_server() as server:
        assert server.ensure_database("注册 'x' \"y\"")
        assert not server.ensure_database("注册 'x' \"y\"")


def test_data_and_password_survive_a_restart(folder: Path) -> None:
    with PostgresServer(folder, durable=False) as server:
        server.ensure_database("registry")
    with PostgresServer(folder, durable=False) as again:
        assert "registry" in databases(again)
        assert not again.ensure_database("registry")


def test_a_server_that_was_killed_starts_again_on_its_port(folder: Path) -> None:
    with PostgresServer(folder) as server:
        server.ensure_database("registry")
        port = server.port
        for _ in range(3):
            kill(server)
            server.start()
            assert server.port == port
            assert "registry" in databases(server)


@pytest.mark.parametrize("armed", [True, False])
def test_a_new_owner_takes_over_from_an_owner_that_was_killed(folder: Path, armed: bool) -> None:
    """``armed``: the kernel ends the old server; else it is found running and stopped."""
    start = "server.start()" if armed else "t = Thread(target=server.start); t.start(); t.join()"
    script = (
        "import sys, time; from pathlib import Path; from threading import Thread;"
        "from local_runner.postgres.server import PostgresServer;"
        f"server = PostgresServer(Path(sys.argv[1])); {start};"
        "server.ensure_database('registry'); print('ready', flush=True); time.sleep(60)"
    )
    owner = subprocess.Popen([sys.executable, "-c", script, folder], stdout=subprocess.PIPE)
    assert owner.stdout is not None
    with owner.stdout as said:
        assert said.readline() == b"ready\n"
    owner.kill()
    owner.wait()
    with PostgresServer(folder) as server:
        assert "registry" in databases(server)


@pytest.fixture
def stranger() -> Iterator[subprocess.Popen[bytes]]:
    """A process of the server's account: of other accounts' PostgreSQL takes no notice anyway."""
    account = postgres_install.unprivileged_account()
    process = subprocess.Popen(["sleep", "60"], user=account.uid if account else None)
    yield process
    process.kill()
    process.wait()


def test_a_pid_file_with_the_id_of_a_stranger_does_not_stop_a_start(
    folder: Path, stranger: subprocess.Popen[bytes]
) -> None:
    with PostgresServer(folder) as server:
        kill(server)
        pid_file = server.cluster_dir / "postmaster.pid"
        _, _, rest = pid_file.read_text().partition("\n")
        pid_file.write_text(f"{stranger.pid}\n{rest}")
        server.start()
        assert server.is_running()
        assert stranger.poll() is None


def test_folders_with_spaces_and_chinese_names_work(folder: Path) -> None:
    with PostgresServer(folder / "数据 目录" / "it's", durable=False) as server:
        assert server.ensure_database("registry")
        kill(server)
        server.start()
        assert not server.ensure_database("registry")


def test_an_interrupted_initdb_leaves_nothing_to_trip_over(folder: Path) -> None:
    (folder / "cluster-draft-x" / "cluster").mkdir(parents=True)
    (folder / "password").write_text("of the interrupted one")
    with PostgresServer(folder, durable=False) as server:
        assert databases(server)
    assert not list(folder.glob("*draft*"))


def test_a_second_owner_is_refused_in_one_sentence(folder: Path) -> None:
    with (
        PostgresServer(folder, durable=False),
        pytest.raises(DataDirInUseError, match="in use by another runner"),
    ):
        PostgresServer(folder, durable=False).start()


def test_the_folder_of_another_version_is_refused_in_one_sentence(folder: Path) -> None:
    (folder / "cluster").mkdir()
    (folder / "password").touch()
    (folder / "cluster" / "PG_VERSION").write_text("15\n")
    with pytest.raises(DataVersionError, match="made by PostgreSQL 15 and this is"):
        PostgresServer(folder).start()


def test_a_port_in_use_is_refused_in_one_sentence(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("local_runner.postgres.server.PORT_TIMEOUT", 0.1)
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        with pytest.raises(PortInUseError, match=f"Port {port} for PostgreSQL is already in use"):
            PostgresServer(folder, port).start()


def test_only_the_owner_can_read_the_password(folder: Path) -> None:
    with PostgresServer(folder, durable=False) as server:
        assert (folder / "password").stat().st_mode & 0o777 == 0o600
        wrong = server.dsn("postgres").replace(server.dsn("").split(":")[2].split("@")[0], "guess")
        refused = subprocess.run(
            [postgres_install.wheel_install() / "bin" / "psql", "-XAt", "-l", wrong],
            capture_output=True,
            check=False,
        )
    assert refused.returncode != 0


@root_only
def test_root_keeps_data_elsewhere_when_its_folders_are_closed(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(postgres_install, "REACHABLE_PLACE", folder / "var-lib")
    closed = folder / "closed"
    closed.mkdir(mode=0o700)
    with PostgresServer(closed / "data", durable=False) as server:
        assert server.cluster_dir.is_relative_to(folder / "var-lib")
        server.ensure_database("registry")
    with PostgresServer(closed / "data", durable=False) as again:
        assert "registry" in databases(again)
    again.wipe()
    assert not list((folder / "var-lib").iterdir())
    assert closed.stat().st_mode & 0o777 == 0o700


@root_only
def test_data_kept_elsewhere_are_gone_when_the_folder_was_removed(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(postgres_install, "REACHABLE_PLACE", folder / "var-lib")
    closed = folder / "closed"
    closed.mkdir(mode=0o700)
    with PostgresServer(closed / "data", durable=False) as server:
        server.ensure_database("registry")
    shutil.rmtree(closed / "data")
    with PostgresServer(closed / "data", durable=False) as again:
        assert "registry" not in databases(again)


def test_data_whose_password_is_lost_are_left_alone(folder: Path) -> None:
    with PostgresServer(folder, durable=False) as server:
        cluster = server.cluster_dir
    (folder / "password").rename(folder / "password.saved")
    with pytest.raises(RunnerError, match="put it back"):
        PostgresServer(folder, durable=False).start()
    assert (cluster / "PG_VERSION").exists()


@root_only
def test_root_copies_the_programs_when_the_account_cannot_reach_them(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    closed = folder / "closed"
    closed.mkdir(mode=0o700)
    installed = postgres_install.wheel_install()
    for package in (installed.parent, installed.parent.with_name(postgres_install.LIBRARIES)):
        shutil.copytree(package, closed / package.name, copy_function=os.link)
    monkeypatch.setattr(
        postgres_install, "wheel_install", lambda: closed / installed.parent.name / installed.name
    )
    with PostgresServer(folder / "data", durable=False) as server:
        assert server.pid is not None
        program = (command_line(server.pid) or [""])[0]
        assert Path(program).is_relative_to(folder / "data")
