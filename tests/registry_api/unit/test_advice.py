"""Guidance and ranking: each rule on its side of the line; rankings against a naive model."""

from datetime import date
from typing import Any
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.registry_api.samples import hospital

from registry_api.domain.evaluation import LEVELS, grounds_of_veto
from registry_api.domain.guidance import forms, guidance_for
from registry_api.domain.life_events.supervision import Evaluated
from registry_api.domain.organization import OrganizationState, complete, to_state
from registry_api.domain.ranking import Candidate, criteria, judged, ranked
from servicekit.time import Segment

DAY = date(2017, 6, 14)
BRANCH = {"form": "branch", "mode": "solo", "established_on": "2016-03-01"}
JOINT = {**BRANCH, "mode": "joint", "with": ["某某"]}


def _state(**changes: Any) -> dict[str, Any]:
    return complete(to_state(OrganizationState.model_validate(hospital(**changes))))


def _party(full: int | None, **more: Any) -> dict[str, Any]:
    return {"full_members": full, "probationary_members": 0, **more}


@pytest.mark.parametrize(
    ("changes", "rule", "with_"),
    [
        ({"status": "suspended"}, "not_in_operation", []),
        ({"party": _party(3, organization=JOINT), "institution_type": "trade_association"},
         "association_leaves_joint", []),
        ({"party": _party(2, organization=JOINT), "institution_type": "trade_association"},
         "keep", []),
        ({"party": _party(3, organization=JOINT)}, "keep", []),
        ({"party": {"full_members": None}}, "members_unknown", []),
        ({"party": _party(100)}, "committee", []),
        ({"party": _party(99)}, "general_branch", []),
        ({"party": _party(49)}, "solo", []),
        ({"party": _party(3), "institution_type": "trade_association"}, "association_solo", []),
        ({"party": _party(2), "kind": "foundation", "full_time_staff": 9, "sponsor": "某集团"},
         "foundation_with_sponsor", ["某集团"]),
        ({"party": _party(2), "kind": "foundation", "full_time_staff": 10, "sponsor": "某集团"},
         "joint_with_sector", ["罗湖区卫生局主管的其他社会组织"]),
        ({"party": _party(1), "business_supervisor": None}, "joint_with_neighbours",
         ["同在440303001的其他社会组织"]),
        ({"party": _party(0)}, "worker", []),
    ],
)  # fmt: skip
def test_each_form_is_recommended_to_whom_it_fits(
    changes: dict[str, Any], rule: str, with_: list[str]
) -> None:
    guidance = guidance_for(_state(**changes), DAY)
    told = [words.say("zh", {"value": value}) for words, value in guidance.with_]
    assert (guidance.form.name, told) == (rule, with_)
    assert guidance.form.reason.zh != guidance.form.reason.en


def test_every_rule_of_the_file_can_be_the_one() -> None:
    mark = next(m for m in test_each_form_is_recommended_to_whom_it_fits.pytestmark)
    assert {case[1] for case in mark.args[1]} == {*forms()}


def test_associations_have_four_mechanisms_and_the_register_knows_of_one() -> None:
    secretary = {"post": "会长", "cross_posted": True}
    party = _party(5, organization={**BRANCH, "secretary": secretary})
    state = _state(kind="social_association", party=party)
    found = {m.name: in_place for m, in_place in guidance_for(state, DAY).mechanisms}
    assert found == {
        "cross_posting": True, "double_training": None,
        "two_way_exchange": None, "shared_duties": None,
    }  # fmt: skip
    other = guidance_for(_state(kind="private_nonenterprise"), DAY).mechanisms
    assert [m.name for m, _ in other] == ["scale_first"]


@pytest.mark.parametrize(
    ("changes", "level"),
    [
        ({"party": _party(3), "full_time_staff": 1}, "first"),
        ({"party": _party(2), "full_time_staff": 50}, "high"),
        ({"party": _party(2), "full_time_staff": 49}, "normal"),
        ({"party": _party(2, organization=BRANCH), "full_time_staff": 50}, "none"),
        ({"party": _party(3), "status": "revoked"}, "none"),
    ],
)
def test_who_is_overdue_comes_first_then_the_larger_ones(
    changes: dict[str, Any], level: str
) -> None:
    assert guidance_for(_state(**changes), DAY).priority.level == level


