"""Two followers: one is active, the other takes over."""

import asyncio
import contextlib
from collections.abc import AsyncIterator, Callable

import httpx
import pytest
from sqlalchemy import text
from tests.servicekit.follower.conftest import FEED, Eventually, Writer
from tests.servicekit.sample.follow import Notes, cursor, notes

from servicekit.database.engines import Database
from servicekit.follower.loop import Follower
from servicekit.settings import ServiceSettings


async def test_two_followers_that_both_step_apply_each_page_once(
    writer: Writer, client: httpx.AsyncClient, other_database: Database
) -> None:
    """The lock keeps them apart; where it fails, the cursor decides who was first."""
    await writer.write(*(f"s{number}" for number in range(300)))
    kept = Notes()

    async def follow() -> None:
        follower = Follower(FEED, other_database, client, kept.apply)
        while await cursor(other_database) < 300:
            with contextlib.suppress(OSError):
                await follower.step()

    await asyncio.gather(follow(), follow(), follow())
    assert await notes(other_database) == writer.revisions


@pytest.fixture
async def standby_database(
    other_url: str, settings_for: Callable[..., ServiceSettings]
) -> AsyncIterator[Database]:
    """The second process's engines on the follower's database."""
    database = Database(settings_for(other_url))
    yield database
    await database.close()


async def test_one_is_active_and_the_other_takes_over(
    writer: Writer, client: httpx.AsyncClient, other_database: Database,
    standby_database: Database, eventually: Eventually,
) -> None:  # fmt: skip
    active, standby = Notes(), Notes()
    first = asyncio.create_task(Follower(FEED, other_database, client, active.apply).run())

    async def applied_all() -> bool:
        return await notes(other_database) == writer.revisions

    await writer.write("a")
    await eventually(applied_all)
    second = asyncio.create_task(Follower(FEED, standby_database, client, standby.apply).run())
    for number in range(5):
        await writer.write("a", f"b{number}")
        await eventually(applied_all)
    assert standby.calls == 0
    first.cancel()
    with pytest.raises(asyncio.CancelledError):
        await first
    before = active.calls
    await writer.write("a", "c")
    await eventually(applied_all)
    assert (active.calls, standby.calls) == (before, 1)
    second.cancel()
    with pytest.raises(asyncio.CancelledError):
        await second


async def test_a_follower_that_loses_its_lock_gives_way(
    writer: Writer, client: httpx.AsyncClient, other_database: Database, eventually: Eventually
) -> None:
    kept = Notes()
    task = asyncio.create_task(Follower(FEED, other_database, client, kept.apply).run())

    async def applied_all() -> bool:
        return await notes(other_database) == writer.revisions

    await writer.write("a")
    await eventually(applied_all)
    async with other_database.reading() as connection:
        ended = await connection.execute(
            text(
                "SELECT pg_terminate_backend(pid) FROM pg_locks JOIN pg_database d "
                "ON d.oid = database WHERE locktype = 'advisory' AND datname = current_database()"
            )
        )
        assert ended.scalars().all() == [True]
    for _ in range(3):
        await writer.write("a", "b")
        await eventually(applied_all)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
