"""How far each feed is followed: the cursors that the followers keep."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from metrics_api.facts.feeds import FEEDS

READ = text(
    "SELECT feed, position, head, updated_at, (SELECT count(DISTINCT subject) FROM parked_event "
    "WHERE parked_event.feed = feed_cursor.feed) AS parked FROM feed_cursor"
)


@dataclass(frozen=True, slots=True)
class FeedCursor:
    """The last position applied, the feed's end as last seen, and how many subjects are parked."""

    position: int = 0
    head: int = 0
    updated_at: datetime | None = None
    parked: int = 0


async def read_cursors(connection: AsyncConnection) -> dict[str, FeedCursor]:
    """The cursor of each feed; one never read is at the start."""
    cursors = {feed: FeedCursor() for feed in FEEDS}
    for row in await connection.execute(READ):
        cursors[row.feed] = FeedCursor(row.position, row.head, row.updated_at, row.parked)
    return cursors
