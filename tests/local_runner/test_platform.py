"""Start, restart and stop of the whole, with the real database server and stubs of the services."""

import asyncio
import os
import shutil
import signal
import socket
import sys
import tempfile
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path

import httpx
import pytest

from local_runner.errors import (
    DataDirInUseError,
    DataVersionError,
    DiskFullError,
    PortInUseError,
    ProcessFailedError,
)
from local_runner.platform import Platform
from local_runner.processes.child import command_line, wait_until
from local_runner.processes.supervisor import ServiceProcess
from local_runner.services import METRICS, REGISTRY, SERVICES, Ports, Service

STUB = Path(__file__).with_name("stub_service.py")
NAMES = {
    *("registry-api", "jurisdiction-router", "metrics"),
    *("jurisdiction-router-follow", "metrics-follow"),
}


@pytest.fixture
def data_dir(monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A folder every account can enter, and stubs in place of the services' programs."""
    folder = Path(tempfile.mkdtemp(prefix="platform-test-"))
    folder.chmod(0o755)
    for service in SERVICES:
        script = folder / service.program
        script.write_text(f'#!/bin/sh\nexec {sys.executable} {STUB} {service.prefix} "$@"\n')
        script.chmod(0o755)
    monkeypatch.setattr("local_runner.platform.program", lambda it: folder / it.program)
    monkeypatch.setattr("local_runner.platform.PORT_TIMEOUT", 0.2)
    yield folder / "数据 data"
    shutil.rmtree(folder)


def platform(data_dir: Path, ports: Ports | None = None) -> Platform:
    return Platform(data_dir, ports or Ports.free(), durable=False)


async def until(condition: Callable[[], bool]) -> None:
    async with asyncio.timeout(10):
        while not condition():
            await asyncio.sleep(0.02)


def is_another(process: ServiceProcess, pid: int | None) -> bool:
    return process.pid not in {None, pid}


async def answers(url: str) -> bool:
    async with httpx.AsyncClient(trust_env=False) as client:
        try:
            return (await client.get(url)).is_success
        except httpx.HTTPError:
            return False


async def test_all_processes_are_ready_and_then_all_are_gone(data_dir: Path) -> None:
    async with platform(data_dir) as running:
        assert set(running.processes) == NAMES
        assert all([await answers(url) for url in running.ready_urls().values()])
        assert not running.postgres.ensure_database("metrics")
        pids = [process.pid for process in running.processes.values()] + [running.postgres.pid]
    assert not any(command_line(pid or 0) for pid in pids)
    assert not running.data_dir.running.exists()


async def test_every_process_that_is_killed_comes_back(data_dir: Path) -> None:
    async with platform(data_dir) as running:
        before = {name: process.pid for name, process in running.processes.items()}
        server = running.postgres.pid
        for pid in [*before.values(), server]:
            os.kill(pid or 0, signal.SIGKILL)
        await until(lambda: running.postgres.pid not in {None, server})
        for name, process in running.processes.items():
            await until(partial(is_another, process, before[name]))
        for url in running.ready_urls().values():
            async with asyncio.timeout(10):
                while not await answers(url):
                    await asyncio.sleep(0.05)


async def test_a_second_start_finds_keys_and_databases(data_dir: Path) -> None:
    async with platform(data_dir) as first:
        jwks = first.issuer.jwks_file.read_text()
        ring = first.data_dir.keys / "key_ring.json"
        names = ring.read_text()
        assert ring.stat().st_mode & 0o777 == 0o600
    async with platform(data_dir) as second:
        assert second.issuer.jwks_file.read_text() == jwks
        assert ring.read_text() == names
        assert not second.postgres.ensure_database("registry")


async def test_a_database_is_migrated_again_only_when_its_migrations_are_others(
    data_dir: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with platform(data_dir):
        pass
    monkeypatch.setenv("STUB_FAILS", "ROUTER migrate")
    async with platform(data_dir):
        pass
    monkeypatch.setattr("local_runner.platform.schema_digest", lambda it: f"next {it.program}")
    with pytest.raises(ProcessFailedError, match="jurisdiction-router migrate failed"):
        await platform(data_dir).start()


async def test_service_tokens_are_private_and_renewed(
    data_dir: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("local_runner.platform.TOKEN_REFRESH", 0.1)
    async with platform(data_dir) as running:
        file = running.data_dir.tokens / "metrics"
        first = file.read_text()
        assert file.stat().st_mode & 0o777 == 0o600
        await until(lambda: file.read_text() != first)


@pytest.mark.parametrize("service", [REGISTRY, METRICS], ids=lambda it: it.program)
async def test_a_port_in_use_names_the_port_and_the_variable(
    data_dir: Path, service: Service
) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        free = Ports.free()
        ports = Ports(port, free.router, free.metrics)
        if service is METRICS:
            ports = Ports(free.registry, free.router, port)
        expected = (
            f"Port {port} for {service.program} is already in use; "
            f"stop it or set {service.prefix}_PORT to a free port."
        )
        with pytest.raises(PortInUseError) as caught:
            await platform(data_dir, ports).start()
    assert str(caught.value) == expected


async def test_a_second_runner_on_the_same_folder_is_refused(data_dir: Path) -> None:
    async with platform(data_dir) as running:
        with pytest.raises(DataDirInUseError, match="set DATA_DIR to another folder"):
            await platform(data_dir).start()
        assert running.processes["metrics"].is_running()


def test_the_folder_of_another_version_is_refused(data_dir: Path) -> None:
    data_dir.mkdir()
    (data_dir / "layout").write_text("0")
    with pytest.raises(DataVersionError, match="`make clean-data`"):
        asyncio.run(platform(data_dir).start())


async def test_a_full_disk_is_named(data_dir: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("local_runner.storage.data_dir.NEEDED_SPACE", 1 << 60)
    with pytest.raises(DiskFullError, match="is full; free some space"):
        await platform(data_dir).start()


@pytest.mark.parametrize("task", ["migrate", "serve"])
async def test_a_service_that_cannot_start_is_named_with_its_log(
    data_dir: Path, monkeypatch: pytest.MonkeyPatch, task: str
) -> None:
    monkeypatch.setenv("STUB_FAILS", f"ROUTER {task}")
    monkeypatch.setattr("local_runner.processes.supervisor.RESTART_DELAYS", (0.0,))
    broken = platform(data_dir)
    with pytest.raises(ProcessFailedError, match="nothing is right today") as caught:
        await broken.start()
    assert str(caught.value).startswith("jurisdiction-router")
    assert "/logs/jurisdiction-router" in str(caught.value)
    assert not broken.postgres.is_running()
    assert not any(process.is_running() for process in broken.processes.values())


@pytest.mark.parametrize("signum", [signal.SIGINT, signal.SIGTERM])
async def test_a_signal_stops_the_command_in_order_and_it_ends_well(
    data_dir: Path, signum: signal.Signals
) -> None:
    ports = Ports.free()
    script = (
        "import sys; from pathlib import Path; import local_runner.platform as it;"
        "folder = sys.argv.pop(1); it.program = lambda service: Path(folder) / service.program;"
        "from local_runner.cli import app; app()"
    )
    arguments = [
        *("run", "--no-demo", "--data-dir", data_dir, "--registry-port", ports.registry),
        *("--router-port", ports.router, "--metrics-port", ports.metrics),
    ]
    runner = await asyncio.create_subprocess_exec(
        *(sys.executable, "-c", script, str(data_dir.parent), *map(str, arguments)),
        stdout=asyncio.subprocess.PIPE,
    )
    assert runner.stdout is not None
    async for line in runner.stdout:
        if line.startswith(b"Ready."):
            break
    assert await answers(platform(data_dir, ports).ready_urls()["registry-api"])
    runner.send_signal(signum)
    said = await runner.stdout.read()
    assert await runner.wait() == 0
    assert said == b"Stopped.\n"
    assert not await answers(platform(data_dir, ports).ready_urls()["registry-api"])


async def test_what_a_killed_runner_left_is_stopped_first(data_dir: Path) -> None:
    """The runner is killed in a process of its own; its ports and folder are taken over."""
    ports = Ports.free()
    script = (
        "import asyncio, sys; from pathlib import Path;"
        "import local_runner.platform as it; from local_runner.services import Ports;"
        "it.program = lambda service: Path(sys.argv[1]) / service.program;"
        f"platform = it.Platform(Path(sys.argv[2]), {ports!r}, durable=False);"
        "loop = asyncio.new_event_loop(); loop.run_until_complete(platform.start());"
        "print('ready', flush=True); loop.run_forever()"
    )
    runner = await asyncio.create_subprocess_exec(
        *(sys.executable, "-c", script, data_dir.parent, data_dir), stdout=asyncio.subprocess.PIPE
    )
    assert runner.stdout is not None
    assert await runner.stdout.readline() == b"ready\n"
    runner.kill()
    await runner.wait()
    async with platform(data_dir, ports) as running:
        assert all([await answers(url) for url in running.ready_urls().values()])


def test_an_interrupted_start_leaves_nothing_running(data_dir: Path) -> None:
    running = platform(data_dir)

    async def interrupt() -> None:
        task = asyncio.create_task(running.start())
        while not running.processes:
            await asyncio.sleep(0.01)
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)

    asyncio.run(interrupt())
    assert wait_until(lambda: not running.postgres.is_running(), 1.0)
    assert not any(process.is_running() for process in running.processes.values())
