"""The pages beside the overview, over HTTP: what they show, to whom, and what goes wrong."""

import re
from datetime import date
from html import unescape
from typing import Any
from urllib.parse import parse_qs, unquote, urlsplit
from uuid import UUID

import pytest
from tests.metrics_api.dashboard.test_dashboard import signed_in
from tests.metrics_api.world import START, World

from servicekit.testing import TestKeys


async def page(world: World, keys: TestKeys, path: str, status: int = 200, **claims: Any) -> str:
    headers = signed_in(keys, **claims)
    answer = await world.client.get(f"/dashboard/{path}".replace("/?", "?"), headers=headers)
    assert answer.status_code == status, answer.text
    return answer.text


def path_of(organization: int) -> str:
    return f"organization?id={UUID(int=organization)}"


@pytest.mark.parametrize(
    "path", ["comparison", "forecast", "forecast/organizations?obligation=x", path_of(1)]
)
async def test_a_page_sends_to_the_form_and_comes_back(world: World, path: str) -> None:
    answer = await world.client.get(f"/dashboard/{path}")
    assert answer.status_code == 303
    assert path.split("?", maxsplit=1)[0] in unquote(answer.headers["location"])


async def test_the_comparison_names_who_changed_and_by_which_facts(
    world: World, keys: TestKeys
) -> None:
    world.histories.tell(UUID(int=2), date(2016, 2, 1), {"party": {"organization": None}})
    await world.apply()
    told = await page(world, keys, "comparison?from=2016-01-01&lang=en")
    assert "−25.00 pts" in told
    assert f'data-organization="{UUID(int=2)}"' in told
    assert told.count("data-organization=") == 1
    nothing = await page(world, keys, "comparison?from=2016-03-01&lang=en")
    assert "0.00 pts" in nothing
    assert "data-organization=" not in nothing
    ratio = "comparison?from=2015-12-01&indicator=members_per_party_organization"
    assert "lowers the figure" in await page(world, keys, f"{ratio}&lang=en")


async def test_the_forecast_shows_what_is_overdue_and_due_by_month(
    world: World, keys: TestKeys
) -> None:
    await world.apply()
    told = await page(world, keys, "forecast?until=2020-01-01&lang=en")
    assert "2019-11" in told
    assert 'data-obligation="renew_grade"' in told
    [link] = re.findall(r'href="([^"]+month=2019-11[^"]*)"', told)
    listed = await page(world, keys, unescape(link).removeprefix("/dashboard/"))
    assert listed.count("data-organization=") == 3
    assert "Grade valid until (not including): 1 December 2019" in listed
    wrong = await page(world, keys, "forecast?until=2010-01-01&lang=en", 422)
    assert "until" in wrong


async def test_one_organization_in_every_indicator(world: World, keys: TestKeys) -> None:
    await world.apply()
    told = await page(world, keys, f"{path_of(4)}&lang=en")
    assert told.count("data-indicator=") == len(world.factory.definitions.indicators)
    assert 'data-indicator="organizational_coverage" data-state="not_counted"' in told
    assert f"/v1/organizations/{UUID(int=4)}?valid_on=2016-06-14" in told
    before = await page(world, keys, f"{path_of(1)}&valid_on={START}&lang=zh")
    assert "每个党组织平均党员数" in before
    assert "分子计 6，分母计 1" in before


async def test_what_is_not_there_or_not_to_be_seen_is_a_page_that_says_so(
    world: World, keys: TestKeys
) -> None:
    await world.apply()
    await page(world, keys, path_of(99), 404)
    await page(world, keys, "organization?id=nonsense", 422)
    await page(world, keys, path_of(1), 404, areas=["440306"])
    limited = await page(world, keys, "comparison?from=2014-01-01&lang=en", areas=["440303002"])
    assert limited.count("data-organization=") == 1
    await page(world, keys, "comparison?change=nothing", 422)


