"""`GET /v1/charts/…`: what `/v1/coverage` answers, drawn."""

from typing import Any
from xml.etree import ElementTree

import pytest
from tests.metrics_api.world import World

from servicekit.testing import TestKeys

BARS = "/v1/charts/bars.svg"
TREND = "/v1/charts/trend.svg"
SVG = "{http://www.w3.org/2000/svg}"
ASKED = {"indicator": "organizational_coverage"}


def told(markup: str) -> list[str]:
    """What the bars say of themselves."""
    root = ElementTree.fromstring(markup)  # noqa: S314
    return [group.findtext(f"{SVG}title") or "" for group in root.findall(f"{SVG}g")]


async def test_bars_say_what_coverage_counts(world: World) -> None:
    await world.apply()
    params = {**ASKED, "group_by": "kind"}
    answer = await world.client.get(BARS, params={**params, "lang": "en"})
    assert answer.status_code == 200, answer.text
    assert answer.headers["content-type"] == "image/svg+xml"
    assert answer.headers["content-security-policy"] == "default-src 'none'"
    counted = (await world.client.get("/v1/coverage", params=params)).json()
    found = told(answer.text)
    assert found[0] == "Foundation 0.0% 0 / 1"
    assert [line.split()[-3:] for line in found] == [
        [str(group["numerator"]), "/", str(group["denominator"])] for group in counted["groups"]
    ]


async def test_bars_speak_chinese_by_default_and_name_places_and_the_unassigned(
    world: World,
) -> None:
    await world.apply()
    answer = await world.client.get(BARS, params={**ASKED, "group_by": "street"})
    assert answer.headers["content-language"] == "zh-CN"
    assert "组织覆盖率，按街道" in answer.text
    assert any(line.startswith("未确定") for line in told(answer.text))


async def test_a_bar_with_a_target_shows_its_goal_and_how_it_stands(world: World) -> None:
    await world.apply()
    answer = await world.client.get(BARS, params={**ASKED, "group_by": "grade", "lang": "en"})
    [line] = [line for line in told(answer.text) if line.startswith("4A")]
    assert line == "4A ▽ 66.7% 2 / 3"
    assert "chart-mark" in answer.text


async def test_the_same_request_at_an_edition_draws_the_same_bytes(world: World) -> None:
    await world.apply()
    for path in (BARS, TREND):
        params: dict[str, str] = {**ASKED, "edition": "2", "valid_on": "2016-06-14"}
        params |= {"group_by": "district"} if path == BARS else {"step": "quarter", "points": "3"}
        first = await world.client.get(path, params=params)
        assert first.status_code == 200, first.text
        assert (await world.client.get(path, params=params)).content == first.content


async def test_a_trend_has_a_point_for_each_period_and_gaps_before_anybody_was_there(
    world: World,
) -> None:
    await world.apply()
    params = {**ASKED, "step": "year", "points": "4", "lang": "en"}
    root = ElementTree.fromstring((await world.client.get(TREND, params=params)).text)  # noqa: S314
    points = [circle.findtext(f"{SVG}title") for circle in root.findall(f"{SVG}circle")]
    assert points == ["2015-12 75.0%", "2016-06-14 75.0%"]


async def test_without_data_the_charts_say_so(world: World) -> None:
    for path, params in ((BARS, {"group_by": "kind"}), (TREND, {})):
        answer = await world.client.get(path, params={**ASKED, "lang": "en", **params})
        assert answer.status_code == 200
        assert "There is no organization to count" in answer.text


async def test_a_caller_limited_to_areas_sees_only_those(world: World, keys: TestKeys) -> None:
    await world.apply()
    answer = await world.client.get(
        BARS,
        params={**ASKED, "group_by": "district"},
        headers=keys.headers("metrics:read", areas=["440306"]),
    )
    assert told(answer.text) == []


@pytest.mark.parametrize(
    ("path", "params", "status", "rule"),
    [
        (BARS, {}, 422, "one_dimension"),
        (BARS, {"group_by": "kind,grade"}, 422, "one_dimension"),
        (BARS, {"group_by": "colour"}, 422, "unknown_dimension"),
        (BARS, {"group_by": "kind", "lang": "fr"}, 422, "literal_error"),
        (TREND, {"step": "week"}, 422, "literal_error"),
        (TREND, {"points": "0"}, 422, "greater_than_equal"),
        (TREND, {"points": "61"}, 422, "less_than_equal"),
        (TREND, {"indicator": "happiness"}, 422, "unknown_indicator"),
        (TREND, {"kind": "club"}, 422, "unknown_code"),
        (TREND, {"group_by": "kind"}, 400, "unknown_parameter"),
    ],
)
async def test_what_can_not_be_drawn_is_refused_by_name(
    world: World, path: str, params: dict[str, Any], status: int, rule: str
) -> None:
    await world.apply()
    answer = await world.client.get(path, params={**ASKED, **params})
    assert answer.status_code == status, answer.text
    assert answer.json()["errors"][0]["rule"] == rule


async def test_a_token_is_needed(world: World) -> None:
    for path in (BARS, TREND):
        answer = await world.client.get(path, params=ASKED, headers={"authorization": ""})
        assert answer.status_code == 401
