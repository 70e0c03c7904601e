"""The cursors and the parked events of followed feeds, as their tables hold them."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

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
_OLDEST_PARKED = text(
    """
    SELECT subject, min(position) AS position, count(*) AS events, max(attempts) AS attempts,
        (array_agg(error ORDER BY position))[1] AS error, min(parked_at) AS parked_at
    FROM parked_event WHERE feed = :feed
    GROUP BY subject ORDER BY min(position) LIMIT :limit
    """
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


async def read_cursors(connection: AsyncConnection, feeds: Sequence[str]) -> dict[str, FeedCursor]:
    """The cursor of each of these feeds, in their order."""
    cursors = {feed: FeedCursor() for feed in feeds}
    for row in await connection.execute(_READ_CURSORS, {"feeds": list(feeds)}):
        cursors[row.feed] = FeedCursor(row.position, row.head, row.updated_at, row.parked)
    return cursors


async def oldest_parked(connection: AsyncConnection, feed: str, limit: int) -> list[dict[str, Any]]:
    """At most `limit` parked subjects of `feed`, the one that waits since the oldest event first.

    Of each: subject, its first waiting position, how many events wait, how often they were tried,
    the first one's error, and since when it is parked.
    """
    rows = await connection.execute(_OLDEST_PARKED, {"feed": feed, "limit": limit})
    return [dict(row) for row in rows.mappings()]
