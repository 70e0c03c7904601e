"""One real PostgreSQL per test worker, and tokens; services add their own fixtures."""

import os
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest
import structlog
from hypothesis import settings as hypothesis_settings

from local_runner.postgres.server import temporary_server
from servicekit.testing import TestDatabases, TestKeys

hypothesis_settings.register_profile("patient", deadline=None)  # machines are shared
hypothesis_settings.load_profile("patient")
structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(30))


NO_UNITS = ("contract", "deploy", "docs", "openapi", "system")
"""Folders whose tests start processes, or check files rather than code."""


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark the units, and begin with what takes longest.

    At the end no worker is left alone with it.
    """
    for item in items:
        if _is_unit(item):
            item.add_marker(pytest.mark.unit)
    items.sort(key=lambda item: item.get_closest_marker("system") is None)


def _is_unit(item: pytest.Item) -> bool:
    """Whether a test needs nothing but this process: no database, no other process."""
    folder = item.path.relative_to(Path(__file__).parent).parts[0]
    return folder not in NO_UNITS and "admin_url" not in getattr(item, "fixturenames", ())


@pytest.fixture(scope="session")
def admin_url() -> Iterator[str]:
    """A PostgreSQL of our own, or the one that TEST_DATABASE_URL points to."""
    given = os.environ.get("TEST_DATABASE_URL")
    if given:
        yield given
        return
    with temporary_server() as server:
        yield server.url("postgres")


@pytest.fixture(scope="session")
def databases(admin_url: str) -> TestDatabases:
    """Fresh databases for whoever asks."""
    return TestDatabases(admin_url)


@pytest.fixture(scope="session")
def keys(tmp_path_factory: pytest.TempPathFactory) -> TestKeys:
    """Keys that the services under test trust."""
    return TestKeys(tmp_path_factory.mktemp("keys"))


@pytest.fixture
async def empty_database_url(databases: TestDatabases) -> AsyncIterator[str]:
    """A database without tables."""
    async with databases.fresh(None) as url:
        yield url


@pytest.fixture(scope="session")
def shared_data() -> Path:
    """Real public data beside the project; a test that needs it skips where it is missing."""
    folder = Path(__file__).resolve().parents[2] / "shared" / "data"
    if not folder.exists():
        pytest.skip("the folder with real public data is not on this machine")
    return folder
