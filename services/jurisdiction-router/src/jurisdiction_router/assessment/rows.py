"""Rows of organizations as they are assessed: facts, timelines, decisions, overrides, the queue."""

import hashlib
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import replace
from typing import Any, Final
from uuid import UUID

import orjson
from sqlalchemy import ARRAY, BigInteger, Integer, Text, Uuid, bindparam, text
from sqlalchemy.ext.asyncio import AsyncConnection

from jurisdiction_router.assessment.organization import StoredOrganization, StoredSegment
from jurisdiction_router.core.deciding.designation import Override, read_override
from jurisdiction_router.core.rules.facts import FactPeriod, Facts
from servicekit.database import copy_rows
from servicekit.time import Segment

_IDS = bindparam("ids", type_=ARRAY(Uuid))
_PLACES = bindparam("places", type_=ARRAY(Text))
_LOAD_ORGANIZATIONS = text(
    "SELECT id, registry_revision, assignment_revision FROM organization "
    "WHERE id = ANY(:ids) ORDER BY id FOR UPDATE"
).bindparams(_IDS)
_LOAD_SEGMENTS = text(
    "SELECT organization_id, valid_from, valid_until, area, state FROM assignment "
    "WHERE organization_id = ANY(:ids) ORDER BY organization_id, valid_from"
).bindparams(_IDS)
_LOAD_PERIODS = text(
    "SELECT organization_id, valid_from, valid_until, fact, facts "
    "FROM fact_period LEFT JOIN fact ON fact.id = fact "
    "WHERE organization_id = ANY(:ids) ORDER BY organization_id, valid_from"
).bindparams(_IDS)
_LOAD_OVERRIDES = text(
    "SELECT document FROM override WHERE organization_id = ANY(:ids) "
    "AND valid_from < valid_until ORDER BY organization_id, valid_from"
).bindparams(_IDS)
_OVERRIDDEN = text(
    "SELECT DISTINCT organization_id FROM override WHERE valid_from < valid_until "
    "ORDER BY organization_id"
)
_DESIGNATED = text(
    "SELECT DISTINCT organization_id FROM override WHERE body_id = ANY(:bodies)"
).bindparams(bindparam("bodies", type_=ARRAY(Text)))
_PUT_ORGANIZATIONS = text(
    "INSERT INTO organization (id, registry_revision, assignment_revision) "
    "SELECT id, registry_revision, assignment_revision "
    "FROM unnest(:ids, :registry_revisions, :assignment_revisions) "
    "AS new (id, registry_revision, assignment_revision) "
    "ON CONFLICT (id) DO UPDATE SET registry_revision = excluded.registry_revision, "
    "assignment_revision = excluded.assignment_revision"
).bindparams(
    _IDS,
    bindparam("registry_revisions", type_=ARRAY(Integer)),
    bindparam("assignment_revisions", type_=ARRAY(Integer)),
)
_PUT_DECISIONS = text(
    "INSERT INTO decision (digest, document, flip, affiliation) "
    "SELECT DISTINCT ON (digest) digest, document, d #>> '{nearest_flip,attribute}', "
    "d #>> '{facts,affiliation}' "
    "FROM unnest(:digests, :documents) AS new (digest, document), "
    "LATERAL (SELECT CAST(document AS jsonb) AS d) AS parsed "
    "WHERE NOT EXISTS (SELECT FROM decision known WHERE known.digest = new.digest) "
    "ORDER BY digest ON CONFLICT (digest) DO NOTHING"
).bindparams(bindparam("digests", type_=ARRAY(Text)), bindparam("documents", type_=ARRAY(Text)))
_DROP_SEGMENTS = text("DELETE FROM assignment WHERE organization_id = ANY(:ids)").bindparams(_IDS)
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
    "SELECT DISTINCT organization_id FROM fact JOIN fact_period ON fact_period.fact = fact.id "
    "WHERE domicile = ANY(:places) OR registering = ANY(:places) "
    "ORDER BY organization_id LIMIT :limit"
).bindparams(_PLACES, bindparam("limit", type_=BigInteger))
_COUNT_TOUCHED = text(
    "SELECT count(DISTINCT organization_id) FROM fact "
    "JOIN fact_period ON fact_period.fact = fact.id "
    "WHERE domicile = ANY(:places) OR registering = ANY(:places)"
).bindparams(_PLACES)
_QUEUE = text(
    "INSERT INTO reassessment (job, organization_id) "
    "SELECT :job, organization_id FROM fact JOIN fact_period ON fact_period.fact = fact.id "
    "WHERE domicile = ANY(:places) OR registering = ANY(:places) "
    "UNION SELECT :job, unnest(:also)"
).bindparams(bindparam("job", type_=Uuid), _PLACES, bindparam("also", type_=ARRAY(Uuid)))
_COUNT_QUEUED = text("SELECT count(*) FROM reassessment WHERE job = :job")
_TAKE_QUEUED = text(
    "DELETE FROM reassessment WHERE job = :job AND organization_id IN ("
    "SELECT organization_id FROM reassessment WHERE job = :job "
    "ORDER BY organization_id LIMIT :limit) RETURNING organization_id"
)
_SEGMENT_COLUMNS: Final = (
    "organization_id", "valid_from", "valid_until", "area", "outcome", "rule_set", "rule",
    "basis", "body_id", "body_kind", "flags", "decision", "state",
)  # fmt: skip


