"""Following a real feed: each event once, in order, whatever fails in between."""

import asyncio
import contextlib
import json
import random
from collections import Counter
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from typing import Any

import httpx
import pytest
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection
from tests.servicekit.sample.app import LEDGER, new_event
from tests.servicekit.sample.follow import Notes, cursor, notes, parked

from servicekit.database import Database
from servicekit.follower import ChainBroken, FeedEvent, Follower
from servicekit.settings import ServiceSettings
from servicekit.testing import TestKeys

Eventually = Callable[[Callable[[], Awaitable[bool]]], Awaitable[None]]
FEED = "sample"


class Writer:
    """Writes events about subjects, each with its next revision."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self.revisions: Counter[str] = Counter()

    async def write(self, *subjects: str) -> None:
        """One event for each, in one transaction."""
        self.revisions.update(subjects)
        seen: Counter[str] = Counter()
        made = []
        for subject in reversed(subjects):
            made.append(new_event(subject, self.revisions[subject] - seen[subject]))
            seen[subject] += 1
        async with self._database.transaction() as connection:
            await LEDGER.append(connection, made[::-1])


@pytest.fixture
def writer(database: Database) -> Writer:
    """Who writes the feed's ledger."""
    return Writer(database)


@pytest.fixture(autouse=True)
def small_pages_and_quick_retries(monkeypatch: pytest.MonkeyPatch) -> None:
    """Pages of 50, and no patience that a test would have to sit through."""
    monkeypatch.setattr("servicekit.follower._PAGE", 50)
    monkeypatch.setattr("servicekit.follower._BACKOFF_SECONDS", (0.001, 0.01))


async def catch_up(follower: Follower) -> None:
    """Page after page until there is no more."""
    while await follower.step():
        pass


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


async def test_a_bad_event_parks_its_subject_and_nothing_else(
    writer: Writer, client: httpx.AsyncClient, other_database: Database
) -> None:
    kept = Notes(bad={"bad"})
    follower = Follower(FEED, other_database, client, kept.apply)
    page = [f"s{number}" for number in range(48)]
    page[31:31] = ["bad"]
    await writer.write(*page, "bad")
    await writer.write("s1", "bad", "s1")
    await catch_up(follower)
    assert await notes(other_database) == {
        subject: revision for subject, revision in writer.revisions.items() if subject != "bad"
    }
    assert await parked(other_database) == [("bad", 32), ("bad", 50), ("bad", 52)]
    async with other_database.reading() as connection:
        rows = await connection.execute(
            text("SELECT error, attempts FROM parked_event ORDER BY position")
        )
        errors = [tuple(row) for row in rows]
    assert errors[0] == ("ValueError: no place for bad\\0 ?", 1)
    assert errors[1][0] == errors[2][0] == "an earlier event of this subject is parked"
    assert not await follower.release("bad")
    assert len(await parked(other_database)) == 3
    assert await follower.parked() == [("bad", 3, 2, "ValueError: no place for bad\\0 ?")]
    kept.bad.clear()
    assert await follower.release("bad")
    assert await follower.release("bad")
    await catch_up(follower)
    assert await notes(other_database) == writer.revisions
    assert await parked(other_database) == []


