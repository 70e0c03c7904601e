"""Obligations: each rule on both sides of what it asks for."""

from datetime import date, timedelta
from typing import Any

import pytest
from tests.registry_api.samples import hospital

from registry_api.domain.code_lists import code_lists, list_codes
from registry_api.domain.obligations import (
    Obligation,
    obligations_on,
    read_rule,
    rules,
)
from registry_api.domain.organization import OrganizationState, complete, to_state
from servicekit.time import Segment, fold

FIRST = date(2016, 3, 1)
TARGET = date(2018, 6, 14)

State = dict[str, Any]


def _state(**changes: Any) -> State:
    return complete(to_state(OrganizationState.model_validate(hospital(**changes))))


def _owed(day: date, first: date = FIRST, **changes: Any) -> dict[str, Obligation]:
    timeline = [Segment(first, None, _state(**changes))]
    return {o.kind: o for o in obligations_on(timeline, day)}


def _party(full: int | None = 5, **more: Any) -> dict[str, Any]:
    return {"full_members": full, "probationary_members": 0, **more}


def _branch(**more: Any) -> dict[str, Any]:
    return {"form": "branch", "mode": "solo", "established_on": "2016-03-01", **more}


def test_the_words_of_every_kind_are_there_in_both_languages() -> None:
    assert [*rules()] == list_codes("obligation_kind")
    for kind, rule in rules().items():
        title = code_lists()["obligation_kind"].values[kind]
        words = [title, rule.clause, rule.discharge]
        assert all(text.zh != text.en and text.zh and text.en for text in words), kind
        assert rule.source
        assert set(rule.basis.split("/")) <= {*"SNLI"}


def test_two_members_owe_an_organizer_three_a_party_organization() -> None:
    day = date(2016, 3, 2)
    assert {"assign_organizer", "form_party_organization"} & {*_owed(day, party=_party(2))} == {
        "assign_organizer"
    }
    owed = _owed(day, party=_party(3))
    assert "assign_organizer" not in owed
    formation = owed["form_party_organization"]
    assert (formation.since, formation.due_on) == (FIRST, FIRST)
    assert (formation.overdue_on(FIRST), formation.overdue_on(day)) == (False, True)


def test_without_members_any_worker_will_do_and_unknown_members_are_to_be_counted() -> None:
    assert "assign_party_worker" in _owed(FIRST, party=_party(0))
    liaison = {"liaison": {"assigned_on": "2016-03-01"}}
    assert "assign_party_worker" not in _owed(FIRST, party=_party(0, **liaison))
    unknown = {"full_members": None, "probationary_members": None}
    assert {*_owed(FIRST, party=unknown)} == {"collect_members"}


def test_an_organizer_or_a_party_organization_ends_what_two_members_owe() -> None:
    organizer = {"organizer": {"assigned_on": "2016-03-01"}}
    assert "assign_organizer" not in _owed(FIRST, party=_party(2, **organizer))
    assert "assign_organizer" not in _owed(FIRST, party=_party(2, organization=_branch()))


@pytest.mark.parametrize("status", ["suspended", "deregistered", "revoked"])
def test_who_is_not_in_operation_owes_nothing_but_what_its_clause_says(status: str) -> None:
    listed = {"since": "2018-02-01", "ground": "unreachable"}
    owed = _owed(
        date(2019, 1, 1), status=status, party=_party(3), charter={"state": "none"},
        abnormal_list=listed,
    )  # fmt: skip
    suspended = {"leave_abnormal_list", "annual_inspection"}
    assert {*owed} == (suspended if status == "suspended" else set())