async def load_organizations(
    connection: AsyncConnection, identifiers: Collection[UUID]
) -> dict[UUID, StoredOrganization]:
    """What is stored of these organizations; locks their rows until the transaction ends."""
    bound = {"ids": list(identifiers)}
    organizations = (await connection.execute(_LOAD_ORGANIZATIONS, bound)).all()
    periods = await load_periods(connection, [row.id for row in organizations])
    stored = {
        row.id: StoredOrganization(
            row.id, row.registry_revision, row.assignment_revision, periods.get(row.id, ())
        )
        for row in organizations
    }
    segments: dict[UUID, list[StoredSegment]] = {identifier: [] for identifier in stored}
    for row in await connection.execute(_LOAD_SEGMENTS, bound):
        segment = Segment(row.valid_from, row.valid_until, orjson.loads(row.state))
        segments[row.organization_id].append(StoredSegment(segment, row.area))
    overrides = await load_overrides(connection, list(stored))
    return {
        identifier: replace(
            organization,
            segments=tuple(segments[identifier]),
            overrides=overrides.get(identifier, ()),
        )
        for identifier, organization in stored.items()
    }


async def write_organizations(
    connection: AsyncConnection,
    organizations: Sequence[StoredOrganization],
    stated: Collection[UUID],
    changed: Collection[UUID],
    documents: Mapping[str, str],
) -> None:
    """Replace the facts of the organizations in `stated`, the timelines of those in `changed`.

    `documents` are the decision documents the new segments name, by digest.
    """
    touched = [o for o in organizations if o.id in stated or o.id in changed]
    await connection.execute(
        _PUT_ORGANIZATIONS,
        {
            "ids": [o.id for o in touched],
            "registry_revisions": [o.registry_revision for o in touched],
            "assignment_revisions": [o.assignment_revision for o in touched],
        },
    )
    await write_periods(connection, {o.id: o.periods for o in touched if o.id in stated})
    if not changed:
        return
    await connection.execute(
        _PUT_DECISIONS, {"digests": list(documents), "documents": list(documents.values())}
    )
    await connection.execute(_DROP_SEGMENTS, {"ids": list(changed)})
    rows = [
        row
        for organization in organizations
        if organization.id in changed
        for row in _segment_rows(organization)
    ]
    await copy_rows(connection, "assignment", _SEGMENT_COLUMNS, rows)


def _segment_rows(organization: StoredOrganization) -> Iterable[tuple[Any, ...]]:
    for stored in organization.segments:
        state = stored.segment.state
        supervising = state["supervising"] or {}
        yield (
            organization.id, stored.segment.start, stored.segment.until, stored.area,
            state["outcome"], state["rule_set"], state["rule"], state["basis"],
            supervising.get("id"), supervising.get("kind"), state["flags"], state["decision"],
            orjson.dumps(state).decode(),
        )  # fmt: skip


