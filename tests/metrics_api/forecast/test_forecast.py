"""What falls due, against plain Python over the registry's own states."""

import csv
import io
from collections import Counter
from datetime import date, timedelta
from random import Random
from typing import Any
from uuid import UUID

import pytest
from tests.metrics_api.histories import STREETS, organization_state
from tests.metrics_api.world import START, TODAY, World

from metrics_api.forecast.schemas import ForecastDocument
from servicekit.testing import TestKeys

UNTIL = date(2016, 12, 31)
State = dict[str, Any]


def years_after(day: date, years: int) -> date:
    try:
        return day.replace(year=day.year + years)
    except ValueError:
        return date(day.year + years, 3, 1) - timedelta(days=1)


def _date(text: str | None) -> date | None:
    return None if text is None else date.fromisoformat(text)


def last_day_of_a_term(state: State) -> date | None:
    formed = state["party"]["organization"]
    if until := _date(formed.get("term_until")):
        return until - timedelta(days=1)
    begun = _date(formed.get("elected_on")) or _date(formed["established_on"])
    if begun is None:
        return None
    five = formed["form"] == "committee" and begun >= date(2018, 7, 12)
    return years_after(begun, 5 if five else 3) - timedelta(days=1)


def owed(state: State, since: date) -> dict[str, date | None]:
    """Each obligation of a state and its last day, written out by hand."""
    found: dict[str, date | None] = {}
    party, grade, listed = state["party"], state["grade"], state["abnormal_list"]
    if listed and state["status"] in ("active", "suspended"):
        begun = max(date.fromisoformat(listed["since"]), date(2018, 1, 24))
        found["leave_abnormal_list"] = years_after(begun, 2) - timedelta(days=1)
    if state["status"] != "active":
        return found
    if grade and grade["level"] != "none":
        until = _date(grade["valid_until"])
        found["renew_grade"] = until and until - timedelta(days=1)
    formed, members = party["organization"], party["full_members"] or 0
    if formed is None and members >= 3:
        found["form_party_organization"] = since
    if formed and (
        formed["form"] in ("general_branch", "committee")
        or (formed["form"] in ("branch", "joint_branch") and members >= 7)
    ):
        found["reelect_party_organization"] = last_day_of_a_term(state)
    if state["charter"]["state"] != "included" and state["registration"]["mode"] != "filing":
        found["include_charter_clause"] = date(2018, 6, 14)
    return found


def random_state(random: Random) -> State:
    def some_day() -> str | None:
        day = date(2012, 1, 1) + timedelta(days=random.randrange(2900))
        return random.choice([None, day.isoformat(), day.isoformat()])

    form = random.choice(["branch", "joint_branch", "committee", "general_branch", "functional"])
    organization = {"form": form, "mode": "solo", "established_on": some_day(),
                    "elected_on": some_day(), "term_until": some_day()}  # fmt: skip
    listed = {"since": some_day()}
    state = organization_state(
        kind=random.choice(["foundation", "social_association"]),
        domicile={"division_code": random.choice(list(STREETS)), "address": None},
        status=random.choice(["active", "active", "active", "suspended", "deregistered"]),
        grade=random.choice([None, {"level": "none"}, {"level": "4A", "valid_until": some_day()}]),
        charter={"state": random.choice(["none", "provisional", "included"])},
        abnormal_list=listed if listed["since"] else None,
    )
    state["registration"] = {**state["registration"], "mode": random.choice(["dual", "filing"])}
    state["party"] = {
        **state["party"],
        "full_members": random.choice([None, 2, 3, 7]),
        "organization": random.choice([None, organization]),
    }
    return state


def states_of(random: Random) -> list[State]:
    return [random_state(random) for _ in range(150)]


def standing(due_on: date | None, today: date, until: date) -> str:
    if due_on is None:
        return "undated"
    return "overdue" if due_on < today else "due" if due_on <= until else "later"


async def told(world: World, **params: Any) -> dict[str, Any]:
    answer = await world.client.get("/v1/forecast", params={"until": UNTIL.isoformat(), **params})
    assert answer.status_code == 200, answer.text
    ForecastDocument.model_validate(answer.json())
    document: dict[str, Any] = answer.json()
    return document


