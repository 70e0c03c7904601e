"""Following another service's feed: every position once, in order, in step with one's own tables.

A page is applied in one transaction together with the cursor, so a crash at any moment neither
loses nor doubles an event. What can't be applied parks its subject (that event and its later
ones) and lets the rest go on.
"""

import asyncio
import random
from collections.abc import AsyncIterator, Awaitable, Callable, Iterable, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from typing import Any

import httpx
import orjson
import structlog
from prometheus_client import Gauge
from sqlalchemy import (
    TIMESTAMP,
    BigInteger,
    Column,
    Integer,
    LargeBinary,
    MetaData,
    Table,
    Text,
    func,
    text,
)
from sqlalchemy.ext.asyncio import AsyncConnection

from servicekit.background import in_background
from servicekit.database.advisory_lock import AdvisoryLock
from servicekit.database.engines import Database, is_unavailable
from servicekit.follower.event import ChainBroken, FeedEvent
from servicekit.follower.pages import FeedPages
from servicekit.ledger.canonical import GENESIS

__all__ = ["Apply", "ChainBroken", "FeedEvent", "Follower", "follower_tables"]

log = structlog.get_logger()

FEED_LAG = Gauge("feed_lag_positions", "Positions between the feed's head and the cursor", ["feed"])
ACTIVE = Gauge("feed_follower_active", "1 in the process that follows, 0 on standby", ["feed"])
HEARD = Gauge(
    "feed_heard_timestamp_seconds", "When the feed last answered and its page was applied", ["feed"]
)
BROKEN = Gauge(
    "feed_chain_broken", "1 while the feed does not continue the chain that was followed", ["feed"]
)
PARKED = Gauge("feed_parked_subjects", "Subjects whose events could not be applied", ["feed"])

_EARLIER_PARKED = "an earlier event of this subject is parked"

_WAIT_SECONDS = 20
_BACKOFF_SECONDS = (0.1, 15.0)
_RETRY_PARKED_SECONDS = 30.0


Apply = Callable[[AsyncConnection, Sequence[FeedEvent]], Awaitable[None]]
"""Brings the consumer's tables in step with the events, inside the given transaction."""


def follower_tables(metadata: MetaData) -> tuple[Table, Table]:
    """The tables `feed_cursor` and `parked_event`, declared in a service's metadata."""
    cursor = Table(
        "feed_cursor",
        metadata,
        Column("feed", Text, primary_key=True),
        Column("position", BigInteger, nullable=False),
        Column("digest", LargeBinary, nullable=False),
        Column("head", BigInteger, nullable=False),
        Column("updated_at", TIMESTAMP(timezone=True), nullable=False, server_default=func.now()),
    )
    parked = Table(
        "parked_event",
        metadata,
        Column("feed", Text, primary_key=True),
        Column("subject", Text, primary_key=True),
        Column("position", BigInteger, primary_key=True),
        Column("event", Text, nullable=False),
        Column("error", Text, nullable=False),
        Column("attempts", Integer, nullable=False),
        Column("parked_at", TIMESTAMP(timezone=True), nullable=False, server_default=func.now()),
    )
    return cursor, parked


def follow_lock(database: Database, feed: str) -> AdvisoryLock:
    """Held by the one process that follows `feed`."""
    return AdvisoryLock(database, f"follow:{feed}")


async def park(connection: AsyncConnection, feed: str, event: dict[str, Any], error: str) -> None:
    """Keep an event that could not be applied, and why."""
    await connection.execute(
        _PARK,
        {"feed": feed, "subject": event["subject"], "position": int(event["sequence"]),
         "event": orjson.dumps(event).decode(), "error": error},
    )  # fmt: skip


