"""The organizations behind each number of the forecast, against plain Python over their states."""

import csv
import io
from collections import defaultdict
from datetime import date
from random import Random
from typing import Any
from uuid import UUID

import pytest
from tests.metrics_api.forecast.test_forecast import owed, standing, states_of, told
from tests.metrics_api.histories import STREETS
from tests.metrics_api.world import START, World

from metrics_api.forecast.schemas import ForecastMembers
from servicekit.testing import TestKeys

PATH = "/v1/forecast/members"
DAYS = {"valid_on": "2019-05-01", "until": "2021-06-30"}
GRADES = {"obligation": "renew_grade", "valid_on": "2016-06-14", "until": "2019-12-31"}


async def page(world: World, **params: Any) -> dict[str, Any]:
    answer = await world.client.get(PATH, params=params)
    assert answer.status_code == 200, answer.text
    ForecastMembers.model_validate(answer.json())
    document: dict[str, Any] = answer.json()
    return document


async def walked(world: World, **params: Any) -> list[tuple[int, str, str | None]]:
    """All pages: who, how it stands, its last day."""
    found = []
    cursor: dict[str, str] = {}
    while True:
        document = await page(world, **params, **cursor)
        found += [(UUID(it["id"]).int, it["state"], it["due_on"]) for it in document["items"]]
        if document["next_cursor"] is None:
            assert len(found) == document["count"]
            return found
        cursor = {"cursor": document["next_cursor"]}


@pytest.mark.parametrize("seed", range(2))
async def test_behind_every_number_are_those_whom_plain_python_finds(
    world: World, seed: int
) -> None:
    world.histories.registry.clear()
    states = states_of(Random(seed))  # noqa: S311
    for number, state in enumerate(states, start=100):
        world.histories.tell(UUID(int=number), START, state)
    await world.apply()
    today, until = (date.fromisoformat(day) for day in DAYS.values())
    expected: dict[tuple[str, ...], set[tuple[int, str, str | None]]] = defaultdict(set)
    for number, state in enumerate(states, start=100):
        district = STREETS[state["domicile"]["division_code"]]
        for obligation, due_on in owed(state, START).items():
            how = standing(due_on, today, until)
            row = (number, how, due_on.isoformat() if due_on else None)
            expected[obligation, how, district] |= {row}
            expected[obligation, how] |= {row}
            if how == "due":
                expected[obligation, f"{due_on:%Y-%m}"] |= {row}
    document = await told(world, **DAYS)
    for counted in document["obligations"]:
        asked = {**DAYS, "obligation": counted["obligation"], "limit": 7}
        for how in ("overdue", "due", "later", "undated"):
            listed = await walked(world, **asked, state=how)
            assert len(listed) == counted[how]
            assert set(listed) == expected[counted["obligation"], how]
            assert listed == sorted(listed, key=lambda row: (row[2] or "9999", row[0]))
        for month in counted["months"]:
            listed = await walked(world, **asked, state="due", month=month["month"])
            assert len(listed) == month["due"]
            assert set(listed) == expected[counted["obligation"], month["month"]]
        inside = await walked(world, **asked, district="440306")
        both = (expected[counted["obligation"], how, "440306"] for how in ("overdue", "due"))
        assert set(inside) == set().union(*both)
        assert inside == await walked(world, **asked, area="440306", state=["due", "overdue"])


async def test_an_organization_is_told_with_the_facts_that_decide_and_where_to_read_on(
    world: World,
) -> None:
    await world.apply()
    document = await page(world, **GRADES)
    assert document["title"]["zh"] == "评估等级到期"
    assert (document["count"], document["state"]) == (3, ["overdue", "due"])
    first = document["items"][0]
    assert (first["name"], first["state"], first["due_on"]) == ("某医院", "due", "2019-11-30")
    assert first["facts"] == [
        {"field": "status", "value": "active"},
        {"field": "grade", "value": "4A"},
        {"field": "grade_until", "value": "2019-12-01"},
    ]
    assert first["body"]["name"] == "health党委"
    assert first["links"]["registry"].endswith("?valid_on=2016-06-14&known_at=5")


