"""Rebuilding the fact timeline: the same rows under the same editions, while answers go on."""

import asyncio
from datetime import date
from hashlib import sha256
from random import Random
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import text
from tests.metrics_api.histories import organization_state, random_histories
from tests.metrics_api.world import START, World
from typer.testing import CliRunner

from metrics_api.cli import app
from metrics_api.facts.follow import followers
from metrics_api.facts.rebuild import FollowerActiveError, Rebuilt, rebuild
from metrics_api.settings import MetricsSettings
from servicekit.database import Database
from servicekit.follower import follow_lock

TABLES = ("fact", "subject_timeline", "area_version", "body_version", "rule_set_version",
          "edition", "own_target", "feed_cursor", "parked_event")  # fmt: skip
OF_NO_MATTER = ("row_id", "updated_at", "parked_at", "head")
INDICATOR = "organizational_coverage"
MEMBERS = {"indicator": INDICATOR, "part": "denominator", "count": "exact"}


async def digests(world: World) -> dict[str, str]:
    """Of each table, over all its rows, whatever their order."""
    found = {}
    async with world.factory.database.reading() as connection:
        for table in TABLES:
            rows = await connection.execute(text(f"SELECT * FROM {table}"))  # noqa: S608 - above
            told = sorted(
                repr([(k, v) for k, v in row.items() if k not in OF_NO_MATTER])
                for row in rows.mappings()
            )
            found[table] = sha256("\n".join(told).encode()).hexdigest()
    return found


async def rebuilt(world: World) -> Rebuilt:
    steps: list[tuple[int, int]] = []
    done = await rebuild(
        world.factory.database, world.factory.upstream, lambda *step: steps.append(step), 5
    )
    assert steps == [(number, done.editions) for number in range(1, done.editions + 1)]
    return done


@pytest.fixture
async def lived(world: World) -> World:
    """Random histories that arrived in many pages of either feed, and one subject parked."""
    random = Random(7)  # noqa: S311 - the same chances at every run are meant
    world.histories = random_histories(random, 40, 120)
    unknown = world.histories.tell(UUID(int=99), START, organization_state(kind="club"))
    world.histories.registry.remove(unknown)
    world.histories.registry.insert(7, unknown)
    feeds = [
        (world.router, world.histories.router, 1),
        (world.registry, world.histories.registry, 0),
    ]
    active = followers(
        world.factory.database, world.factory.upstream.registry, world.factory.upstream.router
    )
    while any(events for _, events, _ in feeds):
        feed, events, which = random.choice(feeds)
        size = random.randint(1, 9)
        if page := events[:size]:
            await feed.append(page)
            del events[:size]
            await active[which].step()
    await world.factory.live_copy.refresh()
    return world


async def test_a_rebuilt_timeline_has_the_same_rows_under_the_same_editions(lived: World) -> None:
    before = await digests(lived)
    assert (await digests(lived)) == before
    async with lived.factory.database.transaction() as connection:
        for spoiled in (
            "UPDATE fact SET grade = 'none', valid_until = 'infinity'",
            "DELETE FROM subject_timeline WHERE organization_id::text > '8'",
            "UPDATE area_version SET name = '?'",
        ):
            await connection.execute(text(spoiled))
    assert (await digests(lived))["fact"] != before["fact"]
    done = await rebuilt(lived)
    assert await digests(lived) == before
    assert (done.short, done.editions > 20) == (0, True)


async def test_receipts_and_own_targets_hold_over_a_rebuild(lived: World, keys: Any) -> None:
    target = {
        "title": {"zh": "目标", "en": "Goal"}, "indicator": INDICATOR, "goal": 0.9,
        "deadline": "2016-12-31", "reference": "本市年度计划", "filters": {},
    }  # fmt: skip
    writer = keys.headers("metrics:read metrics:write")
    made = await lived.client.post("/v1/targets", json=target, headers=writer)
    assert made.status_code == 201, made.text
    asked = [
        ("/v1/coverage", {"indicator": INDICATOR, "group_by": "street,kind", "edition": edition})
        for edition in (5, 12, 20)
    ]
    asked.append(("/v1/targets", {"edition": made.json()["receipt"]["edition"]}
                  if "receipt" in made.json() else {}))  # fmt: skip
    before = [(await lived.client.get(path, params=params)).content for path, params in asked]
    await rebuilt(lived)
    await loaded_anew(lived)
    after = [(await lived.client.get(path, params=params)).content for path, params in asked]
    assert after == before


async def loaded_anew(world: World) -> None:
    async with asyncio.timeout(10):
        while world.factory.live_copy.served.rebuild == 0:
            await asyncio.sleep(0.01)


async def test_following_goes_on_where_the_rebuild_ended(lived: World) -> None:
    await rebuilt(lived)
    newcomer = lived.histories.tell(UUID(int=1234), date(2015, 1, 1), organization_state())
    before = await lived.factory.count_coverage.settled_edition(None)
    await lived.registry.append([newcomer])
    registry, _ = followers(
        lived.factory.database, lived.factory.upstream.registry, lived.factory.upstream.router
    )
    assert await registry.step() == 1
    await lived.factory.live_copy.refresh()
    after = await lived.factory.count_coverage.settled_edition(None)
    assert after.number == before.number + 1


async def test_lists_are_answered_while_rows_are_replaced_under_them(lived: World) -> None:
    """Rows move to other keys, as they do when a new version reads the feeds otherwise."""
    whole = (await lived.client.get("/v1/coverage/members", params=MEMBERS)).json()["count"]
    assert whole > 0
    async with lived.factory.database.transaction() as connection:
        await connection.execute(text("UPDATE fact SET valid_from = valid_from - 1"))
    stale = await lived.client.get("/v1/coverage/members", params=MEMBERS)
    assert stale.status_code == 409
    assert stale.json()["type"].endswith("timeline-rebuilt")
    await rebuilt(lived)
    fresh = await lived.client.get("/v1/coverage/members", params=MEMBERS)
    assert (fresh.status_code, fresh.json()["count"]) == (200, whole)


async def test_the_command_says_what_it_did(
    settings: MetricsSettings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("METRICS_DATABASE_URL", settings.database_url.get_secret_value())
    told = await asyncio.to_thread(CliRunner().invoke, app, ["rebuild", "--wait", "5"])
    assert (told.exit_code, told.stderr) == (0, "")
    assert told.stdout.endswith("metrics: 0 editions rebuilt, up to registry 0, router 0\n")


async def test_the_command_asks_to_stop_the_followers(
    settings: MetricsSettings, database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("METRICS_DATABASE_URL", settings.database_url.get_secret_value())
    async with follow_lock(database, "registry"):
        told = await asyncio.to_thread(CliRunner().invoke, app, ["rebuild", "--wait", "0"])
    assert told.exit_code == 1
    assert "stop `metrics follow`" in told.stderr


async def test_a_rebuild_waits_for_followers_and_then_leaves_all_as_it_was(lived: World) -> None:
    before = await digests(lived)
    database = lived.factory.database
    async with follow_lock(database, "router"):
        with pytest.raises(FollowerActiveError):
            await rebuild(database, lived.factory.upstream, lambda *_: None, 0.5)
    assert await digests(lived) == before
