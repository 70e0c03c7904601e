"""Each event once, in order, whatever fails in between."""

import asyncio
import random
from collections.abc import Sequence

import httpx
import pytest
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection
from tests.servicekit.follower.conftest import FEED, Eventually, Writer, catch_up
from tests.servicekit.sample.follow import Notes, cursor, notes, parked

from servicekit.database.engines import Database
from servicekit.follower.event import FeedEvent
from servicekit.follower.loop import Follower


async def test_all_is_applied_once_and_in_order(
    writer: Writer, client: httpx.AsyncClient, other_database: Database, chance: random.Random
) -> None:
    kept = Notes()
    follower = Follower(FEED, other_database, client, kept.apply)
    assert await follower.step() == 0
    await writer.write(*(f"s{chance.randint(1, 20)}" for _ in range(130)))
    assert [await follower.step() for _ in range(4)] == [50, 50, 30, 0]
    assert await notes(other_database) == writer.revisions
    assert kept.calls == 3
    await writer.write("s1")
    await catch_up(Follower(FEED, other_database, client, kept.apply))
    assert await notes(other_database) == writer.revisions


async def test_pages_that_fail_are_tried_again(
    writer: Writer, client: httpx.AsyncClient, other_database: Database, eventually: Eventually,
    chance: random.Random,
) -> None:  # fmt: skip
    """Transport errors, 5xx, half a body, a database that closes the connection mid-page."""
    kept = Notes()

    class Flaky(httpx.AsyncBaseTransport):
        async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
            roll = chance.random()
            if roll < 0.2:
                raise httpx.ConnectError("refused")
            if roll < 0.3:
                return httpx.Response(503)
            answer = await client._transport.handle_async_request(request)
            if roll < 0.4:
                return httpx.Response(200, content=(await answer.aread())[:-9])
            return answer

    async def apply(connection: AsyncConnection, events: Sequence[FeedEvent]) -> None:
        await kept.apply(connection, events[: len(events) // 2])
        if chance.random() < 0.3:
            await connection.execute(text("SELECT pg_terminate_backend(pg_backend_pid())"))
        await kept.apply(connection, events[len(events) // 2 :])

    await writer.write(*(f"s{number % 17}" for number in range(700)))
    async with httpx.AsyncClient(
        transport=Flaky(), base_url="http://feed", headers=client.headers
    ) as flaky:
        task = asyncio.create_task(Follower(FEED, other_database, flaky, apply).run())

        async def caught_up() -> bool:
            return await cursor(other_database) == 700

        await eventually(caught_up)
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
    assert await parked(other_database) == []
    assert await notes(other_database) == writer.revisions


async def test_killed_in_the_middle_of_pages_it_loses_and_doubles_nothing(
    writer: Writer, client: httpx.AsyncClient, other_database: Database, eventually: Eventually,
    chance: random.Random,
) -> None:  # fmt: skip
    kept = Notes()
    await writer.write(*(f"s{number % 13}" for number in range(300)))
    kills = 0
    while await cursor(other_database) < 300:
        reached = asyncio.Event()
        stop_after = chance.randint(0, 60)

        async def apply(
            connection: AsyncConnection,
            events: Sequence[FeedEvent],
            reached: asyncio.Event = reached,
            stop_after: int = stop_after,
        ) -> None:
            for event in events[:stop_after]:
                await kept.apply(connection, [event])
            if stop_after < len(events):
                reached.set()
                await connection.execute(text("SELECT pg_sleep(60)"))

        follower = Follower(FEED, other_database, client, apply)
        task = asyncio.create_task(follower.step())
        stopped = asyncio.create_task(reached.wait())
        await asyncio.wait({task, stopped}, return_when=asyncio.FIRST_COMPLETED)
        if task.done():
            await task
            stopped.cancel()
            continue
        kills += 1
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
    assert kills > 3
    assert await notes(other_database) == writer.revisions

    async def returned() -> bool:
        return other_database.pool_use() == {"write": 0, "read": 0}

    await eventually(returned)