async def load_overrides(
    connection: AsyncConnection, organizations: Collection[UUID]
) -> dict[UUID, tuple[Override, ...]]:
    """The overrides of these organizations that hold on any day, in their order."""
    overrides: dict[UUID, tuple[Override, ...]] = {}
    for row in await connection.execute(_LOAD_OVERRIDES, {"ids": list(organizations)}):
        override = read_override(orjson.loads(row.document))
        former = overrides.get(override.organization_id, ())
        overrides[override.organization_id] = (*former, override)
    return overrides


async def overridden(connection: AsyncConnection) -> list[UUID]:
    """The organizations that an override places on any day, by id."""
    return list((await connection.execute(_OVERRIDDEN)).scalars())


async def designated(connection: AsyncConnection, bodies: Collection[str]) -> list[UUID]:
    """The organizations for which one of these bodies is designated on any day."""
    result = await connection.execute(_DESIGNATED, {"bodies": list(bodies)})
    return list(result.scalars())


async def load_periods(
    connection: AsyncConnection, identifiers: Collection[UUID]
) -> dict[UUID, tuple[FactPeriod, ...]]:
    """The facts of these organizations over time; one that is not known is not in it."""
    known: dict[UUID | None, Facts | None] = {None: None}
    periods: dict[UUID, list[FactPeriod]] = {}
    for row in await connection.execute(_LOAD_PERIODS, {"ids": list(identifiers)}):
        if row.fact not in known:
            known[row.fact] = Facts(**orjson.loads(row.facts))
        period = FactPeriod(row.valid_from, row.valid_until, known[row.fact])
        periods.setdefault(row.organization_id, []).append(period)
    return {identifier: tuple(own) for identifier, own in periods.items()}


async def write_periods(
    connection: AsyncConnection, periods: Mapping[UUID, Sequence[FactPeriod]]
) -> None:
    """Replace the facts of these organizations over all time."""
    if not periods:
        return
    distinct = {p.value for own in periods.values() for p in own if p.value is not None}
    stored = {facts: _fact_row(facts) for facts in distinct}
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
            (identifier, p.start, p.until, stored[p.value][0] if p.value else None)
            for identifier, own in periods.items()
            for p in own
        ],
    )


def _fact_row(facts: Facts) -> tuple[UUID, str]:
    content = orjson.dumps(facts._asdict())
    return UUID(bytes=hashlib.sha256(content).digest()[:16]), content.decode()


async def touched_organizations(
    connection: AsyncConnection, places: Collection[str], limit: int | None = None
) -> list[UUID]:
    """The organizations that ever have one of these division codes, by id; at most `limit`."""
    result = await connection.execute(_TOUCHED, {"places": list(places), "limit": limit})
    return list(result.scalars())


async def count_organizations(connection: AsyncConnection, places: Collection[str]) -> int:
    """How many organizations ever have one of these division codes."""
    result = await connection.execute(_COUNT_TOUCHED, {"places": list(places)})
    return int(result.scalar_one())


async def queue(
    connection: AsyncConnection, job: UUID, places: Collection[str], also: Collection[UUID]
) -> int:
    """Queue those who ever have one of the division codes `places`, and `also` these; how many."""
    values = {"job": job, "places": list(places), "also": list(also)}
    return (await connection.execute(_QUEUE, values)).rowcount


async def count_queued(connection: AsyncConnection, job: UUID) -> int:
    """How many still wait."""
    return int((await connection.execute(_COUNT_QUEUED, {"job": job})).scalar_one())


async def take_queued(connection: AsyncConnection, job: UUID, limit: int) -> list[UUID]:
    """Take the next ones off the queue; they are back if the transaction does not commit."""
    result = await connection.execute(_TAKE_QUEUED, {"job": job, "limit": limit})
    return list(result.scalars())
