"""Rows of facts: each distinct tuple once, and who has it when."""

import hashlib
from collections.abc import AsyncIterator, Collection, Mapping, Sequence
from datetime import date
from typing import NamedTuple
from uuid import UUID

import orjson
from sqlalchemy import ARRAY, BigInteger, Date, Text, Uuid, bindparam, text
from sqlalchemy.ext.asyncio import AsyncConnection

from jurisdiction_router.core.rules.facts import FactPeriod, Facts
from servicekit.database import copy_rows


class FactRow(NamedTuple):
    """Distinct facts with their identifier."""

    id: UUID
    facts: Facts


class Holder(NamedTuple):
    """An organization, facts that it has, and the first day on which it has them."""

    organization_id: UUID
    facts: Facts
    day: date


class Holders(NamedTuple):
    """How many organizations there are, and a few of them."""

    organizations: int
    samples: Sequence[Holder]


async def load_periods(
    connection: AsyncConnection, identifiers: Collection[UUID]
) -> dict[UUID, tuple[FactPeriod, ...]]:
    """The facts of these organizations over time; one that is not known is not in it."""
    known: dict[UUID | None, Facts | None] = {None: None}
    found: dict[UUID, list[FactPeriod]] = {}
    for row in await connection.execute(_LOAD, {"ids": list(identifiers)}):
        if row.fact not in known:
            known[row.fact] = Facts(**orjson.loads(row.facts))
        period = FactPeriod(row.valid_from, row.valid_until, known[row.fact])
        found.setdefault(row.organization_id, []).append(period)
    return {identifier: tuple(periods) for identifier, periods in found.items()}


async def write_periods(
    connection: AsyncConnection, periods: Mapping[UUID, Sequence[FactPeriod]]
) -> None:
    """Replace the facts of these organizations over all time."""
    if not periods:
        return
    distinct = {p.facts for held in periods.values() for p in held if p.facts is not None}
    stored = {facts: _row(facts) for facts in distinct}
    rows = sorted((identifier, content, facts) for facts, (identifier, content) in stored.items())
    await connection.execute(
        _PUT_FACTS,
        {
            "ids": [row[0] for row in rows],
            "facts": [row[1] for row in rows],
            "domiciles": [row[2].domicile for row in rows],
            "registering": [row[2].registering for row in rows],
        },
    )
    await connection.execute(_DROP_PERIODS, {"ids": list(periods)})
    await copy_rows(
        connection,
        "fact_period",
        ("organization_id", "valid_from", "valid_until", "fact"),
        [
            (identifier, p.valid_from, p.valid_until, stored[p.facts][0] if p.facts else None)
            for identifier, held in periods.items()
            for p in held
        ],
    )


async def touched_organizations(
    connection: AsyncConnection, places: Collection[str], limit: int | None = None
) -> list[UUID]:
    """The organizations that ever have one of these division codes, by id; at most `limit`."""
    found = await connection.execute(_TOUCHED, {"places": list(places), "limit": limit})
    return list(found.scalars())


async def count_organizations(connection: AsyncConnection, places: Collection[str]) -> int:
    """How many organizations ever have one of these division codes."""
    found = await connection.execute(_COUNT_TOUCHED, {"places": list(places)})
    return int(found.scalar_one())


async def all_places(connection: AsyncConnection) -> list[str]:
    """Every division code that an organization has or had, once."""
    found = await connection.execute(
        text(
            "SELECT domicile FROM fact WHERE domicile IS NOT NULL "
            "UNION SELECT registering FROM fact WHERE registering IS NOT NULL"
        )
    )
    return list(found.scalars())


async def facts_in(
    connection: AsyncConnection, places: Collection[str], size: int
) -> AsyncIterator[list[FactRow]]:
    """Distinct facts that lie in one of these division codes, `size` at a time."""
    found = await connection.stream(_FACTS_IN, {"places": list(places)})
    async for part in found.partitions(size):
        yield [FactRow(row.id, Facts(**orjson.loads(row.facts))) for row in part]


async def count_facts_in(connection: AsyncConnection, places: Collection[str]) -> int:
    """How many distinct facts `facts_in` yields."""
    found = await connection.execute(_COUNT_FACTS_IN, {"places": list(places)})
    return int(found.scalar_one())


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


def _row(facts: Facts) -> tuple[UUID, str]:
    content = orjson.dumps(facts._asdict())
    return UUID(bytes=hashlib.sha256(content).digest()[:16]), content.decode()


_IDS = bindparam("ids", type_=ARRAY(Uuid))
_PLACES = bindparam("places", type_=ARRAY(Text))
_IN_PLACES = "(domicile = ANY(:places) OR registering = ANY(:places))"
_LOAD = text(
    "SELECT organization_id, valid_from, valid_until, fact, facts "
    "FROM fact_period LEFT JOIN fact ON fact.id = fact "
    "WHERE organization_id = ANY(:ids) ORDER BY organization_id, valid_from"
).bindparams(_IDS)
_PUT_FACTS = text(
    "INSERT INTO fact (id, facts, domicile, registering) "
    "SELECT * FROM unnest(:ids, :facts, :domiciles, :registering) ON CONFLICT (id) DO NOTHING"
).bindparams(
    _IDS,
    bindparam("facts", type_=ARRAY(Text)),
    bindparam("domiciles", type_=ARRAY(Text)),
    bindparam("registering", type_=ARRAY(Text)),
)
_DROP_PERIODS = text("DELETE FROM fact_period WHERE organization_id = ANY(:ids)").bindparams(_IDS)
_TOUCHED = text(
    "SELECT DISTINCT organization_id FROM fact JOIN fact_period ON fact_period.fact = fact.id "  # noqa: S608
    f"WHERE {_IN_PLACES} ORDER BY organization_id LIMIT :limit"
).bindparams(_PLACES, bindparam("limit", type_=BigInteger))
_COUNT_TOUCHED = text(
    "SELECT count(DISTINCT organization_id) FROM fact "  # noqa: S608
    f"JOIN fact_period ON fact_period.fact = fact.id WHERE {_IN_PLACES}"
).bindparams(_PLACES)
_FACTS_IN = text(f"SELECT id, facts FROM fact WHERE {_IN_PLACES}").bindparams(_PLACES)  # noqa: S608
_COUNT_FACTS_IN = text(f"SELECT count(*) FROM fact WHERE {_IN_PLACES}").bindparams(_PLACES)  # noqa: S608
_WHO_HAS = text(
    """
    WITH wanted AS (
        SELECT * FROM unnest(:ids, :starts, :ends) AS each (fact, start, until)
    ), hit AS (
        SELECT p.organization_id, p.fact, min(greatest(p.valid_from, wanted.start)) AS day
        FROM wanted JOIN fact_period p ON p.fact = wanted.fact
        WHERE (p.valid_until IS NULL OR wanted.start < p.valid_until)
          AND (wanted.until IS NULL OR p.valid_from < wanted.until)
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
).bindparams(_IDS, bindparam("starts", type_=ARRAY(Date)), bindparam("ends", type_=ARRAY(Date)))
