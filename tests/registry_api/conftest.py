"""A registry of one's own: real database, real app, a clock that stands still."""

import base64
import json
import os
from collections.abc import AsyncIterator
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any, Protocol

import httpx
import pytest
from pydantic import SecretStr

from registry_api.main import build
from registry_api.settings import Settings
from servicekit.testing import AUDIENCE, ISSUER, TestDatabases, TestKeys, running

TODAY = date(2017, 6, 14)


class StandingClock:
    """A year after the speech, for ever."""

    def now(self) -> datetime:
        return datetime(2017, 6, 14, 4, tzinfo=UTC)

    def today(self) -> date:
        return TODAY


class StartRegistry(Protocol):
    """Starts a registry on a database; `changes` are settings."""

    def __call__(
        self, url: str, **changes: Any
    ) -> AbstractAsyncContextManager[httpx.AsyncClient]: ...


@pytest.fixture
async def registry_url(databases: TestDatabases) -> AsyncIterator[str]:
    """An empty register's database."""
    url = await databases.create("registry_api")
    yield url
    await databases.drop(url)


@pytest.fixture(scope="session")
def key_ring_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A key ring to seal candidates' names with."""
    path = tmp_path_factory.mktemp("ring") / "ring.json"
    key = base64.b64encode(os.urandom(32)).decode()
    path.write_text(json.dumps({"current": "k1", "keys": {"k1": key}}))
    return path


@pytest.fixture
def start_registry(keys: TestKeys, key_ring_file: Path) -> StartRegistry:
    """Start (and stop) a registry; a client with all scopes."""

    @asynccontextmanager
    async def start(url: str, **changes: Any) -> AsyncIterator[httpx.AsyncClient]:
        settings = Settings(
            database_url=SecretStr(url),
            jwks_file=keys.jwks_file,
            issuer=ISSUER,
            audience=AUDIENCE,
            pool_size=5,
            key_ring_file=key_ring_file,
            **changes,
        )
        async with running(build(settings, StandingClock()), **keys.headers()) as client:
            yield client

    return start


@pytest.fixture
async def registry(
    registry_url: str, start_registry: StartRegistry
) -> AsyncIterator[httpx.AsyncClient]:
    """A client of an empty registry."""
    async with start_registry(registry_url) as client:
        yield client
