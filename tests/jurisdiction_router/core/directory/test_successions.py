"""Codes of another time are placed by what stands for them on the day that is asked for."""

from datetime import date

import pytest

from jurisdiction_router.core.deciding import unknown_street as open_places
from jurisdiction_router.core.deciding.timeline import Jurisdiction
from jurisdiction_router.core.directory.directory import (
    Area,
    Body,
    Directory,
    FormerName,
    ParentEdge,
    Succession,
)
from jurisdiction_router.core.rules.facts import FactPeriod, Facts
from jurisdiction_router.core.rules.rule_set import RuleSet
from jurisdiction_router.core.rules.vocabulary import Vocabulary

BEGIN, TURN, NOW = date(2000, 1, 1), date(2017, 1, 7), date(2018, 6, 14)
CLINIC = Facts(
    affiliation="none", licence_issuer="none", supervisor_system="none", mode="direct",
    institution_type="private_clinic", level="district", kind="private_nonenterprise",
    domicile="440342001", registering="440342",
)  # fmt: skip


def city(*, split: bool = False) -> Directory:
    """A 新区 that became a district; its street was renumbered, or split in two as well."""
    parts = ["440309001", "440309002"] if split else ["440309001"]
    return Directory(
        [
            Area("440300", "深圳市", "city", BEGIN),
            Area("440342", "龙华新区", "district", BEGIN, TURN),
            Area("440309", "龙华区", "district", TURN),
            Area("440342001", "观湖街道", "street", BEGIN, TURN),
            *(Area(code, f"街道{code}", "street", TURN) for code in parts),
        ],
        [
            ParentEdge("440342", "440300", BEGIN, TURN),
            ParentEdge("440309", "440300", TURN),
            ParentEdge("440342001", "440342", BEGIN, TURN),
            *(ParentEdge(code, "440309", TURN) for code in parts),
        ],
        [
            Body("old", "street_work_committee", "观湖街道党工委", "440342001", None, BEGIN, TURN),
            *(Body(f"new-{code}", "street_work_committee", code, code, None, TURN)
              for code in parts),
        ],
        [
            Succession("440342", "440309", TURN),
            *(Succession("440342001", code, TURN) for code in parts),
        ],
    )  # fmt: skip


def test_an_old_code_is_found_in_its_successor_and_a_new_one_in_its_predecessor() -> None:
    directory = city()
    after = directory.on(NOW).path("440342001")
    assert (after.street, after.district, after.city) == ("440309001", "440309", "440300")
    assert after.by_succession == ("440342001",)
    before = directory.on(date(2016, 1, 1)).path("440309001")
    assert (before.street, before.district) == ("440342001", "440342")
    assert directory.on(date(2016, 1, 1)).path("440342001").by_succession == ()


def test_a_community_that_is_not_loaded_follows_its_street() -> None:
    path = city().on(NOW).path("440342001005")
    assert (path.community, path.street, path.district) == ("440342001005", "440309001", "440309")


def test_after_a_split_only_the_levels_on_which_the_parts_agree_are_known() -> None:
    view = city(split=True).on(NOW)
    path = view.path("440342001")
    assert (path.street, path.district, path.city) == (None, "440309", "440300")
    assert view.stands_for("440342001") == {"440309001", "440309002"}
    assert view.settle("440342001") is None
    assert view.settle("440342") == "440309"


@pytest.mark.parametrize("split", [False, True])
def test_an_organization_keeps_its_code_and_gets_the_committee_that_is_there(
    rule_set: RuleSet, vocabulary: Vocabulary, split: bool
) -> None:
    history = [FactPeriod(BEGIN, None, CLINIC)]
    found = Jurisdiction([rule_set], city(split=split), vocabulary).timeline(history)
    assert [s.start for s in found] == [date(2016, 1, 1), TURN]
    bodies = [s.value.body_id for s in found]
    assert bodies == ["old", None if split else "new-440309001"]
    assert found[1].value.outcome == ("needs_decision" if split else "assigned")
    assert [s.value.area() for s in found] == [
        "440342001", "440309" if split else "440309001",
    ]  # fmt: skip


def test_a_body_that_is_succeeded_is_found_in_its_successor_under_the_name_of_the_day() -> None:
    directory = Directory(
        [Area("440303", "罗湖区", "district", BEGIN)],
        bodies=[
            Body("two-new", "two_new_work_committee", "区两新组织党工委", "440303", None,
                 BEGIN, TURN, "sw"),
            Body("sw", "society_work_department", "区委社会工作部", "440303", None, TURN, None,
                 None, (FormerName("区社会工作部（筹）", date(2018, 1, 1)),)),
        ],
    )  # fmt: skip
    names = [
        [body.name for body in directory.on(day).find("two_new_work_committee", "440303", None)]
        for day in (date(2016, 1, 1), TURN, NOW)
    ]
    assert names == [["区两新组织党工委"], ["区社会工作部（筹）"], ["区委社会工作部"]]
    assert date(2018, 1, 1) in directory.breakpoints("440303")
    successor = directory.on(NOW).body("two-new")
    assert successor is not None
    assert successor.id == "sw"


def test_a_split_touches_only_what_lies_in_it() -> None:
    directory = city(split=True)
    assert "440342001" in directory.above("440309002")
    assert "440342001" not in directory.above("440309")
    assert "440309002" not in directory.above("440303001")


def test_of_a_street_that_was_split_both_parts_are_asked_for(
    rule_set: RuleSet, vocabulary: Vocabulary
) -> None:
    jurisdiction = Jurisdiction([rule_set], city(split=True), vocabulary)
    decision = open_places.decide(jurisdiction, CLINIC, jurisdiction.directory.on(NOW))
    assert decision is not None
    assert {
        one["supervising"]["id"]: one["when"]["domicile"] for one in decision.document["possible"]
    } == {f"new-{code}": [code] for code in ("440309001", "440309002")}


def test_a_territory_too_large_to_list_is_not_listed_in_part() -> None:
    view = city(split=True).on(NOW)
    streets = ["440309001", "440309002"]
    assert view.streets_within("440300", 2) == streets
    assert view.streets_within("440300", 1) is None
    assert view.streets_within("440342", 2) == streets  # of another time: what stands for it
    assert view.streets_within("440309002", 1) == ["440309002"]
    assert view.streets_within(None, 2) == view.streets_within("999999", 2) == []
