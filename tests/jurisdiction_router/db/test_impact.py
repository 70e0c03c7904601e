"""The impact of another jurisdiction over a whole register, held equal to a naive comparison."""

import csv
import io
from collections.abc import Mapping
from dataclasses import replace
from datetime import date
from random import Random
from typing import Any
from uuid import UUID

import httpx
import pytest
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from jurisdiction_router.domain.directory import Directory
from jurisdiction_router.domain.facts import facts_timeline
from jurisdiction_router.domain.timeline import Jurisdiction
from jurisdiction_router.factory import make_factory
from jurisdiction_router.settings import Settings
from jurisdiction_router.storage import fact_rows
from jurisdiction_router.usecases.compute_impact import JOB_KIND, Proposal, RunImpact
from servicekit import jobs
from servicekit.follower import Follower
from servicekit.testing import TestKeys

from ..conftest import RegistryLedger, organization

EDUCATION = "440303-district_education_committee"
HEALTH = "440303-district_health_committee"
GONE_ON = date(2017, 6, 1)
TODAY = date(2018, 6, 14)


def story(random: Random) -> list[tuple[str, str | None, Any]]:
    """Some organization's timeline: types, licences and streets come and go, it may end."""
    starts = sorted(random.sample(range(2010, 2022), random.randint(1, 4)))
    ends: list[int | None] = [*starts[1:], None]
    found = []
    for first, last in zip(starts, ends, strict=True):
        state = organization(
            institution_type=random.choice(["private_clinic", "private_school", "general"]),
            licence_issuer=random.choice(["health", "education", None]),
            domicile={"division_code": random.choice(["440303001", "440309001"])},
            status=random.choice(["active", "active", "deregistered"]),
            business_supervisor={"name": random.choice("甲乙"), "system": "health"},
        )
        found.append((f"{first}-03-02", None if last is None else f"{last}-03-02", state))
    return found


def without_committees(before: Jurisdiction) -> Jurisdiction:
    """The same city whose district loses its two system committees."""
    directory = before.directory
    bodies = [
        replace(body, valid_until=GONE_ON) if body.id in (EDUCATION, HEALTH) else body
        for body in directory.bodies.values()
    ]
    edges = [edge for code in directory.areas for edge in directory.edges_of(code)]
    after = Directory(directory.areas.values(), edges, bodies)
    return Jurisdiction(before.rule_sets, after, before._vocabulary)


async def propose(
    connection: AsyncConnection, before: Jurisdiction, params: Mapping[str, Any]
) -> Proposal:
    places = await fact_rows.all_places(connection)
    return Proposal(before, without_committees(before), places, TODAY, "test\n")


def naive(before: Jurisdiction, timeline: list[tuple[str, str | None, Any]]) -> set[Any]:
    """Each day on which an organization has another answer, with both answers."""
    periods = facts_timeline(
        (date.fromisoformat(a), date.fromisoformat(b) if b else None, state)
        for a, b, state in timeline
    )
    days: dict[int, list[Any]] = {}
    for jurisdiction in (before, without_committees(before)):
        for segment in jurisdiction.timeline(periods):
            until = segment.valid_until or date(2025, 1, 1)
            answer = segment.decision.outcome, segment.decision.body_id
            for number in range(segment.valid_from.toordinal(), until.toordinal()):
                days.setdefault(number, []).append(answer)
    return {(number, *pair) for number, pair in days.items() if pair[0] != pair[1]}


def answers_of(move: Mapping[str, Any]) -> tuple[Any, ...]:
    """What neighbours in time may not share: they would be one move."""
    return move["area"], *(
        (side["outcome"], side["supervising"] and side["supervising"]["id"])
        for side in (move["before"], move["after"])
    )


def days_of(move: Mapping[str, Any]) -> set[Any]:
    until = date.fromisoformat(move["valid_until"] or "2025-01-01")
    answers = [
        (side["outcome"], side["supervising"] and side["supervising"]["id"])
        for side in (move["before"], move["after"])
    ]
    first = date.fromisoformat(move["valid_from"]).toordinal()
    return {(number, *answers) for number in range(first, until.toordinal())}


@pytest.fixture
async def stories(
    city: httpx.AsyncClient, registry: RegistryLedger, follower: Follower
) -> dict[str, list[tuple[str, str | None, Any]]]:
    random = Random(20160614)  # noqa: S311
    made = {str(UUID(int=number)): story(random) for number in range(1, 241)}
    for identifier, timeline in made.items():
        registry.say(identifier, timeline[0][0], *timeline)
    while await follower.step():
        pass
    return made


async def run(settings: Settings) -> UUID:
    """Run the job here: the app's own worker, which knows no such proposal, finds it taken."""
    factory = make_factory(settings)
    async with factory.database.transaction() as connection:
        identifier = await jobs.enqueue(connection, JOB_KIND, {"of": "test"}, "tester", None)
        await connection.execute(
            text("UPDATE job SET state = 'running', lease_until = now() + interval '1 hour'")
        )
        job = await jobs.find(connection, identifier)
    assert job is not None
    await RunImpact(factory.database, factory.current, {"test": propose})(job)
    async with factory.database.transaction() as connection:
        await connection.execute(text("UPDATE job SET state = 'succeeded'"))
    await factory.database.close()
    return identifier


