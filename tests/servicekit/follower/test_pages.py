"""The next page is on its way while the last one is being applied."""

import asyncio
from collections.abc import Sequence

import httpx
from sqlalchemy.ext.asyncio import AsyncConnection
from tests.servicekit.follower.conftest import FEED, Writer, catch_up
from tests.servicekit.sample.follow import Notes, notes

from servicekit.database.engines import Database
from servicekit.follower.event import FeedEvent
from servicekit.follower.loop import Follower
from servicekit.follower.pages import FeedPages
from servicekit.ledger.canonical import GENESIS


class Watched(httpx.AsyncBaseTransport):
    """Records after which positions pages were requested."""

    def __init__(self, client: httpx.AsyncClient) -> None:
        self._behind = client._transport
        self.positions: list[int] = []

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        self.positions.append(int(request.url.params["after"]))
        return await self._behind.handle_async_request(request)

    def client(self, client: httpx.AsyncClient) -> httpx.AsyncClient:
        return httpx.AsyncClient(transport=self, base_url="http://feed", headers=client.headers)


async def test_a_page_is_asked_for_while_the_one_before_is_applied(
    writer: Writer, client: httpx.AsyncClient, other_database: Database
) -> None:
    await writer.write(*(f"s{number}" for number in range(130)))
    watched, kept = Watched(client), Notes()

    async def apply(connection: AsyncConnection, events: Sequence[FeedEvent]) -> None:
        async with asyncio.timeout(30):
            while events[-1].position < 130 and events[-1].position not in watched.positions:
                await asyncio.sleep(0.001)
        await kept.apply(connection, events)

    async with watched.client(client) as watching:
        await catch_up(Follower(FEED, other_database, watching, apply))
    assert watched.positions == [0, 50, 100, 130]
    assert await notes(other_database) == writer.revisions


async def test_what_was_read_ahead_serves_only_who_asks_for_it(
    writer: Writer, client: httpx.AsyncClient
) -> None:
    await writer.write(*(f"s{number}" for number in range(130)))
    watched = Watched(client)
    async with watched.client(client) as watching:
        pages = FeedPages(watching)
        first = await pages.after(0, GENESIS)
        again = await pages.after(0, GENESIS)
        second = await pages.after(*first.reached)
        pages.forget()
    assert (again, second.reached[0]) == (first, 100)
    assert watched.positions.count(0) == 2
