"""The impact of another jurisdiction over a whole register, held equal to a naive comparison."""

import csv
import io
from collections.abc import Mapping, Sequence
from dataclasses import asdict, replace
from datetime import date
from random import Random
from typing import Any
from uuid import UUID

import httpx
import pytest
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection
from tests.jurisdiction_router.registry_ledger import RegistryLedger
from tests.jurisdiction_router.small_city import organization

from jurisdiction_router.core.deciding.designation import Override, Replaced
from jurisdiction_router.core.deciding.timeline import Jurisdiction
from jurisdiction_router.core.directory.directory import Directory
from jurisdiction_router.core.rules.facts import facts_timeline
from jurisdiction_router.factory import compose
from jurisdiction_router.facts import rows as fact_rows
from jurisdiction_router.impacts.compute import JOB_KIND, Proposal, RunImpact
from jurisdiction_router.overrides import rows as override_rows
from jurisdiction_router.overrides.rows import StoredDocument
from jurisdiction_router.settings import Settings
from servicekit import jobs
from servicekit.follower import Follower
from servicekit.testing import TestKeys

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


def naive(
    before: Jurisdiction,
    timeline: list[tuple[str, str | None, Any]],
    overrides: Sequence[Override] = (),
) -> set[Any]:
    """Each day on which an organization has another answer, with both answers."""
    periods = facts_timeline(
        (date.fromisoformat(a), date.fromisoformat(b) if b else None, state)
        for a, b, state in timeline
    )
    days: dict[int, list[Any]] = {}
    for jurisdiction in (before, without_committees(before)):
        for segment in jurisdiction.timeline(periods, overrides):
            until = segment.until or date(2025, 1, 1)
            answer = segment.value.outcome, segment.value.body_id
            for number in range(segment.start.toordinal(), until.toordinal()):
                days.setdefault(number, []).append(answer)
    return {(number, *pair) for number, pair in days.items() if pair[0] != pair[1]}


def answers_of(move: Mapping[str, Any]) -> tuple[Any, ...]:
    """What neighbours in time may not share: they would be one move."""
    return (
        move["area"],
        move["area_after"],
        *(
            (side["outcome"], side["supervising"] and side["supervising"]["id"])
            for side in (move["before"], move["after"])
        ),
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
    services = compose(settings)
    async with services.database.transaction() as connection:
        identifier = await jobs.enqueue(connection, JOB_KIND, {"of": "test"}, "tester", None)
        await connection.execute(
            text("UPDATE job SET state = 'running', lease_until = now() + interval '1 hour'")
        )
        job = await jobs.find(connection, identifier)
    assert job is not None
    await RunImpact(services.database, services.current, {"test": propose})(job)
    async with services.database.transaction() as connection:
        await connection.execute(text("UPDATE job SET state = 'succeeded'"))
    await services.database.close()
    return identifier


async def test_the_list_says_who_moves_on_which_days_and_nobody_else(
    city: httpx.AsyncClient,
    settings: Settings,
    stories: dict[str, list[tuple[str, str | None, Any]]],
) -> None:
    services = compose(settings)
    before = await services.current.read()
    await services.database.close()
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


async def test_whom_an_override_places_moves_as_its_whole_timeline_does(
    city: httpx.AsyncClient,
    settings: Settings,
    stories: dict[str, list[tuple[str, str | None, Any]]],
) -> None:
    """Not while it holds, from the day of its expiry on again; and when its body ends by it."""
    services = compose(settings)
    before = await services.current.read()
    random = Random(20160614)  # noqa: S311
    overrides: dict[str, list[Override]] = {}
    async with services.database.transaction() as connection:
        for number, key in enumerate(stories):
            start = date(random.randint(2015, 2019), 3, 5)
            until = start if number % 10 == 0 else date(start.year + random.randint(1, 3), 3, 5)
            body = random.choice([HEALTH, "440303001-street_work_committee", "nobody"])
            override = Override(
                UUID(int=number), UUID(key), body, start, until, "区委组织部", "1号",
                {"source": "1号", "article": None, "text": None}, "部务会", Replaced(None, None),
            )  # fmt: skip
            document = {
                **asdict(override), "id": str(override.id), "organization_id": key,
                "valid_from": start.isoformat(), "valid_until": until.isoformat(),
                "replaces": {"outcome": None, "body_id": None},
            }  # fmt: skip
            held = StoredDocument(override.id, "440303", 1, document)
            await override_rows.put_override(connection, held)
            overrides[key] = [override] if start < until else []
    await services.database.close()
    impact = await run(settings)
    listed: dict[str, set[Any]] = {identifier: set() for identifier in stories}
    moves = (await city.get(f"/v1/impacts/{impact}/moves", params={"limit": 1000})).json()["items"]
    for move in moves:
        listed[move["organization_id"]] |= days_of(move)
    expected = {key: naive(before, story, overrides[key]) for key, story in stories.items()}
    assert listed == expected
    begins = {(move["organization_id"], move["valid_from"]) for move in moves}
    held_by = [(key, own[0]) for key, own in overrides.items() if own]
    assert any((key, o.valid_until.isoformat()) in begins for key, o in held_by)
    assert any(
        (key, GONE_ON.isoformat()) in begins
        for key, o in held_by
        if o.body_id == HEALTH and o.valid_from < GONE_ON < o.valid_until
    )


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
        assert all(
            item["area"].startswith(area) or item["area_after"].startswith(area) for item in items
        )
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