class Follower:
    """Follows one feed (`feed` names it in tables and gauges) and hands its events to `apply`."""

    def __init__(
        self, feed: str, database: Database, client: httpx.AsyncClient, apply: Apply
    ) -> None:
        self.feed = feed
        self._database = database
        self._pages = FeedPages(client)
        self._apply = apply
        self._next_retry = 0.0

    async def run(self) -> None:
        """Follow until cancelled. One process is active; another waits as standby.

        Errors are retried with exponential back-off and jitter, for ever. A broken chain is
        retried at the slowest pace: only a person can say which ledger is right.
        """
        failures = 0
        for gauge in (ACTIVE, BROKEN):
            gauge.labels(self.feed).set(0)
        while True:
            try:
                async with self._exclusive() as active:
                    ACTIVE.labels(self.feed).set(1)
                    while active():
                        await self.step(wait=_WAIT_SECONDS)
                        failures = 0
            except ChainBroken as error:
                failures = 20
                BROKEN.labels(self.feed).set(1)
                log.error("chain_broken", feed=self.feed, error=str(error))
            except Exception as error:  # whatever it is, the feed must go on when it is mended
                failures += 1
                log.warning(
                    "feed_unreachable", feed=self.feed, error=repr(error), failures=failures
                )
            finally:
                ACTIVE.labels(self.feed).set(0)
                self._pages.forget()
            low, high = _BACKOFF_SECONDS
            await asyncio.sleep(min(high, low * 2 ** min(failures, 20)) * random.uniform(0.5, 1))  # noqa: S311

    def _exclusive(self) -> AdvisoryLock:
        return follow_lock(self._database, self.feed)

    async def step(self, wait: float = 0) -> int:
        """Read and apply one page; the number of events in it. What tests and rebuilds call."""
        await self._retry_parked()
        position, digest = await self._cursor()
        page = await self._pages.after(position, digest, wait)
        async with self._database.transaction() as connection:
            await self._move_cursor(connection, position, page.reached, page.head)
            if page.raw:
                await self._apply_page(connection, page.raw)
        FEED_LAG.labels(self.feed).set(page.head - page.reached[0])
        HEARD.labels(self.feed).set_to_current_time()
        BROKEN.labels(self.feed).set(0)
        return len(page.raw)

    async def _cursor(self) -> tuple[int, bytes]:
        async with self._database.transaction() as connection:
            row = (await connection.execute(_READ_CURSOR, {"feed": self.feed})).one_or_none()
            if row is None:
                await connection.execute(_NEW_CURSOR, {"feed": self.feed, "digest": GENESIS})
                return 0, GENESIS
            return row.position, bytes(row.digest)

    async def _move_cursor(
        self, connection: AsyncConnection, before: int, reached: tuple[int, bytes], head: int
    ) -> None:
        """Compare and swap: whoever finds the cursor moved is not the only follower and stops."""
        moved = await connection.execute(
            _MOVE_CURSOR,
            {"feed": self.feed, "before": before, "position": reached[0],
             "digest": reached[1], "head": head},
        )  # fmt: skip
        if not moved.rowcount:
            raise OSError("another follower moved the cursor")

    async def _apply_page(self, connection: AsyncConnection, raw: list[dict[str, Any]]) -> None:
        await self._apply_span(connection, await self._free(connection, raw))
        parked = (await connection.execute(_COUNT_PARKED, {"feed": self.feed})).scalar_one()
        PARKED.labels(self.feed).set(parked)

    async def _free(
        self, connection: AsyncConnection, raw: list[dict[str, Any]]
    ) -> list[dict[str, Any]]:
        """The events of subjects that are not parked; the others are parked behind the first."""
        parked = set((await connection.execute(_PARKED_SUBJECTS, {"feed": self.feed})).scalars())
        for event in raw:
            if event["subject"] in parked:
                await self._park(connection, event, _EARLIER_PARKED)
        return [event for event in raw if event["subject"] not in parked]

    async def _apply_span(self, connection: AsyncConnection, raw: list[dict[str, Any]]) -> None:
        """Apply all or halve: one bad event in a page costs a few savepoints, not a thousand."""
        if not raw:
            return
        try:
            async with connection.begin_nested():
                await self._apply(connection, [FeedEvent.parse(event) for event in raw])
        except Exception as error:  # whatever the consumer's code may raise
            if is_unavailable(error):
                raise
            if len(raw) == 1:
                log.exception("event_parked", feed=self.feed, subject=raw[0]["subject"])
                await self._park(connection, raw[0], told(error))
                return
        else:
            return
        middle = len(raw) // 2
        await self._apply_span(connection, raw[:middle])
        await self._apply_span(connection, await self._free(connection, raw[middle:]))

    async def _park(self, connection: AsyncConnection, event: dict[str, Any], error: str) -> None:
        await park(connection, self.feed, event, error)

    async def _retry_parked(self) -> None:
        """Try each parked subject again, now and then; it is released when all its events apply."""
        now = asyncio.get_running_loop().time()
        if now < self._next_retry:
            return
        self._next_retry = now + _RETRY_PARKED_SECONDS
        async with self._database.reading() as connection:
            subjects = (
                (await connection.execute(_PARKED_SUBJECTS, {"feed": self.feed})).scalars().all()
            )
        released = [await self.release(subject) for subject in subjects]
        PARKED.labels(self.feed).set(released.count(False))

    async def parked(self) -> list[tuple[str, int, int, str]]:
        """What is parked: subject, its events, how often they were tried, the newest error."""
        async with self._database.reading() as connection:
            rows = (await connection.execute(_LIST_PARKED, {"feed": self.feed})).all()
        return [(row.subject, row.events, row.attempts, row.error) for row in rows]

    async def release(self, subject: str) -> bool:
        """Apply a parked subject's events; True when they all went through.

        May run beside the follower: a page that parks one more meanwhile leaves it for next time.
        """
        bound = {"feed": self.feed, "subject": subject}
        try:
            async with self._database.transaction() as connection:
                rows = (await connection.execute(_TAKE_PARKED, bound)).all()
                events = [FeedEvent.parse(orjson.loads(row.event)) for row in rows]
                for event in sorted(events, key=lambda e: e.position):
                    await self._apply(connection, [event])
        except Exception as error:  # it stays parked, with the newest error
            if is_unavailable(error):
                raise
            async with self._database.transaction() as connection:
                await connection.execute(_STILL_PARKED, {**bound, "error": told(error)})
            return False
        return True


