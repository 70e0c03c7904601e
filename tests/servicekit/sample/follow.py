"""A consumer that keeps each note's timeline, and refuses to do anything twice or out of order."""

import json
from collections.abc import Sequence
from dataclasses import dataclass, field

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from servicekit.database.engines import Database
from servicekit.follower.event import FeedEvent
from servicekit.time.period import Segment, splice


@dataclass
class Notes:
    """Applies events; those of subjects in `bad` can't be applied. `calls` counts attempts."""

    bad: set[str] = field(default_factory=set)
    calls: int = 0

    async def apply(self, connection: AsyncConnection, events: Sequence[FeedEvent]) -> None:
        """Bring the table `note` in step."""
        self.calls += 1
        for event in events:
            if event.subject in self.bad:
                raise ValueError(f"no place for {event.subject}\0 \ud800")
            held = await connection.execute(
                text("SELECT revision, timeline FROM note WHERE subject = :s FOR UPDATE"),
                {"s": event.subject},
            )
            row = held.one_or_none()
            before = row.revision if row else 0
            assert event.revision == before + 1, f"{event.subject}: {event.revision} on {before}"
            segments = read_segments(row.timeline) if row else []
            timeline = splice(segments, event.effective_on, event.timeline)
            await connection.execute(
                text(
                    "INSERT INTO note VALUES (:s, :r, 1, :t) ON CONFLICT (subject) DO UPDATE "
                    "SET revision = :r, applied = note.applied + 1, timeline = :t"
                ),
                {"s": event.subject, "r": event.revision, "t": written(timeline)},
            )


def written(segments: Sequence[Segment]) -> str:
    """A timeline as the table holds it."""
    return json.dumps([segment.document() for segment in segments])


def read_segments(stored: str) -> list[Segment]:
    """A timeline from the table."""
    return [Segment.parse(document) for document in json.loads(stored)]


async def notes(database: Database) -> dict[str, int]:
    """The revision each note is at."""
    async with database.reading() as connection:
        rows = await connection.execute(text("SELECT subject, revision, applied FROM note"))
        found = rows.all()
    assert all(row.revision == row.applied for row in found)
    return {row.subject: row.revision for row in found}


async def parked(database: Database) -> list[tuple[str, int]]:
    """What is parked: subject and position, in order."""
    async with database.reading() as connection:
        rows = await connection.execute(
            text("SELECT subject, position FROM parked_event ORDER BY position")
        )
        return [(row.subject, row.position) for row in rows]


async def cursor(database: Database) -> int:
    """How far the follower is."""
    async with database.reading() as connection:
        rows = await connection.execute(text("SELECT max(position) FROM feed_cursor"))
        return rows.scalar_one() or 0
