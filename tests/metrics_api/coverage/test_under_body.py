"""`under_body`: what a body and those beneath it supervise, in every answer that takes filters."""

from datetime import date
from typing import Any
from uuid import UUID

import pytest
from tests.metrics_api.histories import BODIES, assignment_state, organization_state
from tests.metrics_api.world import START, World

from servicekit.testing import TestKeys

TREE = {
    "city-society": ("society_work_department", "440300"),
    "district-two-new": ("two_new_work_committee", "440303"),
    "street-a": ("street_work_committee", "440303001"),
    "street-b": ("street_work_committee", "440303002"),
}
"""By the directory 440303002 lies in 440306; the small register has a street's body of its own."""


@pytest.fixture
async def supervised(world: World, monkeypatch: pytest.MonkeyPatch) -> World:
    """One organization under each body; in 2017 the first street's duties pass to another."""
    for number, (code, (kind, area)) in enumerate(TREE.items(), start=21):
        monkeypatch.setitem(BODIES, code, kind)
        _body(world, code, area)
        state = organization_state(name=code, domicile={"division_code": "440303001",
                                                        "address": None})  # fmt: skip
        world.histories.tell(UUID(int=number), START, state)
        world.histories.answer(UUID(int=number), START, None, assignment_state(code))
    await world.apply()
    return world


def _body(world: World, code: str, area: str, on: date = START, **ending: Any) -> None:
    kind = TREE.get(code, ("street_work_committee", ""))[0]
    world.histories.body_in(code, kind, area, on, **ending)


async def names(world: World, **params: Any) -> set[str]:
    asked = {"indicator": "organizational_coverage", "part": "denominator", **params}
    answer = await world.client.get("/v1/coverage/members", params=asked)
    assert answer.status_code == 200, answer.text
    return {item["name"] for item in answer.json()["items"]}


async def test_a_body_is_asked_with_those_beneath_it(supervised: World) -> None:
    assert await names(supervised, under_body="city-society") == {*TREE, "某医院"}
    assert await names(supervised, under_body="district-two-new") == {
        "district-two-new", "street-a",
    }  # fmt: skip
    assert await names(supervised, under_body="street-a,street-b") == {"street-a", "street-b"}
    both = {"under_body": "district-two-new", "body": "street-a,street-b"}
    assert await names(supervised, **both) == {"street-a"}


async def test_every_answer_takes_it(supervised: World, keys: TestKeys) -> None:
    asked = {"indicator": "organizational_coverage", "under_body": "district-two-new"}
    client = supervised.client
    whole = (await client.get("/v1/coverage", params=asked)).json()
    assert whole["total"]["denominator"] == 2
    assert "under_body=district-two-new" in whole["receipt"]["request"]
    days = {"from": "2015-06-01", "to": "2016-01-31", "period": "quarter"}
    series = (await client.get("/v1/coverage/series", params={**asked, **days})).json()
    assert {point["denominator"] for point in series["series"][0]["points"]} == {2}
    two = {"from": "2014-01-01", "to": "2016-01-31"}
    told = (await client.get("/v1/coverage/comparison", params={**asked, **two})).json()
    assert [(part["change"], part["organizations"]) for part in told["parts"]] == [("entered", 2)]
    ahead = {"under_body": "district-two-new", "until": "2020-01-01", "body": "street-a"}
    forecast = (await client.get("/v1/forecast", params=ahead)).json()
    grades = {it["obligation"]: it["due"] for it in forecast["obligations"]}
    assert grades["renew_grade"] == 1
    target = {
        "title": {"zh": "一", "en": "one"}, "indicator": "work_coverage", "goal": 0.9,
        "deadline": "2016-12-31", "reference": "r", "filters": {"under_body": ["city-society"]},
    }  # fmt: skip
    headers = keys.headers("metrics:read metrics:write")
    made = (await client.post("/v1/targets", json=target, headers=headers)).json()
    told = (await client.get("/v1/targets", params={"target": made["id"]})).json()
    assert told["targets"][0]["variants"][0]["denominator"] == len(TREE) + 1
    narrow = keys.headers("metrics:read metrics:write", areas=["440306"])
    assert (await client.post("/v1/targets", json=target, headers=narrow)).status_code == 403


async def test_the_tree_of_the_day_and_of_today(supervised: World) -> None:
    """As it was the street's own body counts; as it is, it is found in what succeeded it."""
    until = date(2016, 2, 1)
    _body(supervised, "street-new", "440303002", on=until)
    _body(supervised, "street-a", "440303001", until=until, successor="street-new")
    await supervised.apply()
    then = {"valid_on": "2016-01-01"}
    district = {"under_body": "district-two-new"}
    assert await names(supervised, **then, **district) == {"district-two-new", "street-a"}
    today = await names(supervised, **then, **district, hierarchy="as_is")
    assert today == {"district-two-new"}
    heir = {"under_body": "street-new", "hierarchy": "as_is"}
    assert await names(supervised, **then, **heir) == {"street-a"}
    series = await supervised.client.get(
        "/v1/coverage/series",
        params={"indicator": "organizational_coverage", "from": "2016-01-01", "to": "2016-02-29",
                **district},
    )  # fmt: skip
    points = series.json()["series"][0]["points"]
    assert [point["denominator"] for point in points] == [2, 1]


async def test_a_body_that_is_not_known_is_refused(supervised: World) -> None:
    for path in ("coverage?indicator=work_coverage", "forecast?until=2030-01-01"):
        answer = await supervised.client.get(f"/v1/{path}&under_body=nobody")
        assert answer.status_code == 422
        [broken] = answer.json()["errors"]
        assert (broken["pointer"], broken["rule"]) == ("/under_body", "unknown_body")
