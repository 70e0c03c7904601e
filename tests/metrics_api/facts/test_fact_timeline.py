# ruff: noqa: S311 - the same chances at every run are meant
"""The fact timeline in PostgreSQL and its columnar copy, against plain counts of the events."""

from collections.abc import Sequence
from datetime import date
from itertools import combinations
from random import Random
from uuid import UUID, uuid4

import pytest
from sqlalchemy import select, text
from sqlalchemy.ext.asyncio import AsyncConnection
from tests.metrics_api.histories import (
    KEYS,
    ORACLE,
    Histories,
    assignment_state,
    counted,
    organization_state,
    random_histories,
)

from metrics_api.core.facts.columns import OutOfDomainError
from metrics_api.counting.request import CoverageRequest
from metrics_api.editions.read import newest_edition
from metrics_api.factory import Factory
from metrics_api.facts.follow import apply_registry, apply_router
from metrics_api.facts.rows import TimelineTornError
from metrics_api.settings import MetricsSettings
from metrics_api.tables import fact
from servicekit.database import Database
from servicekit.follower import FeedEvent

DAYS = (date(2014, 6, 1), date(2015, 4, 15), date(2015, 9, 1), date(2016, 1, 1))


async def apply_in_pages(
    database: Database, histories: Histories, random: Random
) -> list[tuple[int, int]]:
    """Both feeds in pages of random size, in random order; what each edition includes."""
    async with database.transaction() as connection:
        await apply_router(connection, histories.router[: histories.directory_size])
    registry, router = 0, histories.directory_size
    reached = [(0, 0), (registry, router)]
    while registry < len(histories.registry) or router < len(histories.router):
        size = random.randint(1, 9)
        async with database.transaction() as connection:
            take_registry = random.random() < 0.5
            if take_registry and registry < len(histories.registry):
                page = histories.registry[registry : registry + size]
                await apply_registry(connection, page)
                registry += len(page)
            elif router < len(histories.router):
                page = histories.router[router : router + size]
                await apply_router(connection, page)
                router += len(page)
            else:
                continue
        reached.append((registry, router))
    return reached


@pytest.mark.parametrize("seed", range(4))
async def test_every_count_at_every_edition_is_that_of_the_events(
    settings: MetricsSettings, seed: int
) -> None:
    random = Random(seed)
    histories = random_histories(random, organizations=9, events=70)
    factory = Factory(settings)
    await factory.live_copy.load()
    reached = await apply_in_pages(factory.database, histories, random)
    assert await factory.live_copy.refresh()
    if seed % 2:
        await factory.live_copy.load()
    for edition in {len(reached) - 1, *random.sample(range(len(reached)), 6)}:
        for indicator in ORACLE:
            for keys in random.sample([(), *combinations(KEYS, 1), *combinations(KEYS, 2)], 4):
                request = CoverageRequest(indicator, keys, {}, random.choice(DAYS), edition)
                await assert_counted(factory, request, histories, *reached[edition])
    await factory.database.close()
    await factory.upstream.close()


async def assert_counted(
    factory: Factory, request: CoverageRequest, histories: Histories, registry: int, router: int
) -> None:
    """The answer to `request` is what the events up to these two positions say."""
    answer = await factory.count_coverage.answer(request)
    receipt = answer.edition
    assert (receipt.registry_position, receipt.router_position) == (registry, router)
    assert request.valid_on
    expected = counted(
        histories.registry[:registry],
        histories.router[:router],
        request.indicator,
        request.group_by,
        request.valid_on,
    )
    names = [*request.group_by, "numerator", "denominator"]
    found = {row[:-2]: row[-2:] for row in answer.count.groups.select(names).rows()}
    assert answer.count.total.numerator == sum(tally[0] for tally in expected.values())
    assert answer.count.total.denominator == sum(tally[1] for tally in expected.values())
    if request.group_by:
        assert found == expected


