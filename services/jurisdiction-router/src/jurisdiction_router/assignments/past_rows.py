"""Assignments on a day as known at a position of the ledger: folded from the events up to there.

No second copy of the past is kept. Lists go through the organizations in the order of their ids, a
batch at a time, so that a page never costs more than `_BUDGET` organizations: a page of a rare
filter may be short, or empty, and still have a successor. A limited caller's way leads only past
organizations that had touched its areas by then: a cursor names no other, and short pages tell
nothing of how many others there are.
"""

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Any, NamedTuple
from uuid import UUID

import orjson
from sqlalchemy import ARRAY, Text, bindparam, text
from sqlalchemy.ext.asyncio import AsyncConnection

from jurisdiction_router.assignments.rows import EXACT
from servicekit.ledger import Segment
from servicekit.timeline import replace_from

_BATCH = 1_000
_BUDGET = 5_000


class PastFilter(NamedTuple):
    """Which assignments, when: filters, and a limited caller's areas, hold *then*."""

    day: date
    position: int
    filters: Mapping[str, Sequence[str]]
    patterns: Sequence[str] | None


class PastPage(NamedTuple):
    """Documents in the order of their organizations, and the id to go on after; None at the end."""

    documents: list[dict[str, Any]]
    next_after: UUID | None


async def position_at(connection: AsyncConnection, moment: datetime) -> int:
    """The last position recorded up to a moment; 0 before the first."""
    found = await connection.execute(
        text("SELECT coalesce(max(position), 0) FROM ledger WHERE recorded_at <= :moment"),
        {"moment": moment},
    )
    return int(found.scalar_one())


async def digest_at(connection: AsyncConnection, position: int) -> str:
    """The chain at a position, in hexadecimal."""
    found = await connection.execute(
        text("SELECT encode(digest, 'hex') FROM ledger WHERE position = :position"),
        {"position": position},
    )
    return found.scalar_one_or_none() or "00" * 32


async def history(
    connection: AsyncConnection,
    organization: UUID,
    patterns: Sequence[str] | None,
    position: int,
) -> list[dict[str, Any]]:
    """What the ledger says of one organization's assignment up to a position, event by event."""
    bound = {"subject": str(organization), "patterns": patterns, "position": position}
    return [orjson.loads(row.event) for row in await connection.execute(_HISTORY, bound)]


class KnownThen(NamedTuple):
    """An organization's whole timeline as known then, its revision, and the areas it lay in."""

    segments: list[Segment]
    revision: int
    areas: Mapping[str, str]
    """The access area of each decision, by digest."""


async def known_then(
    connection: AsyncConnection, organization: UUID, position: int
) -> KnownThen | None:
    """What was held of one organization at a position; None when it was not known."""
    segments = (await _timelines(connection, [organization], position)).get(organization)
    if not segments:
        return None
    bound = {"subject": str(organization), "position": position}
    revision = (await connection.execute(_REVISION, bound)).scalar_one()
    areas = await areas_of(connection, {str(s.state["decision"]) for s in segments})
    return KnownThen(segments, revision, areas)


async def decision_document(connection: AsyncConnection, digest: str) -> str:
    """A decision as JSON text; documents are kept as long as the ledger names them."""
    found = await connection.execute(_DECISION, {"digest": digest})
    return str(found.scalar_one())


async def page(
    connection: AsyncConnection, wanted: PastFilter, after: UUID | None, limit: int
) -> PastPage:
    """Up to `limit` assignments in the order of their organizations, after `after`."""
    found: list[dict[str, Any]] = []
    looked_at = 0
    while looked_at < _BUDGET:
        rows = await connection.execute(
            _EVERYONE if wanted.patterns is None else _TOUCHING,
            {"after": after, "limit": _BATCH, "position": wanted.position,
             "patterns": wanted.patterns},
        )  # fmt: skip
        batch = list(rows.scalars())
        for document in await _among(connection, wanted, batch):
            if len(found) == limit:
                return PastPage(found, UUID(found[-1]["organization_id"]))
            found.append(document)
        if len(batch) < _BATCH:
            return PastPage(found, None)
        after = batch[-1]
        looked_at += len(batch)
    return PastPage(found, after)


def spans(segment: Segment, day: date) -> bool:
    """Whether a stretch holds on a day."""
    return segment.start <= day and (segment.until is None or day < segment.until)


