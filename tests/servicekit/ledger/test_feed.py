"""`GET /v1/changes`: paging, long poll, callers limited to areas."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from typing import Any

import httpx
import pytest
from fastapi import FastAPI
from sqlalchemy import text
from tests.servicekit.sample.app import LEDGER, build, new_event

from servicekit.database.engines import Database
from servicekit.database.notifications import Notifications
from servicekit.settings import ServiceSettings
from servicekit.testing import TestKeys, running

Eventually = Callable[[Callable[[], Awaitable[bool]]], Awaitable[None]]


async def append(database: Database, *subjects: str, areas: Sequence[str] = ()) -> None:
    """One event for each subject, in one transaction."""
    async with database.transaction() as connection:
        await LEDGER.append(connection, [new_event(s, areas=areas) for s in subjects])


async def changes(client: httpx.AsyncClient, **query: Any) -> Any:
    """A page of the feed."""
    answer = await client.get("/v1/changes", params=query)
    assert answer.status_code == 200, answer.text
    return answer.json()


async def test_an_empty_ledger_has_an_empty_feed(client: httpx.AsyncClient) -> None:
    assert await changes(client) == {
        "events": [],
        "next_after": 0,
        "head": 0,
        "digest": "00" * 32,
        "digest_algorithm": "sha256",
    }


async def test_pages_follow_each_other(client: httpx.AsyncClient, database: Database) -> None:
    await append(database, *(f"s{n}" for n in range(7)))
    subjects: list[str] = []
    after = 0
    while after < 7:
        page = await changes(client, after=after, limit=3)
        assert page["head"] == 7
        assert page["events"][-1]["digest"] == page["digest"]
        subjects += [event["subject"] for event in page["events"]]
        after = page["next_after"]
    assert subjects == [f"s{n}" for n in range(7)]
    end = await changes(client, after=7)
    assert (end["events"], end["next_after"], end["digest"]) == ([], 7, page["digest"])


async def test_an_event_is_a_cloud_event(client: httpx.AsyncClient, database: Database) -> None:
    await append(database, "甲", areas=["440303001"])
    (event,) = (await changes(client))["events"]
    assert {
        "specversion": "1.0",
        "source": "sample",
        "type": "note.written",
    }.items() <= event.items()
    assert event["data"] == {
        "effective_on": "2016-01-01",
        "actor": "tester",
        "reason": "因故",
        "areas": ["440303001"],
        "change": None,
        "timeline": [
            {"from": "2016-01-01", "until": None, "state": {"subject": "甲", "revision": 1}}
        ],
    }


@pytest.fixture
async def notifications(
    app: FastAPI, client: httpx.AsyncClient, eventually: Eventually, monkeypatch: pytest.MonkeyPatch
) -> Notifications:
    """The app's notifications, listening, and the only thing that can wake a long poll in time."""
    monkeypatch.setattr("servicekit.ledger.feed._PATIENCE_SECONDS", 3600)
    app_notifications: Notifications = app.state.notifications

    async def listening() -> bool:
        return app_notifications._connected

    await eventually(listening)
    return app_notifications


async def test_a_long_poll_wakes_at_the_commit(
    client: httpx.AsyncClient,
    notifications: Notifications,
    database: Database,
    eventually: Eventually,
) -> None:
    poll = asyncio.create_task(changes(client, after=0, wait=30))

    async def waiting() -> bool:
        return "ledger" in notifications._events

    await eventually(waiting)
    async with database.transaction() as connection:
        await LEDGER.append(connection, [new_event("a")])
        assert not poll.done()
    async with asyncio.timeout(25):
        page = await poll
    assert [event["subject"] for event in page["events"]] == ["a"]


@pytest.mark.usefixtures("notifications")
async def test_a_commit_between_looking_and_waiting_is_not_missed(
    client: httpx.AsyncClient, database: Database
) -> None:
    """Many polls meet many commits, each once: the last poll would wait for a ring it missed."""

    async def follow(number: int) -> None:
        page = await changes(client, after=number, wait=30)
        assert page["next_after"] == number + 1

    async with asyncio.timeout(25):
        for number in range(60):
            polls = [asyncio.create_task(follow(number)) for _ in range(3)]
            await append(database, f"s{number}")
            await asyncio.gather(*polls)