async def test_a_date_that_is_not_recorded_is_among_the_facts(world: World) -> None:
    grade = {"level": "4A", "announced_on": None, "valid_until": None}
    world.histories.tell(UUID(int=1), START, {"grade": grade})
    await world.apply()
    [found] = (await page(world, **GRADES, state="undated"))["items"]
    assert (found["due_on"], found["facts"][-1]) == (None, {"field": "grade_until", "value": None})


async def test_whoever_is_limited_to_areas_is_told_of_those_alone(
    world: World, keys: TestKeys
) -> None:
    await world.apply()
    for areas, seen in ((["440303"], 3), (["440303001"], 2), (["440306"], 0), ([], 0)):
        headers = keys.headers("metrics:read", areas=areas)
        answer = await world.client.get(PATH, params={**GRADES, "limit": 1}, headers=headers)
        assert answer.status_code == 200, answer.text
        document = answer.json()
        assert document["count"] == seen
        assert len(document["items"]) == min(1, seen)
        if document["next_cursor"]:
            params = {**GRADES, "limit": 1, "cursor": document["next_cursor"]}
            stolen = await world.client.get(PATH, params=params)
            assert stolen.json()["type"].endswith("/invalid-cursor")


async def test_all_pages_and_the_receipt_show_the_edition_of_the_first(world: World) -> None:
    await world.apply()
    asked = {"obligation": "renew_grade", "until": "2019-12-31", "limit": "2"}
    first = await world.client.get(PATH, params=asked)
    for number in (1, 2, 3, 4):
        world.histories.tell(UUID(int=number), START, {"grade": None})
    await world.apply()
    world.clock.set(date(2017, 1, 1))
    second = await page(world, **asked, cursor=first.json()["next_cursor"])
    assert len(second["items"]) == 1
    assert (second["valid_on"], second["next_cursor"]) == ("2016-06-14", None)
    assert (await world.client.get(first.json()["receipt"]["request"])).content == first.content
    assert (await page(world, **asked))["items"] == []


async def test_the_list_is_a_table_in_words(world: World) -> None:
    await world.apply()
    answer = await world.client.get(PATH, params={**GRADES, "format": "csv"})
    rows = list(csv.reader(io.StringIO(answer.content.decode("utf-8-sig"))))
    row = dict(zip(rows[0], rows[1], strict=True))
    assert (row["状态"], row["到期日"], row["类别"]) == ("期间到期", "2019-11-30", "民办非企业单位")
    assert "评估等级: 4A；等级有效期至（不含当日）: 2019-12-01" in row["决定性事实"]
    notes = {line[0]: line[1] for line in rows[rows.index([]) + 1 :]}
    assert (notes["义务名称"], notes["状态"]) == ("评估等级到期", "已逾期；期间到期")


@pytest.mark.parametrize(
    ("params", "pointer"),
    [
        ({"obligation": None}, "/obligation"),
        ({"obligation": "pay_taxes"}, "/obligation"),
        ({"state": "lapsed"}, "/state/0"),
        ({"month": "2016-13"}, "/month"),
        ({"month": "2016-06\n"}, "/month"),
        ({"until": "2016-06-13"}, "/until"),
        ({"area": "999999"}, "/area"),
        ({"edition": "99"}, "/edition"),
        ({"cursor": "nonsense"}, "/cursor"),
    ],
)
async def test_what_cannot_be_meant_is_refused(
    world: World, params: dict[str, str | None], pointer: str
) -> None:
    await world.apply()
    asked = {name: value for name, value in {**GRADES, **params}.items() if value is not None}
    answer = await world.client.get(PATH, params=asked)
    assert answer.status_code in (400, 422), answer.text
    assert answer.json()["errors"][0]["pointer"] == pointer
