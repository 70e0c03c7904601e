"""`GET /v1/organizations/{id}/standing` as its users see it."""

from datetime import date
from typing import Any
from uuid import UUID

import pytest
from tests.metrics_api.world import START, World

from metrics_api.coverage.standing.schemas import Standing
from servicekit.testing import TestKeys


def path(organization: int) -> str:
    return f"/v1/organizations/{UUID(int=organization)}/standing"


async def ask(world: World, organization: int, **params: Any) -> dict[str, Any]:
    answer = await world.client.get(path(organization), params=params)
    assert answer.status_code == 200, answer.text
    document: dict[str, Any] = answer.json()
    Standing.model_validate(document)
    return document


def of(document: dict[str, Any], indicator: str) -> tuple[Any, ...]:
    [found] = [s for s in document["indicators"] if s["indicator"] == indicator]
    facts = [(fact["field"], fact["value"], fact["since"]) for fact in found["facts"]]
    return found["asked"], found["counted"], facts


async def test_each_indicator_says_whether_and_by_which_fact_since_when(world: World) -> None:
    world.histories.tell(UUID(int=4), date(2015, 6, 1), {"full_time_staff": 3})
    world.histories.tell(UUID(int=4), date(2015, 9, 1), {"party": {"organizer": None}})
    await world.apply()
    found = await ask(world, 4)
    assert (found["name"], found["valid_on"]) == ("某医院", "2016-06-14")
    assert of(found, "organizational_coverage") == (
        True, False, [("party_mode", None, "2015-01-01")],
    )  # fmt: skip
    assert of(found, "eligible_coverage") == (False, False, [("full_members", 2, "2015-01-01")])
    assert of(found, "information_base_organizers") == (
        True, False, [("has_organizer", False, "2015-09-01")],
    )  # fmt: skip
    before = await ask(world, 4, valid_on="2015-08-01")
    assert of(before, "work_coverage") == (True, True, [("has_organizer", True, "2015-01-01")])
    gone = await ask(world, 5)
    assert of(gone, "work_coverage") == (False, False, [("status", "deregistered", "2015-01-01")])


async def test_it_agrees_with_the_lists_of_every_indicator(world: World) -> None:
    await world.apply()
    for number in (1, 2, 3, 4, 5):
        for standing in (await ask(world, number))["indicators"]:
            for part, stands in (("denominator", "asked"), ("numerator", "counted")):
                params = {"indicator": standing["indicator"], "part": part}
                listed = (await world.client.get("/v1/coverage/members", params=params)).json()
                ids = {UUID(item["id"]).int for item in listed["items"]}
                assert (number in ids) is standing[stands], (standing["indicator"], part)


async def test_its_receipt_repeats_it(world: World) -> None:
    await world.apply()
    first = await world.client.get(path(1))
    world.histories.tell(UUID(int=1), START, {"status": "suspended"})
    await world.apply()
    again = await world.client.get(first.json()["receipt"]["request"])
    assert again.content == first.content
    assert of(await ask(world, 1), "work_coverage")[0] is False


@pytest.mark.parametrize(
    ("organization", "params", "areas", "status"),
    [
        (99, {}, None, 404),
        (1, {"valid_on": "2014-12-31"}, None, 404),
        (1, {}, ["440306"], 404),
        (1, {}, [], 404),
        (3, {}, ["440306"], 404),
        (1, {}, ["440303"], 200),
        (1, {"edition": 99}, None, 422),
        (1, {"valid_on": "now"}, None, 422),
    ],
)
async def test_who_is_not_there_or_not_to_be_seen_is_not_found(
    world: World,
    keys: TestKeys,
    organization: int,
    params: dict[str, Any],
    areas: list[str] | None,
    status: int,
) -> None:
    await world.apply()
    answer = await world.client.get(
        path(organization),
        params=params,
        headers=keys.headers("metrics:read", **({} if areas is None else {"areas": areas})),
    )
    assert answer.status_code == status, answer.text
