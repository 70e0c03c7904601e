"""Members per Party organization and the like: exact also where a joint one spans two areas."""

from fractions import Fraction
from typing import Any
from uuid import UUID

import pytest
from tests.metrics_api.answers.test_answer_tables import csv_rows, sheets
from tests.metrics_api.coverage.test_standing import ask as standing
from tests.metrics_api.histories import State, organization_state
from tests.metrics_api.targets.test_own_targets import DRAFT
from tests.metrics_api.world import START, World

from metrics_api.coverage.comparison.schemas import Comparison
from metrics_api.coverage.schemas import Coverage
from metrics_api.coverage.series.schemas import CoverageSeries
from servicekit.testing import TestKeys

MEMBERS, COVERED = "members_per_party_organization", "covered_per_party_organization"


def joint(number: int, *others: str, members: int = 2, street: str = "440303001") -> State:
    """An organization in a joint Party organization with others."""
    party = {"full_members": members, "probationary_members": 0,
             "organization": {"form": "joint_branch", "mode": "joint", "with": list(others),
                              "established_on": "2012-07-01", "secretary": None},
             "instructor": None, "liaison": None, "organizer": None}  # fmt: skip
    domicile = {"division_code": street, "address": None}
    return organization_state(name=f"协会{number}", party=party, domicile=domicile)


@pytest.fixture
async def joined(world: World) -> World:
    """Beside three in a Party organization of their own (six members each): three that share one
    over two districts, two members each, and one in a joint one that names nobody.
    """
    partners = ("协会11", "协会12", "协会13")
    for number, street in ((11, "440303001"), (12, "440303001"), (13, "440303002")):
        others = [name for name in partners if name != f"协会{number}"]
        world.histories.tell(UUID(int=number), START, joint(number, *others, street=street))
    world.histories.tell(UUID(int=14), START, joint(14))
    await world.apply()
    return world


async def asked(world: World, path: str = "", **params: Any) -> dict[str, Any]:
    answer = await world.client.get(f"/v1/coverage{path}", params={"indicator": MEMBERS, **params})
    assert answer.status_code == 200, answer.text
    document: dict[str, Any] = answer.json()
    return document


async def test_a_joint_one_counts_once_over_all_and_by_its_units_in_each_area(
    joined: World,
) -> None:
    whole = await asked(joined)
    Coverage.model_validate(whole)
    assert (whole["is_share"], whole["divisors"]) == (False, {"numerator": 1, "denominator": 1})
    assert whole["total"] == {"numerator": 24, "denominator": 4, "rate": 6.0}
    by = await asked(joined, group_by="district")
    assert by["divisors"] == {"numerator": 1, "denominator": 3}
    assert by["total"] == {"numerator": 24, "denominator": 12, "rate": 6.0}
    assert [(g["by"]["district"], g["numerator"], g["denominator"]) for g in by["groups"]] == [
        ("440303", 16, 8), ("440306", 8, 4),
    ]  # fmt: skip
    again = await joined.client.get(by["receipt"]["request"])
    assert again.json() == by
    covered = await asked(joined, indicator=COVERED)
    assert covered["total"] == {"numerator": 6, "denominator": 4, "rate": 1.5}


async def test_tables_show_what_the_figures_mean(joined: World) -> None:
    params = {"indicator": MEMBERS, "group_by": "district", "area": "440306"}
    answer = await joined.client.get("/v1/coverage", params={**params, "format": "csv"})
    assert csv_rows(answer.content)[:3] == [
        ["区", "区名称", "分子", "分母", "比率"],
        ["440306", "宝安区", "8", "1 1/3", "6.0"],
        ["合计", "", "8", "1 1/3", "6.0"],
    ]
    book = await joined.client.get("/v1/coverage", params={**params, "format": "xlsx"})
    assert sheets(book.content)[0][1][1:] == ["宝安区", 8.0, "1 1/3", 6.0]


