"""An organization's past, read from the ledger."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any
from uuid import UUID

import orjson
from sqlalchemy import ARRAY, Text, bindparam, text
from sqlalchemy.ext.asyncio import AsyncConnection

from registry_api.domain.contradictions import Happened
from registry_api.domain.known_past import Patch
from registry_api.domain.organization import complete
from registry_api.domain.story import ToldEvent
from servicekit.ledger import GENESIS, Head
from servicekit.time import Segment


async def patches(
    connection: AsyncConnection, identifier: UUID, known_at: int | None = None
) -> list[Patch]:
    """The organization's patches, those up to position `known_at` only if it is given."""
    rows = await connection.execute(_PATCHES, {"subject": str(identifier), "known_at": known_at})
    return [(row.effective_on, row.position, orjson.loads(row.change)) for row in rows]


async def happened(connection: AsyncConnection, identifier: UUID) -> list[Happened]:
    """The organization's events with their patches, in the order of the ledger."""
    rows = await connection.execute(_PATCHES, {"subject": str(identifier), "known_at": None})
    return [
        Happened(row.type, row.effective_on, row.position, orjson.loads(row.change)) for row in rows
    ]


async def patches_of(
    connection: AsyncConnection, identifiers: Sequence[UUID], known_at: int = 2**62
) -> dict[UUID, list[Patch]]:
    """The patches of several organizations, those up to position `known_at`."""
    bound = {"subjects": [str(i) for i in identifiers], "known_at": known_at}
    rows = await connection.execute(_PATCHES_OF, bound)
    found: dict[UUID, list[Patch]] = {identifier: [] for identifier in identifiers}
    for row in rows:
        found[UUID(row.subject)].append((row.effective_on, row.position, orjson.loads(row.change)))
    return found


async def told(
    connection: AsyncConnection, identifier: UUID, position: int = 2**62
) -> list[ToldEvent]:
    """What the ledger tells of an organization up to a position, in its order."""
    bound = {"subject": str(identifier), "position": position}
    rows = await connection.execute(_TOLD, bound)
    return [_event(row) for row in rows]


async def events(
    connection: AsyncConnection,
    identifier: UUID,
    patterns: Sequence[str] | None,
    after: int,
    limit: int,
) -> list[ToldEvent]:
    """A page of the organization's events after a position, those that touch `patterns` only."""
    bound = {
        "subject": str(identifier),
        "after": after,
        "limit": limit,
        "patterns": None if patterns is None else list(patterns),
    }
    return [_event(row) for row in await connection.execute(_EVENTS, bound)]


@dataclass(frozen=True, slots=True)
class Extent:
    """How far an organization's events reach: the last revision, the first and last day they take
    effect on, and whether the last one made it void."""

    id: UUID
    revision: int
    first_on: date
    last_on: date
    void: bool


async def extents_after(
    connection: AsyncConnection, after: UUID | None, limit: int
) -> list[Extent]:
    """The extents of the organizations that the ledger knows, in the order of their ids."""
    bound = {"after": "" if after is None else str(after), "limit": limit}
    return [Extent(UUID(row[0]), *row[1:]) for row in await connection.execute(_EXTENTS, bound)]


async def head_position(connection: AsyncConnection) -> int:
    """The ledger's last position; 0 when it is empty."""
    return int((await connection.execute(_HEAD)).scalar_one())


async def head_at(connection: AsyncConnection, head: Head, position: int) -> Head:
    """The head as it was when the ledger ended at `position` (up to the `head` of now)."""
    if position == head.position:
        return head
    if position == 0:
        return replace(head, position=0, digest=GENESIS)
    row = (await connection.execute(_HEAD_AT, {"position": position})).one()
    return Head(position, bytes(row.digest), row.recorded_at, head.algorithm)


async def position_at(connection: AsyncConnection, moment: datetime) -> int:
    """The last position recorded at or before `moment`; 0 before the first."""
    found = await connection.execute(_POSITION_AT, {"moment": moment})
    return int(found.scalar_one())


async def changed_since(connection: AsyncConnection, position: int, limit: int) -> list[UUID]:
    """Organizations with events after `position`; at most `limit` of them."""
    bound = {"position": position, "limit": limit}
    rows = await connection.execute(_CHANGED_SINCE, bound)
    return [UUID(subject) for subject in rows.scalars()]


def _event(row: Any) -> ToldEvent:
    timeline = None if row.timeline is None else orjson.loads(row.timeline)
    return ToldEvent(
        position=row.position,
        revision=row.revision,
        type=row.type,
        effective_on=row.effective_on,
        recorded_at=row.recorded_at,
        actor=row.actor,
        areas=tuple(row.areas),
        reason=row.reason,
        change=orjson.loads(row.change),
        digest=bytes(row.digest),
        timeline=timeline and [_segment(segment) for segment in timeline],
    )


def _segment(document: dict[str, Any]) -> Segment:
    until = document["until"]
    return Segment(
        date.fromisoformat(document["from"]),
        date.fromisoformat(until) if until else None,
        complete(document["state"]),
    )


_PATCHES = text(
    """
    SELECT position, effective_on, type, event::json #>> '{data,change}' AS change FROM ledger
    WHERE subject = :subject AND (CAST(:known_at AS bigint) IS NULL OR position <= :known_at)
    ORDER BY position
    """
)
_PATCHES_OF = text(
    "SELECT subject, position, effective_on, event::json #>> '{data,change}' AS change "
    "FROM ledger WHERE subject = ANY(:subjects) AND position <= :known_at"
).bindparams(bindparam("subjects", type_=ARRAY(Text)))
_EXTENTS = text(
    """
    SELECT first.subject, max(told.revision), min(told.effective_on), max(told.effective_on),
           bool_or(told.type = 'organization.voided')
    FROM (
        SELECT subject FROM ledger
        WHERE revision = 1 AND subject > :after ORDER BY subject LIMIT :limit
    ) AS first
    JOIN ledger told USING (subject)
    GROUP BY first.subject ORDER BY first.subject
    """
)
_TELLING = """
    SELECT position, revision, type, effective_on, recorded_at, actor, areas, digest,
           event::json #>> '{data,reason}' AS reason,
           CAST(event::json #> '{data,change}' AS text) AS change
"""
_TOLD = text(
    _TELLING
    + """, CASE WHEN effective_on < coalesce(min(effective_on) OVER later, 'infinity')
            THEN event::json #>> '{data,timeline}' END AS timeline
    FROM ledger WHERE subject = :subject AND position <= :position
    WINDOW later AS (ORDER BY position DESC ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING)
    ORDER BY position
    """
)
_EVENTS = text(
    _TELLING
    + """, NULL AS timeline FROM ledger
    WHERE subject = :subject AND position > :after
      AND (CAST(:patterns AS text[]) IS NULL
           OR EXISTS (SELECT FROM unnest(areas) AS area WHERE area LIKE ANY(:patterns)))
    ORDER BY position LIMIT :limit
    """
).bindparams(bindparam("patterns", type_=ARRAY(Text)))
_HEAD = text("SELECT position FROM ledger_head")
_HEAD_AT = text("SELECT digest, recorded_at FROM ledger WHERE position = :position")
_POSITION_AT = text(
    """
    SELECT coalesce(max(position), 0) FROM ledger
    WHERE recorded_at = (SELECT max(recorded_at) FROM ledger WHERE recorded_at <= :moment)
    """
)
_CHANGED_SINCE = text("SELECT DISTINCT subject FROM ledger WHERE position > :position LIMIT :limit")
