"""The rules of single events, of amendments and of new organizations."""

from datetime import date
from typing import Any

import pytest
from tests.registry_api.samples import hospital

from registry_api.core.life_events import LIFE_EVENTS, Effect, LifeEvent, elections
from registry_api.core.life_events.amendment import amendment
from registry_api.core.organization.checks import check_new_organization
from registry_api.core.organization.state import OrganizationState, State, complete, to_state
from registry_api.core.refusals import EventNotPossible, InvalidOrganization

EVENTS = {event.path: event for event in LIFE_EVENTS}
BRANCH = {"form": "branch", "mode": "solo"}
LIFE = {"member_meetings": 1, "committee_meetings": 3, "group_meetings": 0, "lectures": 1}


def _state(**changes: Any) -> State:
    """Three full members, and a charter clause without a wording."""
    members = {"full_members": 3, "probationary_members": 0}
    sent = hospital(**{"party": members, **changes})
    return complete(to_state(OrganizationState.model_validate(sent)))


def _event(path: str, day: str, **facts: Any) -> LifeEvent:
    return EVENTS[path].model_validate({"effective_on": day, **facts})


def _with_branch() -> State:
    patch = _event("party-organization/formation", "2016-04-01", **BRANCH).effect(_state()).patch
    state = _state()
    state["party"] |= patch["party"]
    return complete(state)


@pytest.mark.parametrize(
    ("path", "facts"),
    [
        ("evaluations", {"proposed": "3A"}),
        ("party-organization/formation", BRANCH),
        ("party-members", {"full_members": 1, "probationary_members": 1}),
        ("annual-inspections", {"year": 2016, "result": "passed", "party_section": True}),
        ("abnormal-list/entry", {"ground": "other"}),
        ("demonstration-site", {"state": "nominated"}),
        ("training", {"year": 2016, "secretary_hours": 1, "member_hours": 1}),
        ("charter-inclusion", {"state": "included"}),
        ("party-workers/assignment", {"role": "liaison"}),
        ("recommendations", {"purpose": "award", "subject": "先进"}),
        ("suspension", {}),
    ],
)
def test_nothing_happens_to_who_has_ended(path: str, facts: dict[str, Any]) -> None:
    ended = _state(status="deregistered")
    with pytest.raises(EventNotPossible) as refused:
        _event(path, "2017-03-01", **facts).effect(ended)
    assert [v.rule for v in refused.value.violations] == ["status_does_not_allow"]


def test_who_has_ended_holds_no_election() -> None:
    with pytest.raises(EventNotPossible) as refused:
        elections.checked(elections.OPENED, _state(status="deregistered"), lambda _: Effect({}))
    assert [v.rule for v in refused.value.violations] == ["status_does_not_allow"]


@pytest.mark.parametrize(
    ("path", "facts", "rule"),
    [
        ("organizational-life", {"quarter": "2017Q3", **LIFE}, "period_ahead"),
        ("training", {"year": 2018, "secretary_hours": 1, "member_hours": 1}, "period_ahead"),
        ("care", {"year": 2018, "visits": 1, "aided": 1}, "period_ahead"),
        ("recruitment",
         {"year": 2018, "applicants": 1, "activists": 1, "candidates": 1, "admitted": 1},
         "period_ahead"),
        ("annual-inspections", {"year": 2017, "result": "passed", "party_section": True},
         "year_not_over"),
    ],
)  # fmt: skip
def test_a_period_ahead_can_not_be_reported(path: str, facts: dict[str, Any], rule: str) -> None:
    with pytest.raises(EventNotPossible) as refused:
        _event(path, "2017-06-14", **facts).effect(_with_branch())
    assert [v.rule for v in refused.value.violations] == [rule]


@pytest.mark.parametrize(
    ("facts", "rule"),
    [
        ({"mode": "joint"}, "joint_with_whom"),
        ({"form": "committee"}, "too_few_members"),
        ({"form": "joint_branch"}, "joint_branch_is_joint"),
        ({"secretary_cross_posted": True}, "no_secretary"),
    ],
)
def test_a_change_passes_the_gates_of_a_formation(facts: dict[str, Any], rule: str) -> None:
    with pytest.raises(EventNotPossible) as refused:
        _event("party-organization/change", "2016-05-01", **facts).effect(_with_branch())
    assert [v.rule for v in refused.value.violations] == [rule]


@pytest.mark.parametrize(
    "change",
    [
        {"leadership_election": {"state": "completed", "opened_on": "2017-01-01"}},
        {"evaluation": {"proposed": "5A", "outcome": "granted", "on": "2017-01-01"}},
    ],
)
def test_an_amendment_decides_no_election_and_no_evaluation(change: dict[str, Any]) -> None:
    with pytest.raises(InvalidOrganization) as refused:
        amendment(_state(), change)
    (violation,) = refused.value.violations
    assert violation.pointer == f"/change/{next(iter(change))}"
    assert violation.rule == "decided_by_event"


@pytest.mark.parametrize(
    ("day", "changes", "pointer", "rule"),
    [
        ("2015-12-31", {"charter": {"state": "none"}}, "/charter/state", "charter_clause_missing"),
        ("2015-12-31", {}, "/effective_on", "before_registration"),
        ("2016-03-01", {"status": "revoked"}, "/status", "not_active"),
        ("2016-03-01", {"charter": {"state": "included", "wording": "v2"}}, "/charter/wording",
         "wording_not_yet"),
        ("2016-03-01",
         {"leadership_election": {"state": "completed", "opened_on": "2016-03-01"}},
         "/leadership_election", "decided_by_event"),
    ],
)  # fmt: skip
def test_a_new_organization_passes_the_gates_of_the_later_day_and_is_active(
    day: str, changes: dict[str, Any], pointer: str, rule: str
) -> None:
    violations = check_new_organization(_state(**changes), date.fromisoformat(day))
    assert (pointer, rule) in {(v.pointer, v.rule) for v in violations}