@given(
    st.sampled_from([None, 0, 2, 3, 8]),
    st.booleans(),
    st.sampled_from(LEVELS),
)
def test_the_veto_asked_beforehand_is_the_veto_of_the_evaluation(
    full: int | None, formed: bool, level: str
) -> None:
    state = _state(party=_party(full, organization=BRANCH if formed else None))
    grounds = {ground.code for ground in grounds_of_veto(state, level, DAY)}
    expected = set()
    if not formed and level == "5A":
        expected.add("5a_needs_party_organization")
    if not formed and (full or 0) >= 3:
        expected.add("eligible_not_formed")
    assert grounds == expected
    outcome = Evaluated(effective_on=DAY, proposed=level).effect(state).outcome
    assert {ground["ground"] for ground in outcome["grounds"]} == expected


def _judged(**changes: Any) -> Candidate:
    state = _state(**changes)
    return judged(UUID(int=1), 90, state, [Segment(date(2016, 3, 1), None, state)], DAY)


def test_a_party_organization_works_well_by_what_is_recorded() -> None:
    life = {
        "quarter": "2017Q1", "member_meetings": 1, "committee_meetings": 3,
        "group_meetings": 0, "lectures": 1,
    }  # fmt: skip
    organization = {**BRANCH, "secretary": {"post": "院长"}}
    good = _party(5, organization=organization, organizational_life=life)
    assert _judged(party=good).works_well
    for party, unmet in (
        (_party(5), {"has_party_organization", "has_secretary", "life_is_reported",
                     "life_is_held", "elects_in_time"}),
        ({**good, "organization": BRANCH}, {"has_secretary"}),
        ({**good, "organizational_life": None}, {"life_is_reported", "life_is_held"}),
        ({**good, "organizational_life": {**life, "lectures": 0}}, {"life_is_held"}),
        ({**good, "organizational_life": {**life, "quarter": "2016Q4"}}, {"life_is_held"}),
        ({**good, "organization": {**organization, "term_until": "2017-06-14"}},
         {"elects_in_time"}),
    ):  # fmt: skip
        assert {c.name for c in _judged(party=party).unmet} == unmet
    listed = {"since": "2017-01-01", "ground": "unreachable"}
    assert [c.name for c in _judged(abnormal_list=listed).barred] == ["on_abnormal_list"]
    assert [c.name for c in _judged(status="revoked").barred] == ["not_in_operation"]


_CANDIDATES = st.lists(
    st.tuples(st.sampled_from([1.0, 2.0, 3.0]), st.booleans(), st.booleans()), max_size=8
)


@given(_CANDIDATES)
def test_a_ranking_is_by_score_then_by_the_clause_else_a_tie(
    drawn: list[tuple[float, bool, bool]],
) -> None:
    first = criteria().works_well[0]
    bar = criteria().barred[0]
    candidates = [
        Candidate(UUID(int=n), str(n), score, [], [] if well else [first], [bar] if out else [])
        for n, (score, well, out) in enumerate(drawn)
    ]
    placed = {p.candidate.id: p for p in ranked(candidates)}
    assert len(placed) == len(candidates)
    inside = [c for c in candidates if not c.barred]
    for one in candidates:
        place = placed[one.id]
        if one.barred:
            assert (place.rank, place.tied, place.preferred) == (None, False, False)
            continue
        before = [c for c in inside if (c.score, c.works_well) > (one.score, one.works_well)]
        same = [c for c in inside if (c.score, c.works_well) == (one.score, one.works_well)]
        assert place.rank == len(before) + 1
        assert place.tied == (len(same) > 1)
        passed = [c for c in inside if c.score == one.score and not c.works_well]
        assert place.preferred == (one.works_well and bool(passed))
    order = [p.rank for p in ranked(candidates) if p.rank is not None]
    assert order == sorted(order)