async def test_the_list_says_who_moves_on_which_days_and_nobody_else(
    city: httpx.AsyncClient,
    settings: Settings,
    stories: dict[str, list[tuple[str, str | None, Any]]],
) -> None:
    factory = make_factory(settings)
    before = await factory.current.read()
    await factory.database.close()
    impact = await run(settings)
    listed: dict[str, set[Any]] = {identifier: set() for identifier in stories}
    cursor, pages = None, 0
    last: dict[str, Any] = {"organization_id": None, "valid_until": None}
    while True:
        params = {"limit": 5, **({"cursor": cursor} if cursor else {})}
        page = (await city.get(f"/v1/impacts/{impact}/moves", params=params)).json()
        for move in page["items"]:
            days = days_of(move)
            meets = (last["organization_id"], last["valid_until"]) == (
                move["organization_id"], move["valid_from"]
            )  # fmt: skip
            assert not meets or answers_of(last) != answers_of(move)
            last = move
            assert not days & listed[move["organization_id"]]
            listed[move["organization_id"]] |= days
        pages += 1
        cursor = page["next_cursor"]
        if cursor is None:
            break
    assert pages > 2
    assert listed == {key: naive(before, timeline) for key, timeline in stories.items()}

    found = (await city.get(f"/v1/impacts/{impact}")).json()
    assert (found["state"], found["done"]) == ("succeeded", found["total"])
    result = found["result"]
    there = [
        key
        for key, timeline in stories.items()
        for start, until, state in timeline
        if state["status"] == "active" and start <= TODAY.isoformat() < (until or "9999")
    ]
    assert result["assessed"] == len(there)
    assert result["moved_on_any_day"] == sum(1 for days in listed.values() if days)
    today = [e for days in listed.values() for e in days if e[0] == TODAY.toordinal()]
    assert result["moved"] == len(today) > 0
    assert sum(flow["organizations"] for flow in result["flows"]) == len(today)
    lost = {b["body"]["id"]: b["lost"] for b in result["bodies"]}
    assert lost[EDUCATION] == sum(1 for e in today if e[1][1] == EDUCATION)
    assert sum(b["net"] for b in result["bodies"]) == 0

    answer = await city.get(f"/v1/impacts/{impact}/moves", params={"format": "csv"})
    rows = list(csv.DictReader(io.StringIO(answer.text.removeprefix("\ufeff"))))
    assert {row["organization_id"] for row in rows} == {k for k, days in listed.items() if days}

    again = await run(settings)
    digest = (await city.get(f"/v1/impacts/{again}")).json()["result"]["digest"]
    assert digest == result["digest"]


async def test_whom_an_override_places_does_not_move_while_it_holds(
    city: httpx.AsyncClient,
    settings: Settings,
    stories: dict[str, list[tuple[str, str | None, Any]]],
) -> None:
    factory = make_factory(settings)
    before = await factory.current.read()
    start, until = date(2018, 1, 1), date(2019, 1, 1)
    async with factory.database.transaction() as connection:
        await connection.execute(
            text(
                "INSERT INTO override (id, organization_id, body_id, area, valid_from, valid_until,"
                " revision, document) SELECT gen_random_uuid(), id, 'x', '440303', :start, :until,"
                " 1, '{}' FROM unnest(CAST(:ids AS uuid[])) AS id"
            ),
            {"start": start, "until": until, "ids": [UUID(key) for key in stories]},
        )
    await factory.database.close()
    impact = await run(settings)
    page = await city.get(f"/v1/impacts/{impact}/moves", params={"limit": 1000})
    listed: dict[str, set[Any]] = {identifier: set() for identifier in stories}
    for move in page.json()["items"]:
        listed[move["organization_id"]] |= days_of(move)
    held = range(start.toordinal(), until.toordinal())
    assert any(day[0] < held.start for days in listed.values() for day in days)
    assert any(day[0] >= held.stop for days in listed.values() for day in days)
    assert listed == {
        key: {day for day in naive(before, timeline) if day[0] not in held}
        for key, timeline in stories.items()
    }


async def test_a_caller_limited_to_areas_sees_its_part_of_an_impact(
    city: httpx.AsyncClient,
    settings: Settings,
    keys: TestKeys,
    stories: dict[str, list[tuple[str, str | None, Any]]],
) -> None:
    impact = await run(settings)
    whole = (await city.get(f"/v1/impacts/{impact}/moves", params={"limit": 1000})).json()["items"]
    parts = []
    for area in ("440303", "440309", "4401"):
        headers = keys.headers("router:read", areas=[area])
        page = await city.get(
            f"/v1/impacts/{impact}/moves", params={"limit": 1000}, headers=headers
        )
        items = page.json()["items"]
        assert all(item["area"].startswith(area) for item in items)
        result = (await city.get(f"/v1/impacts/{impact}", headers=headers)).json()["result"]
        assert (result["digest"], result["assessed"]) == (None, None)
        assert all(sample["area"].startswith(area) for sample in result["samples"])
        assert bool(result["moved_on_any_day"]) == bool(items)
        parts += items
    assert sorted(map(str, parts)) == sorted(map(str, whole))


async def test_an_unknown_impact_is_not_found(city: httpx.AsyncClient) -> None:
    for path in ("", "/moves", "/moves?format=csv"):
        answer = await city.get(f"/v1/impacts/{UUID(int=7)}{path}")
        assert answer.status_code == 404
