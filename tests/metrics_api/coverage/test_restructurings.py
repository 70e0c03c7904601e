"""A street split in two and a 新区 that became a district: past facts under the areas of their
time and under today's, each summing to the whole.
"""

from datetime import date
from typing import Any
from uuid import UUID

import pytest
from tests.metrics_api.histories import organization_state
from tests.metrics_api.world import START, World

from servicekit.testing import TestKeys

ON = date(2016, 3, 1)
"""The day of both restructurings; the clock stands on 2016-06-14."""
BEFORE, AFTER = "2016-02-01", "2016-05-01"
INDICATOR = {"indicator": "organizational_coverage"}


@pytest.fixture
async def restructured(world: World) -> World:
    """Two organizations of the split street (one amended to its new code, one not), one in another
    street, two in the 新区 (one under its new code since).
    """
    told, since = world.histories, date(2000, 1, 1)
    for code, name in (("440303101", "南街道"), ("440303102", "北街道")):
        told.area(code, "street", "440303", ON, name)
    told.area("440303001", "street", "440303", since, "老街道", ON, ("440303101", "440303102"))
    told.area("440390", "district", "440300", since, "光明新区", ON, ("440311",))
    told.area("440311", "district", "440300", ON, "光明区")
    told.area("440390001", "street", "440390", since, "公明街道", ON, ("440311001",))
    told.area("440311001", "street", "440311", ON, "公明街道")
    # the small register: 1 and 4 in 440303001, 2 in 440303002, 3 in the authority's district
    _move(world, 1, "440303101")
    for number, amended in ((7, True), (8, False)):
        told.tell(UUID(int=number), START, organization_state(domicile=_in("440390001")))
        if amended:
            _move(world, number, "440311001")
    await world.apply()
    return world


def _in(code: str) -> dict[str, Any]:
    return {"division_code": code, "address": None}


def _move(world: World, number: int, code: str) -> None:
    world.histories.tell(UUID(int=number), ON, {"domicile": _in(code)})


async def counted(world: World, **params: str) -> dict[str, int]:
    """The denominators by the one dimension asked for; the parts sum to the whole."""
    answer = await world.client.get("/v1/coverage", params={**INDICATOR, **params})
    assert answer.status_code == 200, answer.text
    found = answer.json()
    assert sum(g["denominator"] for g in found["groups"]) == found["total"]["denominator"] == 6
    return {"".join(g["by"].values()): g["denominator"] for g in found["groups"]}


OLD_DISTRICTS = {"440303": 3, "440306": 1, "440390": 2}
NEW_DISTRICTS = {"440303": 3, "440306": 1, "440311": 2}


@pytest.mark.parametrize(
    ("day", "hierarchy", "districts", "streets"),
    [
        (BEFORE, "as_was", OLD_DISTRICTS,
         {"440303001": 2, "440303002": 1, "440390001": 2, "unassigned": 1}),
        (BEFORE, "as_is", NEW_DISTRICTS,
         {"440303002": 1, "440311001": 2, "unassigned": 3}),
        (AFTER, "as_was", NEW_DISTRICTS,
         {"440303002": 1, "440303101": 1, "440311001": 2, "unassigned": 2}),
        (AFTER, "as_is", NEW_DISTRICTS,
         {"440303002": 1, "440303101": 1, "440311001": 2, "unassigned": 2}),
        (AFTER, BEFORE, OLD_DISTRICTS,
         {"440303001": 2, "440303002": 1, "440390001": 2, "unassigned": 1}),
    ],
)  # fmt: skip
async def test_facts_of_a_day_count_in_the_areas_of_that_day_or_of_the_one_asked_for(
    restructured: World,
    day: str,
    hierarchy: str,
    districts: dict[str, int],
    streets: dict[str, int],
) -> None:
    params = {"valid_on": day, "hierarchy": hierarchy}
    assert await counted(restructured, group_by="district", **params) == districts
    assert await counted(restructured, group_by="street", **params) == streets


async def test_the_areas_carry_the_names_of_the_day_whose_areas_they_are(
    restructured: World,
) -> None:
    params = {**INDICATOR, "valid_on": BEFORE, "hierarchy": "as_is", "group_by": "district"}
    groups = (await restructured.client.get("/v1/coverage", params=params)).json()["groups"]
    assert {g["labels"]["district"] for g in groups} == {"罗湖区", "宝安区", "光明区"}


