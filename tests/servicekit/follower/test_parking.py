"""An event that can't be applied parks its subject, and nothing else."""

import random
from collections.abc import Sequence

import httpx
import pytest
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection
from tests.servicekit.follower.conftest import FEED, Writer, catch_up
from tests.servicekit.sample.follow import Notes, cursor, notes, parked

from servicekit.database.engines import Database
from servicekit.follower.event import FeedEvent
from servicekit.follower.loop import Follower


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
    (listed,) = await follower.parked()
    assert listed[:5] == ("bad", 32, 3, 2, "ValueError: no place for bad\\0 ?")
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
    monkeypatch.setattr("servicekit.follower.parking._RETRY_SECONDS", 0)
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
