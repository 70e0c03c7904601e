"""The packaged rule set, a running router with the small city, and a registry to follow."""

from collections.abc import AsyncIterator
from datetime import date
from typing import Any

import httpx
import pytest
from tests.jurisdiction_router.approvals import enact
from tests.jurisdiction_router.registry_ledger import RegistryLedger
from tests.jurisdiction_router.small_city import AREAS, BODIES, EDGES

from jurisdiction_router.core.directory.directory import Directory
from jurisdiction_router.core.rules.reader import read_rule_set
from jurisdiction_router.core.rules.rule_set import RuleSet
from jurisdiction_router.core.rules.vocabulary import Vocabulary, read_vocabulary
from jurisdiction_router.core.rules.yaml_text import read_text
from jurisdiction_router.factory import compose
from jurisdiction_router.main import build, make_follower
from jurisdiction_router.policy import read_packaged
from jurisdiction_router.settings import Settings
from servicekit.follower import Follower
from servicekit.testing import FixedClock, TestDatabases, TestKeys, TestService


@pytest.fixture(scope="session")
def rule_set() -> RuleSet:
    """The 2016 rule set as shipped."""
    value, lines = read_text(read_packaged("shenzhen-2016.yaml"))
    return read_rule_set(value, lines)


@pytest.fixture(scope="session")
def vocabulary() -> Vocabulary:
    """The words as shipped."""
    return read_vocabulary(read_packaged("vocabulary.yaml"))


@pytest.fixture(scope="session")
def directory() -> Directory:
    """A city with one full district and one new district that has neither system committee."""
    return Directory(AREAS, EDGES, BODIES)


@pytest.fixture
async def database_url(databases: TestDatabases) -> AsyncIterator[str]:
    """A router database of its own at the newest schema."""
    async with databases.fresh("jurisdiction_router") as url:
        yield url


@pytest.fixture
def service(databases: TestDatabases, keys: TestKeys) -> TestService[Settings]:
    """The router under test, on 2018-06-14."""
    clock = FixedClock(date(2018, 6, 14))
    return TestService(
        "jurisdiction_router", Settings, lambda settings: build(settings, clock), databases, keys
    )


@pytest.fixture
def settings(service: TestService[Settings], database_url: str) -> Settings:
    """Settings that trust the test's keys."""
    return service.settings(database_url)


@pytest.fixture
async def router(
    service: TestService[Settings], database_url: str
) -> AsyncIterator[httpx.AsyncClient]:
    """The running router, and a client of it with every scope."""
    async with service.running(database_url) as client:
        yield client


@pytest.fixture(scope="session")
def directory_import() -> dict[str, Any]:
    """The small city as an import."""
    parents = {edge.child: edge.parent for edge in EDGES}
    return {
        "reason": "directory of 2016",
        "areas": [
            {
                "code": item.code,
                "name": item.name,
                "level": item.level,
                "parent": parents.get(item.code),
                "valid_from": "2000-01-01",
            }
            for item in AREAS
        ],
        "bodies": [
            {
                "id": item.id,
                "kind": item.kind,
                "name": item.name,
                "area_code": item.area_code,
                "system": item.system,
                "valid_from": "2000-01-01",
            }
            for item in BODIES
        ],
    }


@pytest.fixture
async def city(
    router: httpx.AsyncClient, keys: TestKeys, directory_import: dict[str, Any]
) -> httpx.AsyncClient:
    """The router with the small city and the 2016 rule set."""
    imported = await router.post("/v1/directory/imports?activate=true", json=directory_import)
    assert imported.status_code == 201, imported.text
    await enact(router, keys, read_packaged("shenzhen-2016.yaml"))
    return router


@pytest.fixture
def registry() -> RegistryLedger:
    """An empty registry."""
    return RegistryLedger()


@pytest.fixture
async def follower(settings: Settings, registry: RegistryLedger) -> AsyncIterator[Follower]:
    """The router's follower, to be stepped by hand."""
    services = compose(settings)
    async with registry.client() as client:
        yield make_follower(services, client)
    await services.database.close()
