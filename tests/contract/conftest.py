"""The real platform with a small part of the demo city in it: real processes over real HTTP."""

import shutil
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import httpx
import pytest
from anyio.from_thread import start_blocking_portal

from local_runner.cli import rule_set_file
from local_runner.demo import part_of_city
from local_runner.demo_load import Addresses, DemoLoad
from local_runner.platform import Platform
from local_runner.rest import Rest
from local_runner.services import METRICS, REGISTRY, ROUTER, Ports

SCOPES = (
    "registry:read", "registry:write", "router:read", "router:write", "router:approve",
    "metrics:read", "metrics:write", "ops",
)  # fmt: skip
ORGANIZATIONS = 60


@dataclass(frozen=True)
class SmallCity:
    """Where the services are, a token for all of them, and who is registered."""

    addresses: dict[str, str]
    token: str
    organizations: list[str]


@pytest.fixture(scope="session")
def small_city() -> Iterator[SmallCity]:
    """A platform of its own for this test worker."""
    root = Path(tempfile.mkdtemp(prefix="platform-"))
    root.chmod(0o755)  # the database server does not run as root
    platform = Platform(root, Ports.free(), durable=False)
    with start_blocking_portal() as portal, portal.wrap_async_context_manager(platform):
        portal.call(_load, platform, root)
        yield _meet(platform)
    platform.postgres.wipe()
    shutil.rmtree(root, ignore_errors=True)


async def _load(platform: Platform, root: Path) -> None:
    rest = Rest(lambda: platform.issuer.token(SCOPES))
    approver = Rest(lambda: platform.issuer.token(["router:approve"], client="approver"))
    at = Addresses(platform.url(REGISTRY), platform.url(ROUTER), platform.url(METRICS))
    demo = part_of_city(ORGANIZATIONS)
    await DemoLoad(rest, approver, at, demo, root, rule_set_file()).run(lambda *_: None)
    await rest.close()
    await approver.close()


def _meet(platform: Platform) -> SmallCity:
    token = platform.issuer.token(SCOPES)
    addresses = {service.program: platform.url(service) for service in (REGISTRY, ROUTER, METRICS)}
    listed = httpx.get(
        f"{platform.url(REGISTRY)}/v1/organizations?limit=1000",
        headers={"authorization": f"Bearer {token}"},
    ).json()
    return SmallCity(addresses, token, [document["id"] for document in listed["items"]])
