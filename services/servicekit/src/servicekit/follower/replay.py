"""A feed read anew from its first event, for a copy that is made again beside the one in use."""

from collections import deque
from collections.abc import Callable, Sequence
from typing import Any

import httpx
from sqlalchemy.ext.asyncio import AsyncConnection

from servicekit.follower import rows
from servicekit.follower.event import FeedEvent
from servicekit.follower.pages import read_page
from servicekit.follower.parking import EARLIER_PARKED, error_text
from servicekit.ledger.canonical import GENESIS

Check = Callable[[Sequence[FeedEvent]], object]
"""Raises whatever it raises for events that can't be applied."""


class FeedReplay:
    """Hands out the events of one feed in stretches that the caller chooses.

    What is to be applied, and the cursor that says how far, belong to the caller's transaction.
    `check` says which events can't be applied: they are parked, as are later ones of their subject.
    """

    def __init__(self, feed: str, client: httpx.AsyncClient, check: Check) -> None:
        self.feed = feed
        self._client = client
        self._check = check
        self._fetched = (0, GENESIS)
        self._handed_out = (0, GENESIS)
        self._head: int | None = None
        self._waiting: deque[dict[str, Any]] = deque()
        self._parked: set[str] = set()

    @property
    def position(self) -> int:
        """Up to where events were handed out."""
        return self._handed_out[0]

    async def up_to(self, connection: AsyncConnection, position: int) -> list[FeedEvent]:
        """The next events up to `position`, or to the feed's end where that comes first.

        Raises `ChainBroken`, and what `httpx` raises.
        """
        while self._fetched[0] < position and (self._head is None or self._fetched[0] < self._head):
            page = await read_page(self._client, *self._fetched)
            self._waiting.extend(page.raw)
            self._fetched, self._head = page.reached, page.head
        raw = []
        while self._waiting and int(self._waiting[0]["sequence"]) <= position:
            raw.append(self._waiting.popleft())
        if raw:
            self._handed_out = (int(raw[-1]["sequence"]), bytes.fromhex(raw[-1]["digest"]))
        return await self._applicable(connection, raw)

    async def restart(self, connection: AsyncConnection) -> None:
        """Forget the feed's cursor and its parked events."""
        await rows.drop_feed(connection, self.feed)

    async def finish(self, connection: AsyncConnection) -> None:
        """Leave the cursor where a follower goes on."""
        await rows.write_cursor(connection, self.feed, self._handed_out, self._head or 0)

    async def _applicable(
        self, connection: AsyncConnection, raw: list[dict[str, Any]]
    ) -> list[FeedEvent]:
        events = [FeedEvent.parse(event) for event in raw]
        try:
            if self._parked.isdisjoint(event.subject for event in events):
                self._check(events)
                return events
        except Exception:  # noqa: S110 - whatever it is, it is found again below, one by one
            pass
        return [
            event
            for event, each in zip(events, raw, strict=True)
            if await self._passes(connection, event, each)
        ]

    async def _passes(
        self, connection: AsyncConnection, event: FeedEvent, raw: dict[str, Any]
    ) -> bool:
        error = EARLIER_PARKED
        if event.subject not in self._parked:
            try:
                self._check([event])
            except Exception as failure:  # whatever the consumer's code may raise
                error = error_text(failure)
                self._parked.add(event.subject)
            else:
                return True
        await rows.park(connection, self.feed, raw, error)
        return False