async def believed(database: Database) -> set[tuple[object, ...]]:
    columns = [c for c in fact.c if c.name not in ("row_id", "edition_from", "edition_until")]
    async with database.reading() as connection:
        rows = await connection.execute(select(*columns).where(fact.c.edition_until.is_(None)))
        return {tuple(row) for row in rows}


async def test_the_order_in_which_the_feeds_arrive_does_not_matter(
    settings: MetricsSettings, database: Database
) -> None:
    histories = random_histories(Random(7), organizations=8, events=60)
    await apply_in_pages(database, histories, Random(1))
    first = await believed(database)
    async with database.transaction() as connection:
        await connection.execute(
            text("TRUNCATE fact, subject_timeline, edition, area_version, body_version")
        )
    await apply_in_pages(database, histories, Random(2))
    assert await believed(database) == first
    assert first


async def test_a_page_is_one_edition_and_changes_only_what_changed(database: Database) -> None:
    histories = Histories()
    hospital, clinic = uuid4(), uuid4()
    histories.tell(hospital, date(2015, 1, 1), organization_state())
    histories.tell(clinic, date(2015, 1, 1), organization_state())
    async with database.transaction() as connection:
        await apply_registry(connection, histories.registry)
    histories.tell(hospital, date(2015, 1, 1), {"sponsor": "not counted, not shown"})
    histories.tell(clinic, date(2015, 6, 1), {"status": "suspended"})
    async with database.transaction() as connection:
        await apply_registry(connection, histories.registry[2:])
    async with database.reading() as connection:
        newest = await newest_edition(connection)
        rows = (await connection.execute(select(fact))).all()
    assert (newest.number, newest.registry_position, newest.router_position) == (2, 4, 0)
    assert [r.edition_from for r in rows if r.organization_id == hospital] == [1]
    spans = {
        (r.valid_from, r.status, r.edition_from, r.edition_until)
        for r in rows
        if r.organization_id == clinic
    }
    assert spans == {
        (date(2015, 1, 1), "active", 1, 2),
        (date(2015, 1, 1), "active", 2, None),
        (date(2015, 6, 1), "suspended", 2, None),
    }


async def refused(
    connection: AsyncConnection, page: Sequence[FeedEvent], error: type[Exception]
) -> None:
    with pytest.raises(error):
        await apply_registry(connection, page)


async def test_an_unknown_code_is_refused_by_name(database: Database) -> None:
    histories = Histories()
    histories.tell(uuid4(), date(2015, 1, 1), organization_state(kind="club"))
    async with database.transaction() as connection:
        await refused(connection, histories.registry, OutOfDomainError)


async def test_rows_that_no_longer_agree_with_the_timelines_are_noticed(
    database: Database,
) -> None:
    histories = Histories()
    organization = UUID(int=1)
    histories.tell(organization, date(2015, 1, 1), organization_state())
    async with database.transaction() as connection:
        await apply_registry(connection, histories.registry)
        await connection.execute(text("DELETE FROM fact"))
    histories.tell(organization, date(2015, 6, 1), {"status": "suspended"})
    async with database.transaction() as connection:
        await refused(connection, histories.registry[1:], TimelineTornError)


async def test_an_organization_without_an_answer_counts_as_unassigned(
    settings: MetricsSettings,
) -> None:
    factory = Factory(settings)
    histories = Histories()
    organization = uuid4()
    histories.tell(organization, date(2015, 1, 1), organization_state())
    histories.answer(organization, date(2015, 3, 1), None, assignment_state("health"))
    async with factory.database.transaction() as connection:
        await apply_registry(connection, histories.registry)
        await apply_router(connection, histories.router)
    await factory.live_copy.load()
    for day, body in ((date(2015, 2, 1), "unassigned"), (date(2015, 4, 1), "health")):
        request = CoverageRequest("organizational_coverage", ("body",), {}, day)
        answer = await factory.count_coverage.answer(request)
        assert answer.count.groups["body"].to_list() == [body]
    await factory.database.close()
    await factory.upstream.close()
