"""The commands, as the Makefile calls them."""

import os
import socket
from pathlib import Path

import pytest
from typer.testing import CliRunner

from local_runner.cli import app, rule_set_file
from local_runner.storage.data_dir import DataDir
from local_runner.storage.folder_lock import FolderLock


def call(*arguments: str | Path) -> tuple[int, str, str]:
    result = CliRunner().invoke(app, [str(argument) for argument in arguments])
    return result.exit_code, result.stdout, result.stderr


def test_token_prints_a_token_and_nothing_else(tmp_path: Path) -> None:
    status, said, complained = call("token", "--data-dir", tmp_path / "data")
    assert (status, complained) == (0, "")
    assert len(said.strip().split(".")) == 3
    assert len(said.splitlines()) == 1


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (["--scope", "registry:red"], "Unknown scope registry:red; the scopes are registry:read"),
        (["--areas", "罗湖"], "AREAS are division codes of 6, 9 or 12 digits"),
        (["--ttl", "soon"], "TTL is a number of seconds"),
    ],
)
def test_a_bad_option_of_token_is_one_clear_sentence(
    tmp_path: Path, arguments: list[str], sentence: str
) -> None:
    status, said, complained = call("token", "--data-dir", tmp_path, *arguments)
    assert (status, said) == (1, "")
    assert complained.startswith(sentence)
    assert len(complained.splitlines()) == 1


def test_clean_data_forgets_what_the_runner_made_and_nothing_else(tmp_path: Path) -> None:
    call("token", "--data-dir", tmp_path)
    (tmp_path / "logs").mkdir()
    (tmp_path / "mine.txt").touch()
    assert call("clean-data", "--data-dir", tmp_path)[0] == 0
    assert [path.name for path in tmp_path.iterdir()] == ["mine.txt"]


def test_clean_data_leaves_a_folder_alone_that_is_not_the_runners(tmp_path: Path) -> None:
    (tmp_path / "logs").mkdir()
    (tmp_path / "postgres").mkdir()
    status, said, _ = call("clean-data", "--data-dir", tmp_path)
    assert status == 0
    assert "Nothing to forget" in said
    assert {path.name for path in tmp_path.iterdir()} == {"logs", "postgres"}


def test_clean_data_is_refused_while_a_runner_lives_there(tmp_path: Path) -> None:
    DataDir(tmp_path).mark()
    lock = FolderLock(tmp_path)
    lock.acquire()
    status, _, complained = call("clean-data", "--data-dir", tmp_path)
    lock.release()
    assert status == 1
    assert "in use by another runner" in complained


def test_status_without_a_runner_says_so(tmp_path: Path) -> None:
    status, _, complained = call("status", "--data-dir", tmp_path)
    assert (status, complained) == (1, f"No runner is ready in {tmp_path}.\n")


def test_run_names_the_port_that_is_in_use_and_its_variable(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("local_runner.platform.PORT_TIMEOUT", 0.1)
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        status, _, complained = call(
            "run", "--data-dir", tmp_path / "data", "--registry-port", str(port)
        )
    assert status == 1
    assert complained == (
        f"Port {port} for registry-api is already in use; "
        "stop it or set REGISTRY_PORT to a free port.\n"
    )


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write anywhere")
def test_run_in_a_folder_that_cannot_be_written_says_so(tmp_path: Path) -> None:
    tmp_path.chmod(0o500)
    status, _, complained = call("run", "--data-dir", tmp_path / "data")
    assert status == 1
    assert "cannot be written (Permission denied); set DATA_DIR" in complained


def test_the_rule_set_is_found_in_the_installed_router() -> None:
    assert rule_set_file().read_text(encoding="utf-8").startswith("#")