@pytest.mark.parametrize(
    ("day", "accepted"),
    [
        ("1900-01-02", True), ("2199-12-31", True), ("", True),
        ("1900-01-01", False), ("2200-01-01", False), ("0001-01-01", False),
        ("9999-12-31", False), ("20160614", False), ("1465862400", False), ("2016-02-30", False),
    ],
)  # fmt: skip
async def test_pages_take_the_dates_that_the_api_takes(
    world: World, keys: TestKeys, day: str, accepted: bool
) -> None:
    await world.apply()
    status = 200 if accepted else 422
    asked = "indicator=organizational_coverage"
    if day:
        for name in ("valid_on", "hierarchy"):
            answer = await world.client.get(f"/v1/coverage?{asked}&{name}={day}")
            assert answer.status_code == status, (name, answer.text)
    for path in ("", "organizations", "forecast", "forecast/organizations", "comparison"):
        obligation = "&obligation=renew_grade" if "/" in path else ""
        ruled = not (path == "forecast" and day == "1900-01-02")  # no rule so early
        expected = status if ruled else 422
        told = await page(world, keys, f"{path}?valid_on={day}{obligation}&lang=en", expected)
        assert ruled or "has no value on 1900-01-02" in told
    await page(world, keys, f"comparison?from={day}", status)
    ahead = accepted and day != "1900-01-02"  # a day before the one that is counted is refused
    status = 200 if ahead else 422
    told = await page(world, keys, f"forecast?valid_on=2016-06-14&until={day}&lang=en", status)
    assert ahead or "Until: " in told


@pytest.mark.parametrize("path", ["", "/organizations", "/comparison", "/forecast"])
async def test_a_filter_that_nobody_can_have_is_a_page_that_says_so(
    world: World, keys: TestKeys, path: str
) -> None:
    await world.apply()
    for body in ("unassigned", "nobody"):
        answer = await world.client.get(
            f"/dashboard{path}?under_body={body}", headers=signed_in(keys)
        )
        assert answer.status_code == 422, answer.text
        assert "under_body" in answer.text


@pytest.mark.parametrize("claims", [{}, {"areas": ["440303001"]}])
async def test_who_changed_and_what_falls_due_can_be_taken_away_as_a_table(
    world: World, keys: TestKeys, claims: dict[str, Any]
) -> None:
    world.histories.tell(UUID(int=2), date(2016, 2, 1), {"party": {"organization": None}})
    await world.apply()
    for path in ("comparison?from=2016-01-01&change=lost", "forecast?until=2020-01-01"):
        shown = await page(world, keys, f"{path}&lang=zh", **claims)
        links = re.findall(r'href="(/dashboard/\w+/file[^"]+)"', shown)
        assert len(links) == (2 if 'data-organization="' in shown or "forecast" in path else 0)
        for link in map(unescape, links):
            answer = await world.client.get(link, headers=signed_in(keys, **claims))
            assert answer.status_code == 200, answer.text
            if link.endswith("csv"):
                told = answer.content.decode("utf-8-sig")
                if "forecast" in link:
                    assert ("440306" in told) == (not claims)
                else:
                    assert str(UUID(int=2)) in told
                assert "可重复的请求,/v1/" in told
    refused = await world.client.get(
        "/dashboard/comparison/file?from=2016-01-01&change=lost&indicator=nothing",
        headers=signed_in(keys),
    )
    assert refused.status_code == 422


async def test_a_chosen_body_can_be_widened_to_those_beneath_it(
    world: World, keys: TestKeys
) -> None:
    await world.apply()
    asked = {"until": "2020-01-01", "group_by": "body"}
    groups = (await world.client.get("/v1/forecast", params=asked)).json()["groups"]
    body = next(b for g in groups if (b := g["by"]["body"]) != "unassigned")
    for path in ("", "/organizations", "/comparison", "/forecast"):
        address = f"/dashboard{path}?body={body}&lang=zh"
        shown = (await world.client.get(address, headers=signed_in(keys))).text
        [wider] = re.findall(r'href="([^"]+)">含其下级<', shown)
        widened = await world.client.get(unescape(wider), headers=signed_in(keys))
        assert widened.status_code == 200
        assert "（含下级）" in widened.text
        assert "含其下级<" not in widened.text
    whole = await world.client.get("/dashboard?body=unassigned&lang=zh", headers=signed_in(keys))
    assert "含其下级<" not in whole.text


