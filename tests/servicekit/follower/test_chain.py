"""A feed that is not the ledger it was is not followed."""

import json
from collections.abc import Callable
from typing import Any

import httpx
import pytest
from sqlalchemy import text
from tests.servicekit.follower.conftest import FEED, Writer, catch_up
from tests.servicekit.sample.follow import Notes, cursor, notes

from servicekit.database.engines import Database
from servicekit.follower.event import ChainBroken
from servicekit.follower.loop import Follower
from servicekit.testing import TestKeys


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
