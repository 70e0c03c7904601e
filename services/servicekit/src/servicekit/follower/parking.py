"""Applying the events of a page; what can't be applied parks its subject and lets the rest go on.

A parked subject is that event and its later ones. It is tried again now and then, and released when
all of them apply.
"""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from typing import Any

import structlog
from prometheus_client import Gauge
from sqlalchemy.ext.asyncio import AsyncConnection

from servicekit.database.engines import Database, is_unavailable
from servicekit.follower import rows
from servicekit.follower.event import FeedEvent
from servicekit.follower.rows import ParkedEvents

log = structlog.get_logger()

PARKED = Gauge("feed_parked_subjects", "Subjects whose events could not be applied", ["feed"])

EARLIER_PARKED = "an earlier event of this subject is parked"

_RETRY_SECONDS = 30.0

Apply = Callable[[AsyncConnection, Sequence[FeedEvent]], Awaitable[None]]
"""Brings the consumer's tables in step with the events, inside the given transaction."""


class Parking:
    """Hands the events of one feed to `apply`, and keeps those it can't take."""

    def __init__(self, feed: str, database: Database, apply: Apply) -> None:
        self._feed = feed
        self._database = database
        self._apply = apply
        self._next_retry = 0.0

    async def apply_page(self, connection: AsyncConnection, events: list[dict[str, Any]]) -> None:
        """Apply the events of a page, as the feed gave them, but those of parked subjects."""
        await self._apply_or_halve(connection, await self._park_later(connection, events))
        PARKED.labels(self._feed).set(await rows.count_parked(connection, self._feed))

    async def _park_later(
        self, connection: AsyncConnection, events: list[dict[str, Any]]
    ) -> list[dict[str, Any]]:
        """Park the events of subjects that are parked; return the others."""
        parked = set(await rows.parked_subjects(connection, self._feed))
        for event in events:
            if event["subject"] in parked:
                await rows.park(connection, self._feed, event, EARLIER_PARKED)
        return [event for event in events if event["subject"] not in parked]

    async def _apply_or_halve(
        self, connection: AsyncConnection, events: list[dict[str, Any]]
    ) -> None:
        """Apply all or halve: one bad event in a page costs a few savepoints, not a thousand."""
        if not events:
            return
        try:
            async with connection.begin_nested():
                await self._apply(connection, [FeedEvent.parse(event) for event in events])
        except Exception as error:  # whatever the consumer's code may raise
            if is_unavailable(error):
                raise
            if len(events) == 1:
                (event,) = events
                log.exception("event_parked", feed=self._feed, subject=event["subject"])
                await rows.park(connection, self._feed, event, error_text(error))
                return
        else:
            return
        middle = len(events) // 2
        await self._apply_or_halve(connection, events[:middle])
        later = await self._park_later(connection, events[middle:])
        await self._apply_or_halve(connection, later)

    async def retry(self) -> None:
        """Try each parked subject again, where the last time was long enough ago."""
        now = asyncio.get_running_loop().time()
        if now < self._next_retry:
            return
        self._next_retry = now + _RETRY_SECONDS
        async with self._database.reading() as connection:
            subjects = await rows.parked_subjects(connection, self._feed)
        released = [await self.release(subject) for subject in subjects]
        PARKED.labels(self._feed).set(released.count(False))

    async def parked(self) -> list[ParkedEvents]:
        """Return what is parked, the subject whose event is the oldest first."""
        async with self._database.reading() as connection:
            return await rows.list_parked(connection, self._feed)

    async def release(self, subject: str) -> bool:
        """Apply a parked subject's events; True when they all went through.

        May run beside the follower: a page that parks one more meanwhile leaves it for next time.
        """
        try:
            async with self._database.transaction() as connection:
                taken = await rows.take_parked(connection, self._feed, subject)
                events = [FeedEvent.parse(event) for event in taken]
                for event in sorted(events, key=lambda e: e.position):
                    await self._apply(connection, [event])
        except Exception as error:  # it stays parked, with the newest error
            if is_unavailable(error):
                raise
            async with self._database.transaction() as connection:
                await rows.keep_parked(connection, self._feed, subject, error_text(error))
            return False
        return True


def error_text(error: Exception) -> str:
    """Return an error as operators read it, in characters PostgreSQL can store."""
    text = f"{type(error).__name__}: {error}"[:2000]
    return text.replace("\0", "\\0").encode("utf-8", "replace").decode()
