"""A small city for the tests of what the services say to each other and to others."""

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import httpx
import pytest
from anyio.from_thread import start_blocking_portal
from tests.contract.small_city import small_city as run_small_city
from tests.contract.story.recorder import SCOPES

from local_runner.platform import Platform
from local_runner.services import METRICS, REGISTRY, ROUTER


@dataclass(frozen=True)
class SmallCity:
    """Where the services and their data are, a token for all of them, and who is registered."""

    data_dir: Path
    addresses: dict[str, str]
    token: str
    organizations: list[str]


@pytest.fixture(scope="session")
def small_city() -> Iterator[SmallCity]:
    """A platform of its own for this test worker; whoever uses it leaves something behind."""
    with _a_small_city() as city:
        yield city


@pytest.fixture(scope="module")
def untouched_city() -> Iterator[SmallCity]:
    """One that only this file's tests write to."""
    with _a_small_city() as city:
        yield city


@contextmanager
def _a_small_city() -> Iterator[SmallCity]:
    with (
        tempfile.TemporaryDirectory(prefix="platform-", ignore_cleanup_errors=True) as root,
        start_blocking_portal() as portal,
        portal.wrap_async_context_manager(run_small_city(Path(root))) as platform,
    ):
        yield _meet(platform, Path(root))


def _meet(platform: Platform, root: Path) -> SmallCity:
    token = platform.issuer.token(SCOPES)
    addresses = {service.program: platform.url(service) for service in (REGISTRY, ROUTER, METRICS)}
    listed = httpx.get(
        f"{platform.url(REGISTRY)}/v1/organizations?limit=1000",
        headers={"authorization": f"Bearer {token}"},
    ).json()
    return SmallCity(root, addresses, token, [document["id"] for document in listed["items"]])