async def _among(
    connection: AsyncConnection, wanted: PastFilter, batch: Sequence[UUID]
) -> list[dict[str, Any]]:
    timelines = await _timelines(connection, batch, wanted.position)
    then = {
        organization: segment
        for organization, segments in timelines.items()
        for segment in segments
        if spans(segment, wanted.day)
    }
    areas = await areas_of(connection, {str(s.state["decision"]) for s in then.values()})
    documents = [
        {
            "organization_id": str(organization),
            "area": areas.get(segment.state["decision"], ""),
            "valid_from": segment.start.isoformat(),
            "valid_until": segment.until.isoformat() if segment.until else None,
            **segment.state,
        }
        for organization, segment in sorted(then.items())
    ]
    return [document for document in documents if _matches(document, wanted)]


def _matches(document: Mapping[str, Any], wanted: PastFilter) -> bool:
    supervising = document["supervising"] or {}
    values = {
        **document, "body_id": supervising.get("id"), "body_kind": supervising.get("kind"),
    }  # fmt: skip
    filters = wanted.filters
    exact = all(values[name] in filters[name] for name in EXACT if name in filters)
    flagged = "flag" not in filters or not set(filters["flag"]).isdisjoint(document["flags"])
    areas = tuple(filters.get("area", ("",)))
    seen = ("",) if wanted.patterns is None else tuple(p.rstrip("%") for p in wanted.patterns)
    area = str(document["area"])
    return exact and flagged and area.startswith(areas) and area.startswith(seen)


async def areas_of(connection: AsyncConnection, decisions: set[str]) -> dict[str, str]:
    """The access areas of decisions, by digest."""
    rows = await connection.execute(_AREAS, {"digests": sorted(decisions)})
    return {row.digest: row.area for row in rows}


async def _timelines(
    connection: AsyncConnection, organizations: Sequence[UUID], position: int
) -> dict[UUID, list[Segment]]:
    held: dict[UUID, list[Segment]] = {}
    bound = {"subjects": [str(o) for o in organizations], "position": position}
    for row in await connection.execute(_EVENTS, bound):
        data = orjson.loads(row.event)["data"]
        following = [
            Segment(date.fromisoformat(s["from"]),
                    date.fromisoformat(s["until"]) if s["until"] else None, s["state"])
            for s in data["timeline"]
        ]  # fmt: skip
        organization = UUID(row.subject)
        held[organization] = replace_from(
            held.get(organization, []), date.fromisoformat(data["effective_on"]), following
        )
    return held


_AFTER = "(CAST(:after AS uuid) IS NULL OR id > CAST(:after AS uuid)) "
_EVERYONE = text(f"SELECT id FROM organization WHERE {_AFTER} ORDER BY id LIMIT :limit")  # noqa: S608
_TOUCHING = text(
    f"SELECT id FROM organization WHERE {_AFTER} AND EXISTS (SELECT FROM ledger "  # noqa: S608
    "WHERE subject = CAST(organization.id AS text) AND position <= :position AND EXISTS "
    "(SELECT FROM unnest(areas) AS area WHERE area LIKE ANY(:patterns))) ORDER BY id LIMIT :limit"
).bindparams(bindparam("patterns", type_=ARRAY(Text)))
_EVENTS = text(
    "SELECT subject, event FROM ledger WHERE subject = ANY(:subjects) AND position <= :position "
    "ORDER BY subject, revision"
).bindparams(bindparam("subjects", type_=ARRAY(Text)))
_HISTORY = text(
    "SELECT event FROM ledger WHERE subject = :subject AND position <= :position "
    "AND (CAST(:patterns AS text[]) IS NULL "
    "OR EXISTS (SELECT FROM unnest(areas) AS area WHERE area LIKE ANY(:patterns))) "
    "ORDER BY revision"
).bindparams(bindparam("patterns", type_=ARRAY(Text)))
_REVISION = text(
    "SELECT max(revision) FROM ledger WHERE subject = :subject AND position <= :position"
)
_DECISION = text("SELECT document FROM decision WHERE digest = :digest")
_AREAS = text(
    "SELECT digest, area FROM decision, LATERAL (SELECT CAST(document AS jsonb) AS d) AS parsed, "
    "LATERAL (SELECT CASE WHEN d #>> '{facts,domicile}' IS NOT NULL THEN 'domicile' "
    "ELSE 'registering' END AS side) AS sides, "
    "LATERAL (SELECT coalesce(d #>> ARRAY['trace','place',side,'community'], "
    "d #>> ARRAY['trace','place',side,'street'], d #>> ARRAY['trace','place',side,'district'], "
    "d #>> ARRAY['trace','place',side,'city'], d #>> ARRAY['trace','place',side,'province'], "
    "d #>> ARRAY['facts',side], '') AS area) AS found WHERE digest = ANY(:digests)"
).bindparams(bindparam("digests", type_=ARRAY(Text)))
