"""Following two real feeds, and how fresh that leaves the answers."""

import asyncio
from typing import Any
from uuid import UUID

import httpx
from sqlalchemy import text
from tests.metrics_api.histories import organization_state
from tests.metrics_api.world import START, TODAY, World

from metrics_api.factory import Factory
from metrics_api.facts.follow import followers
from metrics_api.facts.upstream import Upstream
from servicekit.follower import following
from servicekit.testing import FixedClock

INDICATOR = {"indicator": "organizational_coverage"}


async def whole(world: World) -> int:
    answer = await world.client.get("/v1/coverage", params=INDICATOR)
    denominator: int = answer.json()["total"]["denominator"]
    return denominator


async def until(world: World, denominator: int) -> None:
    async with asyncio.timeout(10):
        while await whole(world) != denominator:
            await asyncio.sleep(0.01)


async def freshness(world: World) -> dict[str, Any]:
    answer = await world.client.get("/v1/freshness")
    assert answer.status_code == 200, answer.text
    document: dict[str, Any] = answer.json()
    return document


async def publish(world: World) -> None:
    await world.registry.append(world.histories.registry)
    await world.router.append(world.histories.router)


async def test_a_change_upstream_is_counted_without_being_asked_for(world: World) -> None:
    await publish(world)
    active = followers(
        world.factory.database, world.factory.upstream.registry, world.factory.upstream.router
    )
    async with following(active):
        await until(world, 4)
        newcomer = world.histories.tell(UUID(int=9), START, organization_state())
        await world.registry.append([newcomer])
        await until(world, 5)
    fresh = await freshness(world)
    assert fresh["positions"] == {"registry": 6, "router": len(world.histories.router)}
    assert fresh["recorded"]["edition"] == fresh["edition"]
    for feed in fresh["feeds"].values():
        assert (feed["lag_positions"], feed["lag_seconds"], feed["parked"]) == (0, 0.0, 0)
        assert feed["reachable"]


async def test_what_is_not_followed_yet_shows_as_lag(world: World) -> None:
    await publish(world)
    fresh = await freshness(world)
    assert fresh["edition"] == 0
    assert fresh["feeds"]["registry"]["head"] == 5
    assert fresh["feeds"]["registry"]["lag_positions"] == 5


async def test_a_subject_that_cannot_be_counted_is_parked_and_the_rest_goes_on(
    world: World,
) -> None:
    world.histories.tell(UUID(int=7), START, organization_state(kind="club"))
    world.histories.tell(UUID(int=8), START, organization_state())
    await publish(world)
    for follower in followers(
        world.factory.database, world.factory.upstream.registry, world.factory.upstream.router
    ):
        await follower.step()
    await world.factory.live_copy.refresh()
    assert await whole(world) == 5
    assert (await freshness(world))["feeds"]["registry"]["parked"] == 1
    async with world.factory.database.reading() as connection:
        error = await connection.execute(text("SELECT error FROM parked_event"))
        assert "'club' is not one of its codes" in error.scalar_one()


async def test_a_feed_that_is_away_is_shown_so(world: World) -> None:
    nobody = httpx.AsyncClient(base_url="http://127.0.0.1:9")
    upstream = Upstream(world.registry.client, nobody)
    factory = Factory(world.factory.settings, FixedClock(TODAY), upstream)
    await factory.live_copy.load()
    feeds = (await factory.read_freshness.answer()).feeds
    assert (feeds["router"].reachable, feeds["router"].lag_seconds) == (False, None)
    assert feeds["registry"].reachable
    await nobody.aclose()
    await factory.database.close()


async def test_ready_says_what_is_served(world: World) -> None:
    answer = await world.client.get("/readyz")
    assert answer.status_code == 200
    assert answer.json()["checks"]["columnar copy"] == {"ok": True, "edition": 0, "rows": 0}
