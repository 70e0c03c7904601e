"""Rows of facts: each distinct tuple once, and who has it when."""

from collections.abc import AsyncIterator, Collection, Sequence
from datetime import date
from typing import NamedTuple
from uuid import UUID

import orjson
from sqlalchemy import ARRAY, Date, Text, Uuid, bindparam, text
from sqlalchemy.ext.asyncio import AsyncConnection

from jurisdiction_router.core.rules.facts import DistinctFacts, Facts

_PLACES = bindparam("places", type_=ARRAY(Text))
_ALL_PLACES = text(
    "SELECT domicile FROM fact WHERE domicile IS NOT NULL "
    "UNION SELECT registering FROM fact WHERE registering IS NOT NULL"
)
_FACTS_IN = text(
    "SELECT id, facts FROM fact WHERE domicile = ANY(:places) OR registering = ANY(:places)"
).bindparams(_PLACES)
_COUNT_FACTS_IN = text(
    "SELECT count(*) FROM fact WHERE domicile = ANY(:places) OR registering = ANY(:places)"
).bindparams(_PLACES)
_WHO_HAS = text(
    """
    WITH period AS (
        SELECT * FROM unnest(:ids, :starts, :ends) AS each (fact, start, until)
    ), hit AS (
        SELECT p.organization_id, p.fact, min(greatest(p.valid_from, period.start)) AS day
        FROM period JOIN fact_period p ON p.fact = period.fact
        WHERE (p.valid_until IS NULL OR period.start < p.valid_until)
          AND (period.until IS NULL OR p.valid_from < period.until)
        GROUP BY p.organization_id, p.fact
    )
    SELECT (SELECT count(DISTINCT organization_id) FROM hit) AS organizations,
           (SELECT json_agg(json_build_object('organization_id', organization_id,
                                              'facts', facts, 'day', day))
            FROM (SELECT DISTINCT ON (organization_id) organization_id, facts, day
                  FROM hit JOIN fact ON fact.id = hit.fact
                  ORDER BY organization_id, day LIMIT :samples) few)::text
           AS samples
    """
).bindparams(
    bindparam("ids", type_=ARRAY(Uuid)),
    bindparam("starts", type_=ARRAY(Date)),
    bindparam("ends", type_=ARRAY(Date)),
)


class Holder(NamedTuple):
    """An organization, facts that it has, and the first day on which it has them."""

    organization_id: UUID
    facts: Facts
    day: date


class Holders(NamedTuple):
    """How many organizations there are, and a few of them."""

    organizations: int
    samples: Sequence[Holder]


async def all_places(connection: AsyncConnection) -> list[str]:
    """Every division code that an organization has or had, once."""
    return list((await connection.execute(_ALL_PLACES)).scalars())


async def facts_in(
    connection: AsyncConnection, places: Collection[str], size: int
) -> AsyncIterator[list[DistinctFacts]]:
    """Distinct facts that lie in one of these division codes, `size` at a time."""
    result = await connection.stream(_FACTS_IN, {"places": list(places)})
    async for part in result.partitions(size):
        yield [DistinctFacts(row.id, Facts(**orjson.loads(row.facts))) for row in part]


async def count_facts_in(connection: AsyncConnection, places: Collection[str]) -> int:
    """How many distinct facts `facts_in` yields."""
    result = await connection.execute(_COUNT_FACTS_IN, {"places": list(places)})
    return int(result.scalar_one())


async def who_has(
    connection: AsyncConnection,
    facts: Sequence[tuple[UUID, date, date | None]],
    samples: int,
) -> Holders:
    """How many organizations have one of these facts over its days, and a few of them.

    `facts` are identifiers of facts, each with a first day and the day after the last.
    """
    bound = {
        "ids": [identifier for identifier, _, _ in facts],
        "starts": [start for _, start, _ in facts],
        "ends": [end for _, _, end in facts],
        "samples": samples,
    }
    row = (await connection.execute(_WHO_HAS, bound)).one()
    few = [
        Holder(UUID(each["organization_id"]), Facts(**orjson.loads(each["facts"])),
               date.fromisoformat(each["day"]))
        for each in orjson.loads(row.samples or "[]")
    ]  # fmt: skip
    return Holders(row.organizations, few)