async def test_a_series_and_a_comparison_are_exact(joined: World) -> None:
    changed = joint(12, "协会11", members=5)["party"]
    joined.histories.tell(UUID(int=12), START.replace(year=2016), {"party": changed})
    await joined.apply()
    series = await asked(joined, "/series", **{"from": "2015-12-31", "to": "2016-01-31"})
    CoverageSeries.model_validate(series)
    [line] = series["series"]
    assert (line["is_share"], line["divisors"]) == (False, {"numerator": 1, "denominator": 6})
    assert [(p["numerator"], p["denominator"], p["rate"]) for p in line["points"]] == [
        (24, 24, 6.0), (27, 25, 6.48),
    ]  # fmt: skip
    params = {"from": "2015-12-31", "to": "2016-01-31"}
    told = await asked(joined, "/comparison", **params)
    Comparison.model_validate(told)
    assert told["difference"] == 0.48
    assert Fraction(told["difference_numerator"], told["denominator"]) == Fraction(12, 25)
    [part] = told["parts"]
    assert (part["change"], part["organizations"]) == ("gained", 1)
    assert part["meaning"] == {"zh": "使数值上升", "en": "Raises the figure"}
    assert part["contribution_numerator"] == told["difference_numerator"]
    changed_list = await asked(joined, "/comparison/members", change="gained", **params)
    [item] = changed_list["items"]
    assert item["name"] == "协会12"
    assert {"field": "party_units", "value": 3} in item["facts_before"]
    assert {"field": "party_units", "value": 2} in item["facts_after"]


async def test_the_gap_is_who_adds_nothing_and_nobody_unknown_is_taken_for_zero(
    joined: World,
) -> None:
    none = joint(13, "协会11", "协会12", members=0)["party"]
    unknown = {**joint(12, "协会11")["party"], "full_members": None}
    joined.histories.tell(UUID(int=13), START, {"party": none})
    joined.histories.tell(UUID(int=12), START, {"party": unknown})
    await joined.apply()
    names = {
        part: {item["name"] for item in (await asked(joined, "/members", part=part))["items"]}
        for part in ("numerator", "denominator", "gap")
    }
    assert names["gap"] == {"协会13"}
    assert names["denominator"] == {"某医院", "协会11", "协会13"}
    assert names["numerator"] == {"某医院", "协会11"}
    whole = await asked(joined)
    assert whole["divisors"]["denominator"] == 3
    assert whole["total"] == {"numerator": 20, "denominator": 11, "rate": 5.454545}


async def test_the_standing_says_what_one_organization_adds(joined: World) -> None:
    told = {it["indicator"]: it for it in (await standing(joined, 12))["indicators"]}
    assert told[MEMBERS]["adds"] == {"numerator": "2", "denominator": "1/3"}
    assert told[COVERED]["adds"] == {"numerator": "1", "denominator": "1/3"}
    assert told["organizational_coverage"]["adds"] is None
    shown = {fact["field"]: fact["value"] for fact in told[MEMBERS]["facts"]}
    assert (shown["full_members"], shown["party_units"]) == (2, 3)
    alone = {it["indicator"]: it for it in (await standing(joined, 14))["indicators"]}
    assert alone[MEMBERS]["asked"] is False
    assert alone[MEMBERS]["adds"] == {"numerator": "0", "denominator": "0"}


async def test_a_ratio_of_sums_takes_no_target_and_is_drawn_without_percent(
    joined: World, keys: TestKeys
) -> None:
    answer = await joined.client.post(
        "/v1/targets", json={**DRAFT, "indicator": MEMBERS},
        headers=keys.headers("metrics:read metrics:write"),
    )  # fmt: skip
    assert answer.status_code == 422
    assert answer.json()["errors"][0]["rule"] == "no_share"
    for chart in ("bars.svg?group_by=district&", "trend.svg?"):
        path = f"/v1/charts/{chart}indicator={MEMBERS}"
        drawn = (await joined.client.get(path)).text
        assert "6.00" in drawn
        assert "%<" not in drawn