async def test_parked_subjects_are_retried_by_themselves(
    writer: Writer, client: httpx.AsyncClient, other_database: Database,
    monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    monkeypatch.setattr("servicekit.follower._RETRY_PARKED_SECONDS", 0)
    kept = Notes(bad={"bad", "worse"})
    follower = Follower(FEED, other_database, client, kept.apply)
    await writer.write("bad", "good", "worse", "bad")
    await catch_up(follower)
    kept.bad.remove("bad")
    await follower.step()
    assert await parked(other_database) == [("worse", 3)]
    assert await notes(other_database) == {"good": 1, "bad": 2}


async def test_many_bad_events_in_one_page(
    writer: Writer, client: httpx.AsyncClient, other_database: Database, chance: random.Random
) -> None:
    subjects = [f"s{chance.randint(1, 15)}" for _ in range(150)]
    bad = {"s1", "s4", "s9", "s15"}
    follower = Follower(FEED, other_database, client, Notes(bad=set(bad)).apply)
    await writer.write(*subjects)
    await catch_up(follower)
    expected = [(s, n) for n, s in enumerate(subjects, start=1) if s in bad]
    assert await parked(other_database) == expected
    assert set(await notes(other_database)) == set(subjects) - bad
    healed = Follower(FEED, other_database, client, Notes().apply)
    await healed.step()
    assert await notes(other_database) == writer.revisions


async def test_a_programming_error_parks_and_a_deadlock_does_not(
    writer: Writer, client: httpx.AsyncClient, other_database: Database
) -> None:
    async def misspelt(connection: AsyncConnection, events: Sequence[FeedEvent]) -> None:
        await connection.execute(text("SELECT no_such_column"))

    async def serialization(connection: AsyncConnection, events: Sequence[FeedEvent]) -> None:
        await connection.execute(text("DO $$BEGIN RAISE SQLSTATE '40001'; END$$"))

    await writer.write("a")
    with pytest.raises(Exception, match="40001"):
        await Follower(FEED, other_database, client, serialization).step()
    assert (await cursor(other_database), await parked(other_database)) == (0, [])
    assert await Follower(FEED, other_database, client, misspelt).step() == 1
    assert await parked(other_database) == [("a", 1)]


def feed_of(pages: Callable[[httpx.Response, Any], Any], client: httpx.AsyncClient) -> Any:
    """A client of the same feed, through someone who changes its pages."""

    class Between(httpx.AsyncBaseTransport):
        async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
            answer = await client._transport.handle_async_request(request)
            changed = pages(answer, json.loads(await answer.aread()))
            return httpx.Response(answer.status_code, json=changed)

    return httpx.AsyncClient(transport=Between(), base_url="http://feed", headers=client.headers)


def _change_state(page: Any) -> None:
    page["events"][1]["data"]["timeline"][0]["state"]["subject"] = "other"


def _drop_one(page: Any) -> None:
    del page["events"][1]


def _swap(page: Any) -> None:
    page["events"][0], page["events"][1] = page["events"][1], page["events"][0]


def _drop_the_last(page: Any) -> None:
    del page["events"][-1]


def _hide_all(page: Any) -> None:
    page["events"] = []


def _other_end(page: Any) -> None:
    page["digest"] = "11" * 32


TAMPERED = {f.__name__.strip("_"): f for f in (
    _change_state, _drop_one, _swap, _drop_the_last, _hide_all, _other_end)}  # fmt: skip


@pytest.mark.parametrize("how", TAMPERED)
async def test_a_page_that_does_not_follow_is_not_applied(
    how: str, writer: Writer, client: httpx.AsyncClient, other_database: Database
) -> None:
    def pages(_: httpx.Response, page: Any) -> Any:
        TAMPERED[how](page)
        return page

    await writer.write("a", "b", "c")
    kept = Notes()
    async with feed_of(pages, client) as tampered:
        with pytest.raises(ChainBroken):
            await Follower(FEED, other_database, tampered, kept.apply).step()
    assert (kept.calls, await cursor(other_database), await notes(other_database)) == (0, 0, {})
    await catch_up(Follower(FEED, other_database, client, kept.apply))
    assert await notes(other_database) == writer.revisions


async def test_another_ledger_at_the_same_position_is_noticed_before_anything_new(
    writer: Writer, client: httpx.AsyncClient, database: Database, other_database: Database
) -> None:
    follower = Follower(FEED, other_database, client, Notes().apply)
    await writer.write("a")
    await catch_up(follower)
    async with database.transaction() as connection:
        await connection.execute(text("TRUNCATE ledger"))
        await connection.execute(
            text("UPDATE ledger_head SET position = 0, digest = :d"), {"d": bytes(32)}
        )
    with pytest.raises(ChainBroken, match="refuses position 1"):
        await follower.step()
    await Writer(database).write("b")
    with pytest.raises(ChainBroken, match="another digest at position 1"):
        await follower.step()


async def test_a_token_limited_to_areas_can_not_follow(
    writer: Writer, client: httpx.AsyncClient, other_database: Database, keys: TestKeys
) -> None:
    await writer.write("a")
    client.headers.update(keys.headers(areas=["440300"]))
    with pytest.raises(ChainBroken, match="limited to areas"):
        await Follower(FEED, other_database, client, Notes().apply).step()


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
