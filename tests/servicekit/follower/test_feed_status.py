"""How far a feed is followed, as callers and probes are told it."""

import httpx
from fastapi import FastAPI
from tests.servicekit.follower.conftest import FEED, Writer, catch_up
from tests.servicekit.sample.follow import Notes

from servicekit.database.engines import Database
from servicekit.follower.loop import Follower
from servicekit.follower.rows import FeedCursor, read_cursors
from servicekit.follower.status import feed_check
from servicekit.testing import TestKeys


async def test_before_the_first_page(client: httpx.AsyncClient, database: Database) -> None:
    assert (await client.get("/v1/feed-status")).json() == {
        "feed": FEED, "position": 0, "head": 0, "lag": 0, "updated_at": None, "parked": [],
    }  # fmt: skip
    assert (await feed_check(database, FEED)()).detail == {"position": 0, "head": 0, "parked": 0}


async def test_position_lag_and_what_is_parked(
    writer: Writer, client: httpx.AsyncClient, app: FastAPI, database: Database, keys: TestKeys
) -> None:
    await writer.write(*(f"s{n}" for n in range(48)), "bad", "bad", "good")
    follower = Follower(FEED, database, client, Notes(bad={"bad"}).apply)
    await follower.step()
    status = (await client.get("/v1/feed-status")).json()
    (parked,) = status.pop("parked")
    assert parked.pop("parked_at") <= status.pop("updated_at")
    assert status == {"feed": FEED, "position": 50, "head": 51, "lag": 1}
    assert parked == {
        "subject": "bad", "position": 49, "events": 2, "attempts": 1,
        "error": "ValueError: no place for bad\\0 ?",
    }  # fmt: skip
    limited = keys.headers("registry:read", areas=["4403"])
    assert (await client.get("/v1/feed-status", headers=limited)).json()["parked"] == []
    await catch_up(follower)
    assert (await client.get("/v1/feed-status")).json()["lag"] == 0
    detail = (await feed_check(database, FEED)()).detail
    assert detail == {"position": 51, "head": 51, "parked": 1}


async def test_several_cursors_in_the_order_asked_for(
    writer: Writer, client: httpx.AsyncClient, database: Database
) -> None:
    await writer.write("a")
    await Follower("b feed", database, client, Notes().apply).step()
    async with database.reading() as connection:
        cursors = await read_cursors(connection, ["c feed", "b feed"])
    assert list(cursors) == ["c feed", "b feed"]
    assert cursors["c feed"] == FeedCursor()
    assert (cursors["b feed"].position, cursors["b feed"].parked) == (1, 0)
