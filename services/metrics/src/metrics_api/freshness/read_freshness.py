"""Read how fresh the answers are: own edition against the ends of both feeds."""

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass

from metrics_api.core.facts.edition import Edition
from metrics_api.counting.copy.live_copy import LiveCopy
from metrics_api.editions.read import newest_edition
from metrics_api.facts.feeds import FEEDS
from metrics_api.freshness.upstream_feeds import UpstreamFeed
from servicekit.database import Database
from servicekit.follower import FeedCursor, read_cursors
from servicekit.time import Clock


@dataclass(frozen=True, slots=True)
class FeedFreshness:
    """One feed: how far we are, how far it is, since how long the next event waits."""

    cursor: FeedCursor
    reachable: bool
    head: int
    lag_seconds: float | None
    """None while the feed can't be asked."""


@dataclass(frozen=True, slots=True)
class Freshness:
    """What is answered from (`serving`), what is recorded (`recorded`), and both feeds."""

    serving: Edition
    recorded: Edition
    feeds: dict[str, FeedFreshness]


class ReadFreshness:
    """Asks the database and, side by side, the services upstream."""

    def __init__(
        self,
        live: LiveCopy,
        database: Database,
        upstream: Mapping[str, UpstreamFeed],
        clock: Clock,
    ) -> None:
        self._live = live
        self._database = database
        self._upstream = upstream
        self._clock = clock

    async def answer(self) -> Freshness:
        """Freshness now; an upstream service that is away is shown so, with its last known end."""
        async with self._database.reading() as connection:
            recorded = await newest_edition(connection)
            cursors = await read_cursors(connection, FEEDS)
        feeds = await asyncio.gather(*(self._feed(name, cursors[name]) for name in FEEDS))
        return Freshness(self._live.served.edition, recorded, dict(zip(FEEDS, feeds, strict=True)))

    async def _feed(self, name: str, cursor: FeedCursor) -> FeedFreshness:
        end = await self._upstream[name].end(cursor.position)
        if end is None:
            return FeedFreshness(cursor, False, max(cursor.head, cursor.position), None)
        lag = 0.0
        if end.waiting_since is not None:
            lag = max(0.0, (self._clock.now() - end.waiting_since).total_seconds())
        return FeedFreshness(cursor, True, end.head, round(lag, 3))
