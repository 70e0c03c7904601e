"""Indicators that look at the calendar period of the day: inspected, lived, trained; and sites."""

from uuid import UUID

import pytest
from tests.metrics_api.histories import organization_state
from tests.metrics_api.world import START, World

INSPECTED, LIFE = "inspected_with_party_section", "regular_organizational_life"
TRAINED, SITES = "trained_secretaries", "demonstration_sites"


@pytest.fixture
async def told(world: World) -> World:
    """Beside the small register (three formed, in operation) one of which all is known."""
    party = organization_state()["party"]
    life = {"quarter": "2016Q1", "member_meetings": 1, "committee_meetings": 3,
            "group_meetings": 0, "lectures": 2}  # fmt: skip
    state = organization_state(
        annual_inspection={"year": 2015, "result": "passed", "party_section": True,
                           "on": "2016-03-01"},
        party={**party, "organizational_life": life,
               "training": {"year": 2016, "secretary_hours": 8, "member_hours": 0},
               "demonstration_site": {"state": "designated", "on": "2016-02-01", "theme": None}},
    )  # fmt: skip
    world.histories.tell(UUID(int=20), START, state)
    idle = {**life, "lectures": 0}
    other = organization_state(
        annual_inspection={"year": 2015, "result": "passed", "party_section": False,
                           "on": "2016-03-01"},
        party={**party, "organizational_life": idle,
               "training": {"year": 2016, "secretary_hours": 0, "member_hours": 9},
               "demonstration_site": {"state": "nominated", "on": "2016-02-01", "theme": None}},
    )  # fmt: skip
    world.histories.tell(UUID(int=21), START, other)
    await world.apply()
    return world


@pytest.mark.parametrize(
    ("indicator", "day", "tally"),
    [
        (INSPECTED, "2015-06-30", (1, 2)),
        (INSPECTED, "2016-12-31", (1, 2)),
        (INSPECTED, "2017-01-01", (0, 0)),
        (LIFE, "2016-06-30", (1, 5)),
        (LIFE, "2016-07-01", (0, 5)),
        (TRAINED, "2017-12-31", (1, 5)),
        (TRAINED, "2018-01-01", (0, 5)),
        (SITES, "2018-01-01", (1, 5)),
    ],
)
async def test_the_period_of_the_day_decides(
    told: World, indicator: str, day: str, tally: tuple[int, int]
) -> None:
    params = {"indicator": indicator, "valid_on": day}
    total = (await told.client.get("/v1/coverage", params=params)).json()["total"]
    assert (total["numerator"], total["denominator"]) == tally
    point = {"indicator": indicator, "from": day, "to": day, "period": "year"}
    series = await told.client.get("/v1/coverage/series", params=point)
    assert series.status_code == 200, series.text
    whole = series.json()["series"][0]["points"][-1]
    assert (whole["numerator"], whole["denominator"]) == tally


async def test_standing_and_list_name_the_facts_that_decide(told: World) -> None:
    url = f"/v1/organizations/{UUID(int=21)}/standing"
    answer = (await told.client.get(url, params={"valid_on": "2016-06-30"})).json()
    facts = {each["indicator"]: each for each in answer["indicators"]}
    assert (facts[LIFE]["asked"], facts[LIFE]["counted"]) == (True, False)
    assert [(f["field"], f["value"]) for f in facts[LIFE]["facts"]] == [("life_lectures", 0)]
    params = {"indicator": INSPECTED, "part": "gap", "valid_on": "2016-06-30"}
    gap = (await told.client.get("/v1/coverage/members", params=params)).json()["items"]
    assert [item["id"] for item in gap] == [str(UUID(int=21))]
