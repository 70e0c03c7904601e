"""The restore drill of docs/operations.md: saved while in use, restored elsewhere, followed on."""

import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from local_runner.cli import rule_set_file
from local_runner.loading.demo import part_of_city
from local_runner.loading.load import Addresses, DemoLoad
from local_runner.loading.rest import Rest
from local_runner.platform import Platform
from local_runner.postgres.server import PostgresServer
from local_runner.services import METRICS, REGISTRY, ROUTER, SERVICES, Ports, Service, program
from local_runner.storage.data_dir import DataDir
from tests.system.clients import assigned, by_kind, client_of, in_step, register

pytestmark = pytest.mark.system

SAVED_IN_ORDER = (METRICS, ROUTER, REGISTRY)
"""Who follows is saved before whom it follows."""


@pytest.fixture
def elsewhere() -> Iterator[Path]:
    """Another machine's data folder."""
    root = Path(tempfile.mkdtemp(prefix="restored-"))
    root.chmod(0o755)
    yield root
    shutil.rmtree(root, ignore_errors=True)


def tool(server: PostgresServer, name: str, *arguments: str) -> None:
    """A program of PostgreSQL."""
    program_ = server._installation.bin / name
    subprocess.run([str(program_), *arguments], check=True, capture_output=True)


def restore(root: Path, dumps: Path) -> None:
    """Databases from their dumps, in a server of their own."""
    folder = DataDir(root)
    folder.open()
    folder.lock.release()
    server = PostgresServer(folder.postgres, durable=False)
    with server:
        for service in SERVICES:
            server.ensure_database(service.database)
            dsn = server.dsn(service.database)
            dump = str(dumps / service.database)
            tool(server, "pg_restore", "--exit-on-error", "--no-owner", f"--dbname={dsn}", dump)


def verified(platform: Platform, service: Service) -> str:
    """What `verify-ledger` says of a service's ledger, which must hold."""
    ran = subprocess.run(
        [str(program(service)), "verify-ledger"],
        env=platform._environment(service), capture_output=True, text=True, check=True,
    )  # fmt: skip
    return ran.stdout.strip().splitlines()[-1]


async def test_what_was_saved_while_in_use_goes_on_elsewhere(
    platform: Platform, elsewhere: Path, tmp_path: Path
) -> None:
    at = Addresses(*(platform.url(service) for service in (REGISTRY, ROUTER, METRICS)))
    rest, approver = (
        Rest(lambda client=client: platform.issuer.token(client=client))  # type: ignore[misc]
        for client in ("demo", "approver")
    )
    await DemoLoad(
        rest, approver, at, part_of_city(300), platform.data_dir.root, rule_set_file()
    ).run(lambda *_: None)
    await rest.close()
    await approver.close()
    async with client_of(platform) as client:
        for service in SAVED_IN_ORDER:
            dump = str(tmp_path / service.database)
            dsn = platform.postgres.dsn(service.database)
            tool(platform.postgres, "pg_dump", "--format=custom", f"--file={dump}", dsn)
            if service is not REGISTRY:  # what comes between two dumps is behind one follower
                await register(client, at.registry)
                await in_step(client, platform)
        counted = await by_kind(client, platform)
    ledgers = {service: verified(platform, service) for service in (REGISTRY, ROUTER)}
    await platform.stop()

    restore(elsewhere, tmp_path)
    async with Platform(elsewhere, Ports.free(), durable=False) as restored:
        assert verified(restored, REGISTRY) == ledgers[REGISTRY]
        verified(restored, ROUTER)
        async with client_of(restored) as client:
            positions = await in_step(client, restored)
            assert positions["registry"] == 302
            assert await by_kind(client, restored) == counted
            new = await register(client, restored.url(REGISTRY))
            await assigned(client, restored, new)
            assert (await in_step(client, restored))["registry"] == 303
    restored.postgres.wipe()
