"""Facts and predicates at random, for everything that must agree with plain Python; a database."""

from collections.abc import AsyncIterator
from datetime import date, timedelta
from typing import Any

import pytest
from hypothesis import strategies as st
from pydantic import SecretStr
from tests.metrics_api.feeds import feed_of
from tests.metrics_api.world import TODAY, World, small_register

from metrics_api.core.facts.columns import COLUMNS, COUNTED_COLUMNS, Column, Fact
from metrics_api.core.facts.predicates import Compare, Every, IsNull, Not, OneOf, Predicate, Some
from metrics_api.factory import PACKAGE, Factory
from metrics_api.facts.upstream import Upstream
from metrics_api.main import build_api
from metrics_api.settings import MetricsSettings
from metrics_api.tables import OPEN_END
from servicekit.database import Database
from servicekit.testing import AUDIENCE, ISSUER, FixedClock, TestDatabases, TestKeys, running

TEXTS = {
    "area": ["440303001", "440303002", "440306005", "440306", "440399001", "320102003"],
    "supervising_body": ["b1", "b2", "b3"],
    "rule_set": ["r-2016", "r-2018"],
    "rule": ["hospital", "clinic", "fallback"],
    "basis": ["S", "S/I", "N"],
}


def _values(column: Column) -> list[Any]:
    if column.type == "code":
        return list(column.codes)
    if column.type in ("text", "label"):
        return TEXTS.get(column.name, [column.name])
    if column.type == "date":
        return [date(2016, 1, 1), date(2020, 2, 29)]
    return [0, 1, 2, 3, 4, 50] if column.type == "integer" else [True, False]


@pytest.fixture(scope="session")
def facts() -> st.SearchStrategy[Fact]:
    """Any fact: every column takes each of its values, or none."""
    return st.tuples(*(st.sampled_from([None, *_values(column)[:4]]) for column in COLUMNS))


@pytest.fixture(scope="session")
def predicates() -> st.SearchStrategy[Predicate]:
    """Any resolved predicate."""

    def leaf(column: Column) -> st.SearchStrategy[Predicate]:
        value = st.sampled_from(_values(column))
        choices: list[st.SearchStrategy[Predicate]] = [
            st.builds(Compare, st.just(column.name), st.just("eq"), value),
            st.builds(IsNull, st.just(column.name)),
            st.builds(
                OneOf, st.just(column.name), st.lists(value, min_size=1, max_size=3).map(tuple)
            ),
        ]
        if column.type == "integer":
            choices.append(
                st.builds(Compare, st.just(column.name), st.sampled_from(["ge", "le"]), value)
            )
        return st.one_of(choices)

    def nested(inner: st.SearchStrategy[Predicate]) -> st.SearchStrategy[Predicate]:
        parts = st.lists(inner, min_size=1, max_size=3).map(tuple)
        return st.one_of(st.builds(Not, inner), st.builds(Every, parts), st.builds(Some, parts))

    return st.recursive(st.sampled_from(COUNTED_COLUMNS).flatmap(leaf), nested, max_leaves=6)


@pytest.fixture(scope="session")
def days() -> st.SearchStrategy[date]:
    """A day of one fortnight, so that spans meet."""
    return st.integers(0, 14).map(lambda offset: date(2016, 1, 1) + timedelta(days=offset))


@pytest.fixture(scope="session")
def untils(days: st.SearchStrategy[date]) -> st.SearchStrategy[date]:
    """The end of a span: a day, or never."""
    return st.one_of(days, st.just(OPEN_END))


@pytest.fixture
async def settings(databases: TestDatabases, keys: TestKeys) -> AsyncIterator[MetricsSettings]:
    """Settings of a service with a migrated database of its own."""
    async with databases.fresh(PACKAGE) as url:
        yield MetricsSettings(
            database_url=SecretStr(url),
            pool_size=3,
            jwks_file=keys.jwks_file,
            issuer=ISSUER,
            audience=AUDIENCE,
            max_groups=40,
            max_own_targets=4,
        )


@pytest.fixture
async def database(settings: MetricsSettings) -> AsyncIterator[Database]:
    """The service's database."""
    database = Database(settings)
    yield database
    await database.close()


@pytest.fixture
async def world(
    settings: MetricsSettings, databases: TestDatabases, keys: TestKeys
) -> AsyncIterator[World]:
    """The service over an empty database, not yet following."""
    async with (
        feed_of("registry-api", databases, keys) as registry,
        feed_of("jurisdiction-router", databases, keys) as router,
    ):
        upstream = Upstream(registry.client, router.client)
        clock = FixedClock(TODAY)
        factory = Factory(settings, clock, upstream)
        async with running(build_api(factory), **keys.headers("metrics:read")) as client:
            yield World(client, factory, clock, registry, router, small_register())