async def test_the_receipt_pins_the_day_of_as_is(restructured: World) -> None:
    for path, params in (
        ("/v1/coverage", {"group_by": "street", "valid_on": BEFORE}),
        ("/v1/coverage/series", {"group_by": "district", "from": "2016-01-01"}),
        ("/v1/coverage/members", {"area": "440311", "valid_on": BEFORE, "part": "denominator"}),
    ):
        asked = {**INDICATOR, **params, "hierarchy": "as_is"}
        answer = await restructured.client.get(path, params=asked)
        assert answer.json()["hierarchy_on"] == "2016-06-14", answer.text
        restructured.clock.set(date(2015, 7, 1))
        again = await restructured.client.get(answer.json()["receipt"]["request"])
        restructured.clock.set(date(2016, 6, 14))
        assert again.content == answer.content


async def test_series_and_members_follow_the_hierarchy_too(restructured: World) -> None:
    ask = restructured.client.get
    filters = {**INDICATOR, "area": "440311"}
    series = {**filters, "from": "2016-01-31", "to": "2016-04-30"}
    shown = {}
    for hierarchy in ("as_was", "as_is"):
        answer = await ask("/v1/coverage/series", params={**series, "hierarchy": hierarchy})
        [line] = answer.json()["series"]
        shown[hierarchy] = [point["denominator"] for point in line["points"]]
    assert shown == {"as_was": [0, 0, 2, 2], "as_is": [2, 2, 2, 2]}
    listed = {**filters, "valid_on": BEFORE, "part": "denominator", "limit": "1"}
    first = (await ask("/v1/coverage/members", params={**listed, "hierarchy": "as_is"})).json()
    restructured.clock.set(date(2016, 1, 1))
    rest = {**listed, "hierarchy": "as_is", "cursor": first["next_cursor"]}
    second = (await ask("/v1/coverage/members", params=rest)).json()
    found = [*first["items"], *second["items"]]
    assert [UUID(item["id"]).int for item in found] == [7, 8]
    assert {item["district"]["name"] for item in found} == {"光明区"}
    assert {item["area"]["code"] for item in found} == {"440390001"}


async def test_the_forecast_follows_the_hierarchy_and_pins_its_day(restructured: World) -> None:
    asked = {"until": "2019-12-31", "valid_on": BEFORE}
    shown = {}
    for hierarchy in ("as_was", "as_is"):
        params = {**asked, "hierarchy": hierarchy, "group_by": "district"}
        answer = await restructured.client.get("/v1/forecast", params=params)
        document = answer.json()
        grades = [g for g in document["groups"] if g["obligation"] == "renew_grade"]
        shown[hierarchy] = {g["labels"]["district"]: g["due"] for g in grades}
        [whole] = [o for o in document["obligations"] if o["obligation"] == "renew_grade"]
        assert sum(shown[hierarchy].values()) == whole["due"]
        within = {**asked, "hierarchy": hierarchy, "area": "440311"}
        inside = (await restructured.client.get("/v1/forecast", params=within)).json()
        [found] = [o for o in inside["obligations"] if o["obligation"] == "renew_grade"]
        assert found["due"] == shown[hierarchy].get("光明区", 0)
    assert shown["as_was"]["光明新区"] == shown["as_is"]["光明区"] == 2
    assert document["hierarchy_on"] == "2016-06-14"
    restructured.clock.set(date(2015, 7, 1))
    again = await restructured.client.get(document["receipt"]["request"])
    assert again.content == answer.content


async def test_a_limited_caller_sees_the_same_organizations_under_any_hierarchy(
    restructured: World, keys: TestKeys
) -> None:
    headers = keys.headers("metrics:read", areas=["440390"])
    for hierarchy in ("as_was", "as_is"):
        params = {**INDICATOR, "valid_on": BEFORE, "hierarchy": hierarchy}
        answer = await restructured.client.get("/v1/coverage", params=params, headers=headers)
        assert answer.json()["total"]["denominator"] == 2


async def test_a_chart_draws_todays_areas(restructured: World) -> None:
    params = {**INDICATOR, "valid_on": BEFORE, "group_by": "district", "hierarchy": "as_is"}
    drawn = await restructured.client.get("/v1/charts/bars.svg", params=params)
    assert "光明区" in drawn.text
    assert "光明新区" not in drawn.text