def test_a_charter_is_caught_up_with_by_the_target_and_without_a_term_after_it() -> None:
    for state in ("none", "provisional"):
        owed = _owed(FIRST, charter={"state": state})["include_charter_clause"]
        assert (owed.since, owed.due_on) == (FIRST, TARGET)
    late = _owed(date(2019, 1, 1), date(2019, 1, 1), charter={"state": "none"})
    assert late["include_charter_clause"].due_on is None
    early = _owed(date(2016, 1, 1), date(2015, 1, 1), charter={"state": "none"})
    assert early["include_charter_clause"].since == date(2016, 1, 1)
    assert "include_charter_clause" not in _owed(date(2015, 12, 31), date(2015, 1, 1),
                                                 charter={"state": "none"})  # fmt: skip


def test_wordings_are_owed_from_their_notices_on_the_later_in_place_of_the_earlier() -> None:
    kinds = {"adopt_charter_wording_2018", "adopt_charter_wording_2019"}

    def owed(day: date, wording: str | None) -> set[str]:
        charter = {"state": "included", "wording": wording}
        return kinds & {*_owed(day, charter=charter)}

    assert owed(date(2018, 4, 27), None) == set()
    assert owed(date(2018, 4, 28), None) == {"adopt_charter_wording_2018"}
    assert owed(date(2018, 4, 28), "v1") == set()
    assert owed(date(2019, 5, 27), None) == owed(date(2019, 5, 27), "v1") == {
        "adopt_charter_wording_2019"
    }  # fmt: skip
    assert owed(date(2019, 5, 27), "v2") == set()


def test_a_term_ends_three_years_after_the_last_election_and_is_called_for_ahead() -> None:
    branch = _branch(established_on="2012-07-01", elected_on="2015-07-01")
    party = _party(7, organization=branch)
    assert "reelect_party_organization" not in _owed(date(2017, 12, 31), party=party)
    owed = _owed(date(2018, 1, 1), party=party)["reelect_party_organization"]
    assert (owed.since, owed.due_on) == (date(2018, 1, 1), date(2018, 6, 30))
    small = _party(6, organization=branch)
    assert "reelect_party_organization" not in _owed(date(2020, 1, 1), party=small)
    recorded = _party(3, organization={**branch, "term_until": "2018-05-31"})
    owed = _owed(date(2018, 5, 31), party=recorded)["reelect_party_organization"]
    assert (owed.since, owed.due_on) == (date(2017, 11, 30), date(2018, 5, 30))


def test_a_term_known_late_is_owed_since_before_it_was_known() -> None:
    party = _party(8, organization=_branch(established_on="2012-07-01"))
    owed = _owed(FIRST, party=party)["reelect_party_organization"]
    assert (owed.since, owed.due_on, owed.holds_from) == (
        date(2015, 1, 1), date(2015, 6, 30), FIRST
    )  # fmt: skip


def test_a_committee_serves_five_years_from_2018_on() -> None:
    party = _party(100, organization=_branch(form="committee", elected_on="2018-07-12"))
    owed = _owed(date(2023, 7, 1), date(2019, 1, 1), party=party)
    assert owed["reelect_party_organization"].due_on == date(2023, 7, 11)


@pytest.mark.parametrize(
    ("grade", "since", "due_on"),
    [
        ({"level": "3A", "announced_on": "2014-12-01", "valid_until": "2019-12-01"},
         date(2019, 6, 1), date(2019, 11, 30)),
        ({"level": "3A", "announced_on": "2014-12-01"}, date(2019, 6, 1), date(2019, 11, 30)),
        ({"level": "3A", "announced_on": "2026-04-01"}, date(2031, 7, 1), date(2031, 12, 31)),
    ],
)  # fmt: skip
def test_a_grade_is_renewed_before_its_last_day(
    grade: dict[str, str], since: date, due_on: date
) -> None:
    first = date.fromisoformat(grade["announced_on"])
    owed = _owed(due_on, first, grade=grade)["renew_grade"]
    assert (owed.since, owed.due_on) == (since, due_on)
    assert "renew_grade" not in _owed(since - timedelta(1), first, grade=grade)
    assert "renew_grade" not in _owed(due_on, first, grade={**grade, "level": "none"})


