"""`GET /v1/coverage/series` as its users see it."""

from datetime import date
from typing import Any
from uuid import UUID

import pytest
from tests.metrics_api.histories import organization_state
from tests.metrics_api.world import START, World

from metrics_api.coverage.series.schemas import CoverageSeries
from servicekit.testing import TestKeys

SERIES = "/v1/coverage/series"
ASKED = {"indicator": "organizational_coverage", "from": "2014-11-15", "to": "2015-03-10"}


async def ask(world: World, **params: Any) -> dict[str, Any]:
    answer = await world.client.get(SERIES, params={**ASKED, **params})
    assert answer.status_code == 200, answer.text
    document: dict[str, Any] = answer.json()
    CoverageSeries.model_validate(document)
    return document


async def told(world: World) -> None:
    """Two births in February 2015, one of which ends in March; a move between districts."""
    tell = world.histories.tell
    tell(UUID(int=8), date(2015, 2, 10), organization_state(kind="foundation"))
    tell(UUID(int=9), date(2015, 2, 28), organization_state(kind="foundation"))
    tell(UUID(int=9), date(2015, 3, 5), {"status": "deregistered"})
    tell(UUID(int=1), date(2015, 2, 1), {"domicile": {"division_code": "440306005"}})
    await world.apply()


async def test_each_period_ends_with_a_count_and_so_does_the_last_day(world: World) -> None:
    await told(world)
    found = await ask(world)
    assert (found["period"], found["from"], found["to"]) == ("month", "2014-11-15", "2015-03-10")
    [whole] = found["series"]
    assert (whole["indicator"], whole["by"]) == ("organizational_coverage", None)
    assert [tuple(point.values()) for point in whole["points"]] == [
        ("2014-11-30", 0, 0, None),
        ("2014-12-31", 0, 0, None),
        ("2015-01-31", 3, 4, 0.75),
        ("2015-02-28", 5, 6, 0.833333),
        ("2015-03-10", 4, 5, 0.8),
    ]


@pytest.mark.parametrize(
    ("period", "days"),
    [
        ("quarter", ["2014-12-31", "2015-03-10"]),
        ("year", ["2014-12-31", "2015-03-10"]),
    ],
)
async def test_periods_are_those_of_the_calendar(
    world: World, period: str, days: list[str]
) -> None:
    await told(world)
    [whole] = (await ask(world, period=period))["series"]
    assert [point["valid_on"] for point in whole["points"]] == days


async def test_every_point_of_every_group_is_the_count_of_that_day(world: World) -> None:
    await told(world)
    indicators = "organizational_coverage,work_coverage"
    for group_by in ("district", "kind,body", "grade"):
        found = await ask(world, indicator=indicators, group_by=group_by, kind="foundation")
        for line in found["series"]:
            for point in line["points"]:
                await assert_counted(world, line, point, group_by)
        assert {line["indicator"] for line in found["series"]} == set(indicators.split(","))


async def assert_counted(
    world: World, line: dict[str, Any], point: dict[str, Any], group_by: str
) -> None:
    params = {
        "indicator": line["indicator"], "valid_on": point["valid_on"],
        "group_by": group_by, "kind": "foundation",
    }  # fmt: skip
    counted = (await world.client.get("/v1/coverage", params=params)).json()
    groups = [group for group in counted["groups"] if group["by"] == line["by"]]
    tally = counted["total"] if line["by"] is None else groups[0] if groups else None
    expected = (tally["numerator"], tally["denominator"], tally["rate"]) if tally else (0, 0, None)
    assert (point["numerator"], point["denominator"], point["rate"]) == expected


async def test_the_groups_carry_names_and_sum_to_the_whole(world: World) -> None:
    await told(world)
    whole, *groups = (await ask(world, group_by="district"))["series"]
    assert [(line["by"], line["labels"]) for line in groups] == [
        ({"district": "440303"}, {"district": "罗湖区"}),
        ({"district": "440306"}, {"district": "宝安区"}),
    ]
    for number, point in enumerate(whole["points"]):
        for figure in ("numerator", "denominator"):
            parts = (line["points"][number][figure] for line in groups)
            assert point[figure] == sum(parts)
    moved = [line["points"][2:4] for line in groups]
    assert [[p["denominator"] for p in points] for points in moved] == [[3, 4], [1, 2]]


async def test_the_receipt_repeats_the_series(world: World) -> None:
    await told(world)
    params = {"indicator": ASKED["indicator"], "from": "2016-01-01", "group_by": "street"}
    first = await world.client.get(SERIES, params=params)
    world.histories.tell(UUID(int=7), START, organization_state())
    await world.apply()
    receipt = first.json()["receipt"]
    assert "to=2016-06-14" in receipt["request"]
    assert (await world.client.get(receipt["request"])).content == first.content
    csv = await world.client.get(receipt["request"] + "&format=csv")
    assert csv.content.decode("utf-8-sig").startswith("街道,街道名称,指标,统计日期,分子,分母,比率")


async def test_before_the_rule_there_are_no_figures(world: World) -> None:
    await told(world)
    found = await ask(
        world, **{"indicator": "eligible_coverage", "from": "1920-01-01", "period": "year"}
    )
    points = found["series"][0]["points"]
    assert points[0]["denominator"] is None
    assert points[-1]["denominator"] == 4


async def test_a_caller_limited_to_areas_sees_only_those(world: World, keys: TestKeys) -> None:
    await told(world)
    answer = await world.client.get(
        SERIES, params=ASKED, headers=keys.headers("metrics:read", areas=["440306"])
    )
    points = answer.json()["series"][0]["points"]
    assert [point["denominator"] for point in points] == [0, 0, 0, 1, 1]


@pytest.mark.parametrize(
    ("params", "pointer", "rule"),
    [
        ({"indicator": "happiness"}, "/indicator", "unknown_indicator"),
        ({"indicator": ""}, "/indicator", "unknown_indicator"),
        ({"group_by": "colour"}, "/group_by", "unknown_dimension"),
        ({"from": "2016-01-01"}, "/from", "from_after_to"),
        ({"from": "1900-02-01"}, "/from", "too_many_points"),
        ({"from": "soon"}, "/from", "date_parsing"),
        ({"period": "week"}, "/period", "literal_error"),
        ({"edition": 99}, "/edition", "edition_ahead"),
        ({"area": "999999"}, "/area", "unknown_area"),
        (
            {"indicator": "eligible_coverage", "from": "1900-02-01", "to": "1900-04-01"},
            "/valid_on",
            "parameter_undefined",
        ),
    ],
)
async def test_bad_input_is_refused(
    world: World, params: dict[str, Any], pointer: str, rule: str
) -> None:
    await told(world)
    answer = await world.client.get(SERIES, params={**ASKED, **params})
    assert answer.status_code == 422, answer.text
    [error] = answer.json()["errors"]
    assert (error["pointer"], error["rule"]) == (pointer, rule)


async def test_more_cells_than_allowed_are_refused(world: World) -> None:
    await told(world)
    params = {**ASKED, "from": "2000-01-01", "group_by": "street"}
    answer = await world.client.get(SERIES, params=params)
    assert answer.status_code == 413
