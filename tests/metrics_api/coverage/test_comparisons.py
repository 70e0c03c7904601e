"""`GET /v1/coverage/comparison` and the organizations behind a difference."""

from datetime import date
from fractions import Fraction
from typing import Any
from uuid import UUID

import pytest
from tests.metrics_api.histories import organization_state
from tests.metrics_api.world import World

from metrics_api.coverage.comparison.schemas import ChangedOrganizations, Comparison
from servicekit.testing import TestKeys

COMPARISON = "/v1/coverage/comparison"
ASKED = {"indicator": "organizational_coverage", "from": "2016-01-01", "to": "2016-06-01"}
ON = date(2016, 3, 1)


@pytest.fixture
async def changed(world: World) -> World:
    """Since January: 4 formed an organization, 1 dissolved its own, 2 moved to another district,
    3 was deregistered, 9 was founded.
    """
    tell = world.histories.tell
    formed = organization_state()["party"]
    tell(UUID(int=4), ON, {"party": formed})
    tell(UUID(int=1), ON, {"party": {"organization": None}})
    tell(UUID(int=2), ON, {"domicile": {"division_code": "440303001", "address": None}})
    tell(UUID(int=3), ON, {"status": "deregistered"})
    tell(UUID(int=9), ON, organization_state(kind="foundation"))
    await world.apply()
    return world


async def ask(world: World, path: str = COMPARISON, **params: str) -> dict[str, Any]:
    answer = await world.client.get(path, params={**ASKED, **params})
    assert answer.status_code == 200, answer.text
    found: dict[str, Any] = answer.json()
    (Comparison if path == COMPARISON else ChangedOrganizations).model_validate(found)
    again = await world.client.get(found["receipt"]["request"])
    assert again.content == answer.content
    return found


def contributions(found: dict[str, Any]) -> dict[str, Fraction]:
    whole = found["denominator"]
    return {
        "/".join([*(part.get("by") or {}).values(), part["change"]]): Fraction(
            part["contribution_numerator"], whole
        )
        for part in found["parts"]
    }


async def test_what_entered_left_and_changed_sums_to_the_difference(changed: World) -> None:
    found = await ask(changed)
    assert (found["before"]["numerator"], found["before"]["denominator"]) == (3, 4)
    assert (found["after"]["numerator"], found["after"]["denominator"]) == (3, 4)
    assert contributions(found) == {
        "entered": Fraction(1, 16),
        "left": Fraction(-1, 16),
        "gained": Fraction(1, 4),
        "lost": Fraction(-1, 4),
    }
    assert (found["difference"], found["difference_numerator"]) == (0, 0)


async def test_by_a_dimension_who_moved_leaves_one_group_and_enters_another(
    changed: World,
) -> None:
    found = await ask(changed, group_by="district")
    parts = {(p["by"]["district"], p["change"]): p["organizations"] for p in found["parts"]}
    assert parts == {
        ("440303", "entered"): 2, ("440303", "left"): 1, ("440303", "gained"): 1,
        ("440303", "lost"): 1, ("440306", "left"): 1,
    }  # fmt: skip
    assert sum(contributions(found).values()) == 0
    assert found["parts"][-1]["labels"] == {"district": "宝安区"}
    assert found["parts"][-1]["meaning"]["zh"] == "不再计入分母"


async def test_each_change_lists_its_organizations_page_by_page(changed: World) -> None:
    expected = {"entered": [9], "left": [3], "gained": [4], "lost": [1]}
    path = f"{COMPARISON}/members"
    for change, numbers in expected.items():
        found = await ask(changed, path, change=change)
        assert [UUID(item["id"]).int for item in found["items"]] == numbers
    [item] = (await ask(changed, path, change="gained"))["items"]
    assert (item["counted_before"], item["counted_after"]) == (False, True)
    assert {"field": "party_mode", "value": "solo"} in item["facts_after"]
    moved = {"area": "440303", "change": "entered"}
    first = await ask(changed, path, **moved, limit="1")
    second = await ask(changed, path, **moved, limit="1", cursor=first["next_cursor"])
    pages = [*first["items"], *second["items"]]
    assert [UUID(item["id"]).int for item in pages] == [2, 9]
    assert (second["next_cursor"], second["count"]) == (None, 2)