@pytest.mark.parametrize(
    ("kind", "registered_on", "inspected", "expected"),
    [
        ("private_nonenterprise", "2016-03-01", None, (date(2017, 1, 1), date(2017, 5, 31))),
        ("foundation", "2016-06-30", None, (date(2017, 1, 1), date(2017, 3, 31))),
        ("private_nonenterprise", "2016-07-01", None, (date(2018, 1, 1), date(2018, 5, 31))),
        ("private_nonenterprise", "2009-03-02", None, (date(2017, 1, 1), date(2017, 5, 31))),
        ("private_nonenterprise", "2009-03-02", 2017, (date(2019, 1, 1), date(2019, 5, 31))),
    ],
)
def test_the_year_after_the_last_inspected_one_is_owed(
    kind: str, registered_on: str, inspected: int | None, expected: tuple[date, date]
) -> None:
    inspection = {"year": inspected, "result": "passed", "party_section": True, "on": "2018-05-01"}
    registration = {**hospital()["registration"], "registered_on": registered_on}
    owed = _owed(
        date(2020, 1, 1), kind=kind, registration=registration,
        annual_inspection=inspection if inspected else None,
    )["annual_inspection"]  # fmt: skip
    assert (owed.since, owed.due_on) == expected


def test_an_inspection_without_its_party_section_is_completed_and_files_are_not_inspected() -> None:
    inspection = {"year": 2016, "result": "passed", "party_section": False, "on": "2017-05-01"}
    day = date(2017, 6, 1)
    assert "complete_party_section" in _owed(day, annual_inspection=inspection)
    complete_ = {**inspection, "party_section": True}
    assert "complete_party_section" not in _owed(day, annual_inspection=complete_)
    filed = {**hospital()["registration"], "mode": "filing"}
    assert "annual_inspection" not in _owed(day, registration=filed)


@pytest.mark.parametrize(
    ("members", "held", "due_on"),
    [
        (3, (1, 0, 1), date(2016, 12, 31)),
        (7, (1, 3, 1), date(2016, 12, 31)),
        (7, (1, 2, 1), date(2016, 9, 30)),
        (3, (0, 3, 1), date(2016, 9, 30)),
        (3, (1, 3, 0), date(2016, 9, 30)),
    ],
)
def test_the_quarter_reported_short_is_owed_else_the_next_one(
    members: int, held: tuple[int, int, int], due_on: date
) -> None:
    counts = dict(zip(("member_meetings", "committee_meetings", "lectures"), held, strict=True))
    life = {"quarter": "2016Q3", "group_meetings": 0, **counts}
    party = _party(members, organization=_branch(), organizational_life=life)
    owed = _owed(date(2017, 2, 1), party=party)["hold_organizational_life"]
    assert owed.due_on == due_on
    nobody = _party(members)
    assert "hold_organizational_life" not in _owed(date(2017, 2, 1), party=nobody)


@pytest.mark.parametrize(
    ("formed", "due_on"),
    [
        (date(2016, 3, 1), date(2016, 6, 30)),
        (date(2016, 4, 1), date(2016, 6, 30)),
        (date(2016, 4, 2), date(2016, 9, 30)),
    ],
)
def test_who_never_reports_owes_the_first_whole_quarter_since_formation(
    formed: date, due_on: date
) -> None:
    timeline = fold(
        [
            (FIRST, 0, _state(party=_party(3))),
            (formed, 1, {"party": {"organization": _branch(established_on=formed.isoformat())}}),
            (date(2016, 12, 1), 2, {"party": {"full_members": 4}}),
        ],
        complete,
    )
    day = date(2017, 2, 1)
    owed = {o.kind: o for o in obligations_on(timeline, day)}["hold_organizational_life"]
    assert (owed.due_on, owed.overdue_on(day)) == (due_on, True)


