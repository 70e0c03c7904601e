"""A registry of one's own: real database, real app, a clock that stands still."""

import base64
import json
import os
from collections.abc import AsyncIterator
from contextlib import AbstractAsyncContextManager
from datetime import date
from pathlib import Path
from typing import Any, Protocol

import httpx
import pytest

from registry_api.main import build
from registry_api.settings import Settings
from servicekit.testing import FixedClock, TestDatabases, TestKeys, TestService

TODAY = date(2017, 6, 14)
"""A year after the speech, for ever."""


class StartRegistry(Protocol):
    """Starts (and stops) a registry on a database; `changes` are settings."""

    def __call__(
        self, url: str, **changes: Any
    ) -> AbstractAsyncContextManager[httpx.AsyncClient]: ...


@pytest.fixture(scope="session")
def key_ring_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A key ring to seal candidates' names with."""
    path = tmp_path_factory.mktemp("ring") / "ring.json"
    key = base64.b64encode(os.urandom(32)).decode()
    path.write_text(json.dumps({"current": "k1", "keys": {"k1": key}}))
    return path


@pytest.fixture(scope="session")
def service(databases: TestDatabases, keys: TestKeys, key_ring_file: Path) -> TestService[Settings]:
    """The registry under test."""
    return TestService(
        "registry_api",
        Settings,
        lambda settings: build(settings, FixedClock(TODAY)),
        databases,
        keys,
        key_ring_file=key_ring_file,
    )


@pytest.fixture
async def registry_url(service: TestService[Settings]) -> AsyncIterator[str]:
    """An empty register's database."""
    async with service.database() as url:
        yield url


@pytest.fixture
def start_registry(service: TestService[Settings]) -> StartRegistry:
    """Starts a registry; gives a client with all scopes."""
    return service.running


@pytest.fixture
async def registry(
    registry_url: str, start_registry: StartRegistry
) -> AsyncIterator[httpx.AsyncClient]:
    """A client of an empty registry."""
    async with start_registry(registry_url) as client:
        yield client
