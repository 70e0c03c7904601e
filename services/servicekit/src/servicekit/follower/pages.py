"""Pages of a feed, verified; the next one is read while its consumer works on the last."""

import asyncio
from typing import Any, NamedTuple

import httpx
import orjson

from servicekit.follower.event import ChainBroken, verify_page

_PAGE = 1000


class Page(NamedTuple):
    """A page of a feed, verified: its events as they came, where it ends, where the feed ends."""

    raw: list[dict[str, Any]]
    reached: tuple[int, bytes]
    head: int


async def read_page(
    client: httpx.AsyncClient, position: int, digest: bytes, wait: float = 0
) -> Page:
    """The page that follows `position`, whose chain is `digest`; waits `wait` seconds for events.

    Raises `ChainBroken`, and what `httpx` raises.
    """
    answer = await client.get(
        "/v1/changes",
        params={"after": position, "limit": _PAGE, "wait": wait},
        timeout=httpx.Timeout(10, read=wait + 30),
    )
    if answer.status_code == httpx.codes.BAD_REQUEST:
        raise ChainBroken(f"the feed refuses position {position}: {answer.text[:300]}")
    answer.raise_for_status()
    page = orjson.loads(answer.content)
    return Page(page["events"], verify_page(page, position, digest), page["head"])


class FeedPages:
    """Hands out the pages of one feed to one consumer that catches up.

    While there is more, the page after the one handed out is asked for at once: its way here and
    the check of its chain take their time while the consumer's database works.
    """

    def __init__(self, client: httpx.AsyncClient) -> None:
        self._client = client
        self._ahead: tuple[tuple[int, bytes], asyncio.Task[Page]] | None = None

    async def after(self, position: int, digest: bytes, wait: float = 0) -> Page:
        """The page that follows `position`, as `read_page` reads it. Raises as it does."""
        ahead, self._ahead = self._ahead, None
        if ahead is not None and ahead[0] == (position, digest):
            page = await ahead[1]
        else:
            if ahead is not None:
                ahead[1].cancel()
            page = await read_page(self._client, position, digest, wait)
        if page.reached[0] < page.head:
            following = asyncio.create_task(read_page(self._client, *page.reached))
            following.add_done_callback(_noted)
            self._ahead = page.reached, following
        return page

    def forget(self) -> None:
        """Let go of what was read ahead: nobody will ask for it."""
        if self._ahead is not None:
            self._ahead[1].cancel()
            self._ahead = None


def _noted(read: asyncio.Task[Page]) -> None:
    """An error of a page that nobody asks for any more is no news."""
    if not read.cancelled():
        read.exception()
