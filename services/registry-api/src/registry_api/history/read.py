"""An organization's past, read from the ledger."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any
from uuid import UUID

import orjson
from sqlalchemy.ext.asyncio import AsyncConnection

from registry_api.core.life_events.contradictions import PastEvent
from registry_api.core.organization.known_past import Patch
from registry_api.core.organization.state import complete
from registry_api.core.timeline import RecordedEvent
from registry_api.history import rows
from servicekit.ledger import GENESIS, Head
from servicekit.time import Segment

_LAST = 2**62
"""Beyond every position."""


async def patches(
    connection: AsyncConnection, identifier: UUID, known_at: int | None = None
) -> list[Patch]:
    """The organization's patches, those up to position `known_at` only if it is given."""
    stored = await rows.patches(connection, str(identifier), known_at)
    return [(row.effective_on, row.position, orjson.loads(row.change)) for row in stored]


async def past_events(connection: AsyncConnection, identifier: UUID) -> list[PastEvent]:
    """The organization's events with their patches, in the order of the ledger."""
    stored = await rows.patches(connection, str(identifier), None)
    return [
        PastEvent(row.type, row.effective_on, row.position, orjson.loads(row.change))
        for row in stored
    ]


async def patches_of(
    connection: AsyncConnection, identifiers: Sequence[UUID], known_at: int = _LAST
) -> dict[UUID, list[Patch]]:
    """The patches of several organizations, those up to position `known_at`."""
    known: dict[UUID, list[Patch]] = {identifier: [] for identifier in identifiers}
    for row in await rows.patches_of(connection, [str(i) for i in identifiers], known_at):
        known[UUID(row.subject)].append((row.effective_on, row.position, orjson.loads(row.change)))
    return known


async def events_up_to(
    connection: AsyncConnection, identifier: UUID, position: int = _LAST
) -> list[RecordedEvent]:
    """What the ledger tells of an organization up to a position, in its order."""
    return [_event(row) for row in await rows.events_up_to(connection, str(identifier), position)]


async def events_after(
    connection: AsyncConnection,
    identifier: UUID,
    patterns: Sequence[str] | None,
    after: int,
    limit: int,
) -> list[RecordedEvent]:
    """A page of the organization's events after a position, those that touch `patterns` only."""
    stored = await rows.events_after(connection, str(identifier), patterns, after, limit)
    return [_event(row) for row in stored]


async def head_at(connection: AsyncConnection, head: Head, position: int) -> Head:
    """The head as it was when the ledger ended at `position` (up to the `head` of now)."""
    if position == head.position:
        return head
    if position == 0:
        return replace(head, position=0, digest=GENESIS)
    row = await rows.head_at(connection, position)
    return Head(position, bytes(row.digest), row.recorded_at, head.algorithm)


async def changed_since(connection: AsyncConnection, position: int, limit: int) -> list[UUID]:
    """Organizations with events after `position`; at most `limit` of them."""
    return [UUID(subject) for subject in await rows.changed_since(connection, position, limit)]


def _event(row: Any) -> RecordedEvent:
    timeline = None if row.timeline is None else orjson.loads(row.timeline)
    return RecordedEvent(
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
    return Segment.parse({**document, "state": complete(document["state"])})