@asynccontextmanager
async def following(followers: Iterable[Follower]) -> AsyncIterator[None]:
    """Follow while the context is open.

    A follower retries for ever what time can mend. If one ends all the same, so does the process.
    """
    async with AsyncExitStack() as stack:
        for follower in followers:
            await stack.enter_async_context(
                in_background(follower.feed, follower.run(), vital=True)
            )
        yield


def told(error: Exception) -> str:
    """An error as operators read it, in characters PostgreSQL can store."""
    told = f"{type(error).__name__}: {error}"[:2000]
    return told.replace("\0", "\\0").encode("utf-8", "replace").decode()


_READ_CURSOR = text("SELECT position, digest FROM feed_cursor WHERE feed = :feed")
_NEW_CURSOR = text(
    "INSERT INTO feed_cursor (feed, position, digest, head) VALUES (:feed, 0, :digest, 0) "
    "ON CONFLICT DO NOTHING"
)
_MOVE_CURSOR = text(
    "UPDATE feed_cursor SET position = :position, digest = :digest, head = :head, "
    "updated_at = clock_timestamp() WHERE feed = :feed AND position = :before"
)
_PARKED_SUBJECTS = text("SELECT DISTINCT subject FROM parked_event WHERE feed = :feed")
_LIST_PARKED = text(
    "SELECT subject, count(*) AS events, max(attempts) AS attempts, "
    "(array_agg(error ORDER BY position))[1] AS error "
    "FROM parked_event WHERE feed = :feed GROUP BY subject ORDER BY min(position)"
)
_COUNT_PARKED = text("SELECT count(DISTINCT subject) FROM parked_event WHERE feed = :feed")
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
