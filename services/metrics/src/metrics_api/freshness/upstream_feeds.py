"""Asks a feed how far ahead of us it is."""

from dataclasses import dataclass
from datetime import datetime

import httpx
import msgspec

_PATIENCE_SECONDS = 2.0


class _Event(msgspec.Struct):
    time: datetime


class _Page(msgspec.Struct):
    head: int
    events: list[_Event]


@dataclass(frozen=True, slots=True)
class FeedEnd:
    """The feed's last position, and when the first event we lack was recorded (None: none)."""

    head: int
    waiting_since: datetime | None


class UpstreamFeed:
    """One feed, asked once per question and with little patience: freshness must not hang."""

    def __init__(self, client: httpx.AsyncClient) -> None:
        self._client = client

    async def end(self, position: int) -> FeedEnd | None:
        """Where the feed ends, seen from `position`; None while it can't be asked."""
        try:
            answer = await self._client.get(
                "/v1/changes",
                params={"after": position, "limit": 1},
                timeout=_PATIENCE_SECONDS,
            )
            answer.raise_for_status()
            page = msgspec.json.decode(answer.content, type=_Page)
        except (httpx.HTTPError, OSError, msgspec.MsgspecError):
            return None
        return FeedEnd(page.head, page.events[0].time if page.events else None)