async def test_two_areas_compare_as_two_days_do(changed: World) -> None:
    params = {"from": "2016-02-01", "to": "2016-02-01", "area": "440303", "to_area": "440306"}
    found = await ask(changed, **params)
    sizes = (found["before"]["denominator"], found["after"]["denominator"])
    assert sizes == (3, 1)
    difference = Fraction(1, 1) - Fraction(2, 3)
    assert sum(contributions(found).values()) == difference
    assert found["difference"] == round(float(difference), 6)
    assert {part["change"] for part in found["parts"]} == {"entered", "left"}


async def test_a_rate_of_nobody_has_no_difference(changed: World) -> None:
    found = await ask(changed, **{"from": "2010-01-01"})
    assert (found["before"]["rate"], found["difference"], found["denominator"]) == (None,) * 3
    assert [(p["change"], p["organizations"], p["contribution"]) for p in found["parts"]] == [
        ("entered", 4, None)
    ]


async def test_a_limited_caller_compares_only_its_areas(changed: World, keys: TestKeys) -> None:
    headers = keys.headers("metrics:read", areas=["440306"])
    answer = await changed.client.get(COMPARISON, params=ASKED, headers=headers)
    assert (answer.json()["before"]["denominator"], answer.json()["parts"]) == (0, [])
    params = {**ASKED, "change": "entered", "to_area": "440303"}
    listed = await changed.client.get(f"{COMPARISON}/members", params=params, headers=headers)
    assert (listed.json()["items"], listed.json()["count"]) == ([], 0)


async def test_the_contributions_are_a_table_too(changed: World) -> None:
    params = {**ASKED, "group_by": "district", "format": "csv"}
    table = (await changed.client.get(COMPARISON, params=params)).content.decode("utf-8-sig")
    header, first, *_ = table.splitlines()
    assert header.startswith("区县") or "变化类型" in header
    assert "新计入分母" in first
    assert {"对比起点日期,2016-01-01", "起点分子,3"} <= set(table.splitlines())
    listed = {**ASKED, "change": "entered", "format": "csv"}
    listing = await changed.client.get(f"{COMPARISON}/members", params=listed)
    header, first, *_ = listing.content.decode("utf-8-sig").splitlines()
    assert "终点决定性事实" in header
    assert "组建方式: " in first


async def test_figures_of_a_ratio_of_sums_are_divided_in_tables_too(changed: World) -> None:
    joint = {"party": {"organization": {"mode": "joint", "with": ["某单位"]}}}
    changed.histories.tell(UUID(int=2), date(2016, 3, 2), joint)
    await changed.apply()
    params = {**ASKED, "indicator": "members_per_party_organization"}
    exact = (await changed.client.get(COMPARISON, params=params)).json()
    whole, rest = divmod(exact["after"]["denominator"], exact["divisors"]["denominator"])
    assert rest
    table = await changed.client.get(COMPARISON, params={**params, "format": "csv"})
    lines = table.content.decode("utf-8-sig").splitlines()
    assert f"终点分母,{whole} 1/2" in lines


@pytest.mark.parametrize(
    ("params", "pointer"),
    [
        ({"from": "2016-13-01"}, "/from"),
        ({"to": "soon"}, "/to"),
        ({"indicator": "happiness"}, "/indicator"),
        ({"group_by": "colour"}, "/group_by"),
        ({"to_area": "999999"}, "/to_area"),
        ({"edition": "99"}, "/edition"),
    ],
)
async def test_what_does_not_exist_is_refused(
    changed: World, params: dict[str, str], pointer: str
) -> None:
    answer = await changed.client.get(COMPARISON, params={**ASKED, **params})
    assert answer.status_code == 422, answer.text
    assert [error["pointer"] for error in answer.json()["errors"]] == [pointer]


async def test_a_cursor_of_another_question_is_refused(changed: World) -> None:
    path = f"{COMPARISON}/members"
    first = await ask(changed, path, area="440303", change="entered", limit="1")
    for other in ({"change": "left"}, {"from": "2016-02-01"}, {"to": "2016-05-01"}):
        params = {**ASKED, "area": "440303", "change": "entered", **other}
        answer = await changed.client.get(path, params={**params, "cursor": first["next_cursor"]})
        assert answer.status_code in (400, 422), answer.text