async def test_a_long_poll_ends_when_the_process_is_about_to_stop(
    client: httpx.AsyncClient, notifications: Notifications, eventually: Eventually
) -> None:
    poll = asyncio.create_task(changes(client, wait=30))

    async def waiting() -> bool:
        return "ledger" in notifications._events

    await eventually(waiting)
    notifications.close()
    async with asyncio.timeout(25):
        assert (await poll)["events"] == []
        assert (await changes(client, wait=30))["events"] == []


async def test_the_bell_listens_again_after_its_connection_is_lost(
    client: httpx.AsyncClient,
    notifications: Notifications,
    database: Database,
    eventually: Eventually,
) -> None:
    async with database.reading() as connection:
        await connection.execute(
            text(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity "
                "WHERE datname = current_database() AND query LIKE 'LISTEN%'"
            )
        )

    async def lost() -> bool:
        return not notifications._connected

    await eventually(lost)
    poll = asyncio.create_task(changes(client, wait=30))
    await append(database, "a")
    async with asyncio.timeout(25):
        assert (await poll)["next_after"] == 1


async def test_a_position_ahead_of_the_ledger_is_another_ledger(
    client: httpx.AsyncClient, database: Database
) -> None:
    await append(database, "a")
    answer = await client.get("/v1/changes", params={"after": 2}, headers={"accept-language": "en"})
    assert answer.status_code == 400
    assert answer.json()["type"].endswith("/position-ahead")
    assert "2 is past the head 1" in answer.json()["detail"]


@pytest.mark.parametrize(
    ("query", "status"),
    [("after=-1", 422), ("after=x", 422), ("limit=0", 422), ("limit=1001", 422), ("wait=31", 422),
     ("wait=nan", 422), ("wait=inf", 422), (f"after={2**63}", 422), ("after=" + "9" * 5000, 422),
     (f"after={2**62}", 400), ("afterr=1", 400), ("after=%00", 400), ("after=%ff%ed%a0%80", 422)],
)  # fmt: skip
async def test_a_wrong_question_is_the_callers_fault(
    query: str, status: int, standing_client: httpx.AsyncClient
) -> None:
    answer = await standing_client.get(f"/v1/changes?{query}")
    assert answer.status_code == status, answer.text
    assert answer.headers["content-type"] == "application/problem+json"


async def test_a_caller_limited_to_areas_sees_what_touches_them(
    client: httpx.AsyncClient, database: Database, keys: TestKeys
) -> None:
    await append(database, "street", areas=["440303001"])
    await append(database, "elsewhere", areas=["440305001"])
    await append(database, "moves", areas=["440305002", "440303002"])
    await append(database, "far", areas=["110101"])
    await append(database, "nowhere")

    async def visible(areas: list[str], **query: int) -> tuple[list[str], int]:
        answer = await client.get("/v1/changes", params=query, headers=keys.headers(areas=areas))
        page = answer.json()
        assert page["digest"] is None
        assert page["head"] == 5
        return [event["subject"] for event in page["events"]], page["next_after"]

    assert await visible(["440303"]) == (["street", "moves"], 5)
    assert await visible(["440303"], limit=1) == (["street"], 1)
    assert await visible(["440303"], limit=1, after=1) == (["moves"], 3)
    assert await visible(["440303"], limit=1, after=3) == ([], 5)
    assert await visible(["440300"]) == (["street", "elsewhere", "moves"], 5)
    assert await visible(["440000", "110000"]) == (["street", "elsewhere", "moves", "far"], 5)
    assert await visible(["100000"]) == (["street", "elsewhere", "moves", "far"], 5)
    assert await visible(["440303002"]) == (["moves"], 5)
    assert await visible([]) == ([], 5)


async def test_a_replica_that_lags_behind_a_follower_is_not_another_ledger(
    sample_url: str, other_url: str, database: Database, other_database: Database, keys: TestKeys,
    settings_for: Callable[..., ServiceSettings],
) -> None:  # fmt: skip
    """The second database plays a replica that has seen nothing yet, then one event."""
    await append(database, "a", "b")
    app = build(settings_for(sample_url, read_database_url=other_url))
    async with running(app, **keys.headers()) as client:
        page = await changes(client, after=1)
        assert [event["subject"] for event in page["events"]] == ["b"]
        answer = await client.get("/v1/changes", params={"after": 3})
        assert answer.status_code == 400
        poll = asyncio.create_task(changes(client, after=0, wait=30))
        await append(other_database, "from the replica")
        async with asyncio.timeout(25):
            assert (await poll)["events"][0]["subject"] == "from the replica"
