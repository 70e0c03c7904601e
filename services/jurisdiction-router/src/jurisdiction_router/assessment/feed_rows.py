"""How far the follower is, and what it had to park."""

from typing import Any

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection


async def feed_status(connection: AsyncConnection, feed: str) -> dict[str, Any]:
    """Position, head and parked subjects (at most a hundred, the oldest first) of a feed."""
    cursor = (
        await connection.execute(
            text("SELECT position, head, updated_at FROM feed_cursor WHERE feed = :feed"),
            {"feed": feed},
        )
    ).one_or_none()
    parked = await connection.execute(
        text(
            "SELECT subject, min(position) AS position, count(*) AS events, "
            "max(attempts) AS attempts, (array_agg(error ORDER BY position))[1] AS error, "
            "min(parked_at) AS parked_at FROM parked_event WHERE feed = :feed "
            "GROUP BY subject ORDER BY min(position) LIMIT 100"
        ),
        {"feed": feed},
    )
    position, head = (cursor.position, cursor.head) if cursor else (0, 0)
    return {
        "feed": feed,
        "position": position,
        "head": head,
        "lag": head - position,
        "updated_at": cursor.updated_at.isoformat() if cursor else None,
        "parked": [{**row, "parked_at": row["parked_at"].isoformat()} for row in parked.mappings()],
    }
