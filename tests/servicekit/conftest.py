"""A sample service with a ledger: its database, its settings, and eyes that need no clock."""

import asyncio
import random
import sys
from collections.abc import AsyncIterator, Awaitable, Callable
from pathlib import Path

import httpx
import pytest
import structlog
from fastapi import FastAPI

from servicekit.database.engines import Database
from servicekit.settings import ServiceSettings
from servicekit.testing import TestDatabases, TestKeys, TestService, running

sys.path.append(str(Path(__file__).resolve().parents[2]))  # the sample is a package of its own

from tests.servicekit.sample.app import build

SAMPLE = "tests.servicekit.sample"


@pytest.fixture(scope="session", autouse=True)
def plain_logs() -> None:
    """One line an event, without the drawn tracebacks that take seconds."""
    structlog.configure(
        processors=[
            structlog.stdlib.add_log_level,
            structlog.processors.format_exc_info,
            structlog.processors.KeyValueRenderer(),
        ]
    )


@pytest.fixture(scope="session")
def service(databases: TestDatabases, keys: TestKeys) -> TestService[ServiceSettings]:
    """The sample as tests start it."""
    return TestService(
        SAMPLE, ServiceSettings, build, databases, keys, pool_size=10, body_limit_bytes=64 * 1024
    )


@pytest.fixture(scope="session")
def settings_for(service: TestService[ServiceSettings]) -> Callable[..., ServiceSettings]:
    """Settings of the sample on a database; named values replace the usual ones."""
    return service.settings


@pytest.fixture
async def sample_url(service: TestService[ServiceSettings]) -> AsyncIterator[str]:
    """A database at the sample's newest schema: an empty ledger, no jobs, no cursor."""
    async with service.database() as url:
        yield url


@pytest.fixture
async def other_url(service: TestService[ServiceSettings]) -> AsyncIterator[str]:
    """A second such database: that of a follower."""
    async with service.database() as url:
        yield url


@pytest.fixture
async def database(
    sample_url: str, settings_for: Callable[..., ServiceSettings]
) -> AsyncIterator[Database]:
    """The sample's engines."""
    database = Database(settings_for(sample_url))
    yield database
    await database.close()


@pytest.fixture
async def other_database(
    other_url: str, settings_for: Callable[..., ServiceSettings]
) -> AsyncIterator[Database]:
    """The engines of the follower's database."""
    database = Database(settings_for(other_url))
    yield database
    await database.close()


@pytest.fixture
def eventually() -> Callable[[Callable[[], Awaitable[bool]]], Awaitable[None]]:
    """Wait until a condition holds; a test that would wait for ever fails in a minute."""

    async def wait(condition: Callable[[], Awaitable[bool]]) -> None:
        async with asyncio.timeout(60):
            while not await condition():
                await asyncio.sleep(0.005)

    return wait


@pytest.fixture
def chance() -> random.Random:
    """The same dice at every run."""
    return random.Random(7)  # noqa: S311


@pytest.fixture
def app(sample_url: str, settings_for: Callable[..., ServiceSettings]) -> FastAPI:
    """The sample's app."""
    return build(settings_for(sample_url))


@pytest.fixture(scope="session")
async def standing_app(service: TestService[ServiceSettings]) -> AsyncIterator[FastAPI]:
    """The sample, started once for all tests that don't care what its ledger holds."""
    async with service.database() as url:
        app = build(service.settings(url))
        async with running(app):
            yield app


@pytest.fixture
async def standing_client(
    standing_app: FastAPI, keys: TestKeys
) -> AsyncIterator[httpx.AsyncClient]:
    """A client with every scope of the standing sample."""
    transport = httpx.ASGITransport(standing_app, raise_app_exceptions=False)
    async with httpx.AsyncClient(
        transport=transport, base_url="http://service", headers=keys.headers(), timeout=60
    ) as client:
        yield client


@pytest.fixture
async def client(app: FastAPI, keys: TestKeys) -> AsyncIterator[httpx.AsyncClient]:
    """A client with every scope of the running sample."""
    async with running(app, **keys.headers()) as client:
        yield client