@pytest.mark.parametrize(
    ("path", "kept"),
    [
        ("comparison?from=2016-01-01&change=gained", {"from": "2016-01-01", "change": "gained"}),
        ("forecast?until=2020-01-01", {"until": "2020-01-01"}),
        (
            "forecast/organizations?obligation=renew_grade&until=2020-01-01&state=later",
            {"obligation": "renew_grade", "until": "2020-01-01", "state": "later"},
        ),
    ],
)
async def test_without_a_filter_a_page_asks_for_the_same_days(
    world: World, keys: TestKeys, path: str, kept: dict[str, str]
) -> None:
    await world.apply()
    told = await page(world, keys, f"{path}&kind=foundation&valid_on=2016-06-14&lang=en")
    [chips] = re.findall(r'<ul class="chips".*?</ul>', told, re.DOTALL)
    [link] = re.findall(r'href="([^"]+)"', chips)
    asked = {name: value for name, [value] in parse_qs(urlsplit(unescape(link)).query).items()}
    always = {"indicator": "organizational_coverage", "valid_on": "2016-06-14", "lang": "en"}
    assert asked == {**always, **kept}


@pytest.mark.parametrize("path", ["", "comparison", "forecast"])
async def test_the_form_takes_the_days_that_the_page_takes(
    world: World, keys: TestKeys, path: str
) -> None:
    await world.apply()
    told = await page(world, keys, path or "?lang=zh")
    days = re.findall(r'<input[^>]+type="date"[^>]*>', told)
    assert days
    assert all('min="1900-01-02" max="2199-12-31"' in day for day in days)


async def test_pages_say_since_when_there_are_facts_and_that_nothing_changed(
    world: World, keys: TestKeys
) -> None:
    await world.apply()
    since = f'data-since="{START.isoformat()}"'
    told = await page(world, keys, "?valid_on=2020-01-01&lang=en")
    assert since in told
    assert "Nothing changed in the time shown." in told
    first = await page(world, keys, f"?valid_on={START.isoformat()}&lang=en")
    assert since in first
    assert "there is no trend yet" in first
    assert 'class="wide"' not in first
    before = await page(world, keys, "?valid_on=1990-01-01&lang=en")
    assert "Facts begin on" in before
    assert f"valid_on={START.isoformat()}" in before


@pytest.mark.parametrize("limit", [["440306"], []])
async def test_who_sees_nobody_is_told_no_day_of_others(
    world: World, keys: TestKeys, limit: list[str]
) -> None:
    await world.apply()
    told = await page(world, keys, "?valid_on=1990-01-01&lang=en", areas=limit)
    assert "Facts begin on" not in told


async def test_comparisons_of_nothing_say_why(world: World, keys: TestKeys) -> None:
    await world.apply()
    same = await page(world, keys, "comparison?from=2017-01-01&valid_on=2017-01-01&lang=en")
    assert "Both days are 1 January 2017" in same
    assert "No organization changed" in same
    early = await page(world, keys, "comparison?from=1990-01-01&valid_on=2017-01-01&lang=en")
    assert "Nobody is counted on 1 January 1990" in early
    assert "No organization changed" not in early


@pytest.mark.parametrize(("language", "named"), [("zh", "统计日期："), ("en", "Counted on: ")])
async def test_what_is_wrong_is_named_as_the_form_names_it(
    world: World, keys: TestKeys, language: str, named: str
) -> None:
    told = await page(world, keys, f"?valid_on=1900-01-01&lang={language}", 422)
    assert f"<li>{named}" in told
    assert "errors" not in told