def test_a_quarter_before_the_party_organization_was_formed_anew_counts_no_more() -> None:
    life = {
        "quarter": "2016Q2", "member_meetings": 1, "committee_meetings": 3,
        "group_meetings": 0, "lectures": 1,
    }  # fmt: skip
    party = _party(3, organization=_branch(), organizational_life=life)
    timeline = fold(
        [
            (FIRST, 0, _state(party=party)),
            (date(2016, 8, 1), 1, {"party": {"organization": None}}),
            (date(2017, 1, 10), 2, {"party": {"organization": _branch()}}),
        ],
        complete,
    )

    def due_on(day: date) -> date | None:
        owed = {o.kind: o for o in obligations_on(timeline, day)}
        return (
            owed["hold_organizational_life"].due_on if "hold_organizational_life" in owed else None
        )

    assert due_on(date(2016, 7, 31)) == date(2016, 9, 30)
    assert due_on(date(2017, 3, 31)) is None
    assert due_on(date(2017, 4, 1)) == date(2017, 6, 30)


@pytest.mark.parametrize("quarter", ["0000Q1", "0001Q1", "9998Q4", "9999Q4"])
@pytest.mark.parametrize("lectures", [0, 1])
def test_no_quarter_that_can_be_written_is_too_much(quarter: str, lectures: int) -> None:
    life = {
        "quarter": quarter, "member_meetings": 1, "committee_meetings": 3,
        "group_meetings": 0, "lectures": lectures,
    }  # fmt: skip
    party = _party(3, organization=_branch(), organizational_life=life)
    owed = _owed(date(2017, 1, 1), party=party)
    assert ("hold_organizational_life" in owed) == (quarter == "0001Q1")


@pytest.mark.parametrize(
    ("listed", "due_on"), [("2018-02-01", date(2020, 1, 31)), ("2017-01-01", date(2020, 1, 23))]
)
def test_two_years_on_the_abnormal_list_count_from_the_clause_on(listed: str, due_on: date) -> None:
    day = date(2019, 1, 1)
    owed = _owed(day, abnormal_list={"since": listed, "ground": "no_annual_report"})
    assert owed["leave_abnormal_list"].due_on == due_on


def test_an_eligible_trade_association_leaves_its_joint_branch() -> None:
    joint = _branch(form="joint_branch", mode="joint", **{"with": ["某某"]})
    day = date(2016, 6, 14)
    for full, institution, expected in (
        (3, "trade_association", True), (2, "trade_association", False), (3, "hub", False),
    ):  # fmt: skip
        party = _party(full, organization=joint)
        owed = _owed(day, institution_type=institution, party=party)
        assert ("form_solo_party_organization" in owed) is expected
    party = _party(3, organization=joint)
    before = _owed(day - timedelta(1), institution_type="trade_association", party=party)
    assert "form_solo_party_organization" not in before


@pytest.mark.parametrize(
    "wrong",
    [
        {"when": {"party.nickname": 1}},
        {"when": {"party.full_members": {"more": 1}}},
        {"when": {"party.full_members": {"min": "no_such_parameter"}}},
        {"while": ["asleep"]},
        {"due": {"days": "formation_term_days", "by": "charter_inclusion_target"}},
        {"due": {"schedule": "never"}},
        {"discharged_by": ["prayer"]},
    ],
)
def test_a_rule_that_is_written_wrongly_is_found_when_it_is_loaded(wrong: dict[str, Any]) -> None:
    raw = {
        "when": {"party.full_members": {"min": 3}}, "while": ["active"], "due": None,
        "basis": "S", "source": "…", "clause": {"zh": "一", "en": "one"},
        "discharge": {"zh": "二", "en": "two"}, "discharged_by": ["amendments"],
    }  # fmt: skip
    read_rule("sound", raw)
    with pytest.raises((ValueError, KeyError)):
        read_rule("wrong", {**raw, **wrong})