@pytest.mark.parametrize("seed", range(3))
async def test_every_obligation_by_district_and_kind_is_what_plain_python_counts(
    world: World, seed: int
) -> None:
    world.histories.registry.clear()
    states = states_of(Random(seed))  # noqa: S311
    for number, state in enumerate(states, start=100):
        world.histories.tell(UUID(int=number), START, state)
    await world.apply()
    today, until = date(2019, 5, 1), date(2021, 6, 30)
    world.clock.set(today)
    document = await told(world, until=until.isoformat(), group_by="district,kind")
    expected: Counter[tuple[str, ...]] = Counter()
    months: Counter[tuple[str, str]] = Counter()
    for state in states:
        district = STREETS[state["domicile"]["division_code"]]
        for obligation, due_on in owed(state, START).items():
            how = standing(due_on, today, until)
            expected[obligation, district, state["kind"], how] += 1
            if how == "due":
                months[obligation, f"{due_on:%Y-%m}"] += 1
    counted = {
        (group["obligation"], group["by"]["district"], group["by"]["kind"], how): group[how]
        for group in document["groups"]
        for how in ("overdue", "due", "later", "undated")
        if group[how]
    }
    assert counted == dict(expected)
    assert months == {
        (it["obligation"], month["month"]): month["due"]
        for it in document["obligations"]
        for month in it["months"]
    }
    for it in document["obligations"]:
        parts = [g for g in document["groups"] if g["obligation"] == it["obligation"]]
        for how in ("overdue", "due", "later", "undated"):
            assert it[how] == sum(part[how] for part in parts)


async def test_filters_and_areas_limit_the_forecast(world: World, keys: TestKeys) -> None:
    await world.apply()
    day = {"valid_on": TODAY.isoformat(), "until": "2019-12-31"}

    async def lapsing(headers: dict[str, str] | None = None, **filters: str) -> int:
        answer = await world.client.get("/v1/forecast", params={**day, **filters}, headers=headers)
        assert answer.status_code == 200, answer.text
        [grades] = [o for o in answer.json()["obligations"] if o["obligation"] == "renew_grade"]
        return int(grades["due"])

    assert await lapsing() == 3
    assert await lapsing(area="440306") == 1
    assert await lapsing(district="440303", kind="foundation") == 1
    assert await lapsing(grade="5A") == 0
    assert await lapsing(body="unassigned") == 1
    for areas, seen in ((["440303"], 3), (["440303001"], 2), ([], 0)):
        assert await lapsing(keys.headers("metrics:read", areas=areas)) == seen, areas


async def test_filters_that_exclude_each_other_leave_nobody(world: World) -> None:
    await world.apply()
    document = await told(world, group_by="body")
    body = next(b for g in document["groups"] if (b := g["by"]["body"]) != "unassigned")
    nobody = await told(world, body="unassigned", under_body=body)
    states = ("overdue", "due", "later", "undated")
    assert {it[state] for it in nobody["obligations"] for state in states} == {0}


async def test_a_forecast_of_an_edition_stays_the_same_bytes(world: World) -> None:
    await world.apply()
    before = await world.client.get("/v1/forecast?until=2018-12-31&group_by=street,body")
    request = before.json()["receipt"]["request"]
    world.histories.tell(UUID(int=1), START, {"grade": None, "charter": {"state": "none"}})
    await world.apply()
    world.clock.set(date(2017, 1, 1))
    assert (await world.client.get(request)).content == before.content
    now = await world.client.get("/v1/forecast?until=2018-12-31&group_by=street,body")
    assert now.json()["obligations"] != before.json()["obligations"]


async def test_a_forecast_is_a_table_too(world: World) -> None:
    await world.apply()
    for group_by, header in (("", "义务编号"), ("&group_by=kind", "社会组织类型")):
        url = f"/v1/forecast?until=2019-12-31{group_by}&format=csv"
        answer = await world.client.get(url)
        rows = list(csv.reader(io.StringIO(answer.content.decode("utf-8-sig"))))
        assert rows[0][0] == header
        assert {"已逾期", "期间到期", "以后到期", "无日期"} <= set(rows[0])
        named = rows[0].index("义务名称")
        assert "评估等级到期" in {row[named] for row in rows if len(row) > named}


@pytest.mark.parametrize(
    ("params", "pointer"),
    [
        ({}, "/until"),
        ({"until": "2016-02-30"}, "/until"),
        ({"until": "2016-06-13"}, "/until"),
        ({"until": "2017-01-01", "group_by": "colour"}, "/group_by"),
        ({"until": "2017-01-01", "area": "999999"}, "/area"),
        ({"until": "2017-01-01", "edition": "99"}, "/edition"),
    ],
)
async def test_what_cannot_be_meant_is_refused(
    world: World, params: dict[str, str], pointer: str
) -> None:
    await world.apply()
    answer = await world.client.get("/v1/forecast", params=params)
    assert answer.status_code == 422
    assert answer.json()["errors"][0]["pointer"] == pointer
