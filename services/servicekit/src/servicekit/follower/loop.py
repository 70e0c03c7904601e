"""Following another service's feed: every position once, in order, in step with one's own tables.

A page is applied in one transaction together with the cursor, so a crash at any moment neither
loses nor doubles an event.
"""

import asyncio
import random
from collections.abc import AsyncIterator, Iterable
from contextlib import AsyncExitStack, asynccontextmanager

import httpx
import structlog
from prometheus_client import Gauge
from sqlalchemy.ext.asyncio import AsyncConnection

from servicekit.background import in_background
from servicekit.database.advisory_lock import AdvisoryLock
from servicekit.database.engines import Database
from servicekit.follower import rows
from servicekit.follower.event import ChainBroken
from servicekit.follower.pages import FeedPages
from servicekit.follower.parking import Apply, Parking
from servicekit.follower.rows import ParkedEvents
from servicekit.ledger.canonical import GENESIS

log = structlog.get_logger()

FEED_LAG = Gauge("feed_lag_positions", "Positions between the feed's head and the cursor", ["feed"])
ACTIVE = Gauge("feed_follower_active", "1 in the process that follows, 0 on standby", ["feed"])
HEARD = Gauge(
    "feed_heard_timestamp_seconds", "When the feed last answered and its page was applied", ["feed"]
)
BROKEN = Gauge(
    "feed_chain_broken", "1 while the feed does not continue the chain that was followed", ["feed"]
)

_WAIT_SECONDS = 20
_BACKOFF_SECONDS = (0.1, 15.0)


def follow_lock(database: Database, feed: str) -> AdvisoryLock:
    """Held by the one process that follows `feed`."""
    return AdvisoryLock(database, f"follow:{feed}")


class Follower:
    """Follows one feed (`feed` names it in tables and gauges) and hands its events to `apply`."""

    def __init__(
        self, feed: str, database: Database, client: httpx.AsyncClient, apply: Apply
    ) -> None:
        self.feed = feed
        self._database = database
        self._pages = FeedPages(client)
        self._parking = Parking(feed, database, apply)

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
        await self._parking.retry()
        position, digest = await self._reached()
        page = await self._pages.after(position, digest, wait)
        async with self._database.transaction() as connection:
            await self._move_cursor(connection, position, page.reached, page.head)
            if page.raw:
                await self._parking.apply_page(connection, page.raw)
        FEED_LAG.labels(self.feed).set(page.head - page.reached[0])
        HEARD.labels(self.feed).set_to_current_time()
        BROKEN.labels(self.feed).set(0)
        return len(page.raw)

    async def _reached(self) -> tuple[int, bytes]:
        async with self._database.transaction() as connection:
            reached = await rows.read_reached(connection, self.feed)
            if reached is None:
                await rows.begin_cursor(connection, self.feed, GENESIS)
                return 0, GENESIS
            return reached

    async def _move_cursor(
        self, connection: AsyncConnection, before: int, reached: tuple[int, bytes], head: int
    ) -> None:
        """Compare and swap: whoever finds the cursor moved is not the only follower and stops."""
        if not await rows.move_cursor(connection, self.feed, before, reached, head):
            raise OSError("another follower moved the cursor")

    async def parked(self) -> list[ParkedEvents]:
        """Return what is parked, the subject whose event is the oldest first."""
        return await self._parking.parked()

    async def release(self, subject: str) -> bool:
        """Apply a parked subject's events; True when they all went through."""
        return await self._parking.release(subject)


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
