"""The cursors and the parked events of followed feeds, as their tables hold them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, NamedTuple

import orjson
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

_READ_CURSORS = text(
    """
    SELECT feed, position, head, updated_at, (
        SELECT count(DISTINCT subject) FROM parked_event WHERE parked_event.feed = feed_cursor.feed
    ) AS parked
    FROM feed_cursor WHERE feed = ANY(:feeds)
    """
)
_READ_REACHED = text("SELECT position, digest FROM feed_cursor WHERE feed = :feed")
_BEGIN_CURSOR = text(
    "INSERT INTO feed_cursor (feed, position, digest, head) VALUES (:feed, 0, :digest, 0) "
    "ON CONFLICT DO NOTHING"
)
_MOVE_CURSOR = text(
    "UPDATE feed_cursor SET position = :position, digest = :digest, head = :head, "
    "updated_at = clock_timestamp() WHERE feed = :feed AND position = :before"
)
_WRITE_CURSOR = text(
    "INSERT INTO feed_cursor (feed, position, digest, head) "
    "VALUES (:feed, :position, :digest, :head)"
)
_DROP_CURSOR = text("DELETE FROM feed_cursor WHERE feed = :feed")
_DROP_PARKED = text("DELETE FROM parked_event WHERE feed = :feed")
_PARKED_SUBJECTS = text("SELECT DISTINCT subject FROM parked_event WHERE feed = :feed")
_COUNT_PARKED = text("SELECT count(DISTINCT subject) FROM parked_event WHERE feed = :feed")
_LIST_PARKED = text(
    """
    SELECT subject, min(position) AS position, count(*) AS events, max(attempts) AS attempts,
        (array_agg(error ORDER BY position))[1] AS error, min(parked_at) AS parked_at
    FROM parked_event WHERE feed = :feed
    GROUP BY subject ORDER BY min(position) LIMIT :limit
    """
)
_PARK = text(
    "INSERT INTO parked_event (feed, subject, position, event, error, attempts) "
    "VALUES (:feed, :subject, :position, :event, :error, 1)"
)
_TAKE_PARKED = text(
    "DELETE FROM parked_event WHERE feed = :feed AND subject = :subject RETURNING event"
)
_STILL_PARKED = text(
    "UPDATE parked_event SET attempts = attempts + 1, error = :error "
    "WHERE feed = :feed AND subject = :subject"
)


@dataclass(frozen=True, slots=True)
class FeedCursor:
    """The last position applied, the feed's end as last seen, and how many subjects are parked.

    A feed that was never read is at position 0; its `updated_at` is None.
    """

    position: int = 0
    head: int = 0
    updated_at: datetime | None = None
    parked: int = 0


class ParkedEvents(NamedTuple):
    """What is parked of one subject: its first position, how many events, the first one's error."""

    subject: str
    position: int
    events: int
    attempts: int
    error: str
    parked_at: datetime


async def read_cursors(connection: AsyncConnection, feeds: Sequence[str]) -> dict[str, FeedCursor]:
    """Return the cursor of each of these feeds, in their order."""
    cursors = {feed: FeedCursor() for feed in feeds}
    for row in await connection.execute(_READ_CURSORS, {"feeds": list(feeds)}):
        cursors[row.feed] = FeedCursor(row.position, row.head, row.updated_at, row.parked)
    return cursors


async def read_reached(connection: AsyncConnection, feed: str) -> tuple[int, bytes] | None:
    """Return the last position applied and the digest there; None for a feed never read."""
    row = (await connection.execute(_READ_REACHED, {"feed": feed})).one_or_none()
    return None if row is None else (row.position, bytes(row.digest))


async def begin_cursor(connection: AsyncConnection, feed: str, digest: bytes) -> None:
    """Put the cursor before the first event, unless it is there."""
    await connection.execute(_BEGIN_CURSOR, {"feed": feed, "digest": digest})


async def move_cursor(
    connection: AsyncConnection, feed: str, before: int, reached: tuple[int, bytes], head: int
) -> bool:
    """Move the cursor on from `before`; False where it is somewhere else."""
    position, digest = reached
    moved = await connection.execute(
        _MOVE_CURSOR,
        {"feed": feed, "before": before, "position": position, "digest": digest, "head": head},
    )
    return bool(moved.rowcount)


async def drop_feed(connection: AsyncConnection, feed: str) -> None:
    """Drop the feed's cursor and its parked events."""
    for statement in (_DROP_CURSOR, _DROP_PARKED):
        await connection.execute(statement, {"feed": feed})


async def write_cursor(
    connection: AsyncConnection, feed: str, reached: tuple[int, bytes], head: int
) -> None:
    """Write the cursor of a feed that has none."""
    position, digest = reached
    await connection.execute(
        _WRITE_CURSOR, {"feed": feed, "position": position, "digest": digest, "head": head}
    )


async def parked_subjects(connection: AsyncConnection, feed: str) -> list[str]:
    """Return the subjects of which events are parked."""
    return list((await connection.execute(_PARKED_SUBJECTS, {"feed": feed})).scalars())


async def count_parked(connection: AsyncConnection, feed: str) -> int:
    """Return how many subjects are parked."""
    return int((await connection.execute(_COUNT_PARKED, {"feed": feed})).scalar_one())


async def list_parked(
    connection: AsyncConnection, feed: str, limit: int | None = None
) -> list[ParkedEvents]:
    """Return what is parked, the subject whose event is the oldest first; at most `limit`."""
    rows = await connection.execute(_LIST_PARKED, {"feed": feed, "limit": limit})
    return [ParkedEvents(*row) for row in rows]


async def park(
    connection: AsyncConnection, feed: str, event: Mapping[str, Any], error: str
) -> None:
    """Keep an event that could not be applied, and why."""
    await connection.execute(
        _PARK,
        {"feed": feed, "subject": event["subject"], "position": int(event["sequence"]),
         "event": orjson.dumps(event).decode(), "error": error},
    )  # fmt: skip


async def take_parked(connection: AsyncConnection, feed: str, subject: str) -> list[dict[str, Any]]:
    """Take out the parked events of a subject, in no order."""
    rows = await connection.execute(_TAKE_PARKED, {"feed": feed, "subject": subject})
    return [orjson.loads(row.event) for row in rows]


async def keep_parked(connection: AsyncConnection, feed: str, subject: str, error: str) -> None:
    """Count one more attempt that failed, and why."""
    await connection.execute(_STILL_PARKED, {"feed": feed, "subject": subject, "error": error})
