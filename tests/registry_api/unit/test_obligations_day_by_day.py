"""Obligations at random against a model that looks at every day by itself."""

from datetime import date, timedelta
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st
from tests.registry_api.samples import hospital

from registry_api.domain.obligations import (
    obligations_from,
    obligations_of,
)
from registry_api.domain.organization import OrganizationState, complete, to_state
from servicekit.time import Segment, fold

FIRST = date(2016, 3, 1)

State = dict[str, Any]


def _state(**changes: Any) -> State:
    return complete(to_state(OrganizationState.model_validate(hospital(**changes))))


DAYS = 30
BEGIN = date(2019, 5, 15)
"""Two weeks before the wording of 2019: the calendar changes what is owed on the way."""

_PATCHES = st.fixed_dictionaries({}, optional={
    "status": st.sampled_from(["active", "suspended", "revoked"]),
    "charter": st.fixed_dictionaries({}, optional={
        "state": st.sampled_from(["none", "provisional", "included"]),
        "wording": st.sampled_from([None, "v1", "v2"]),
    }),
    "party": st.fixed_dictionaries({}, optional={
        "full_members": st.sampled_from([None, 0, 2, 3, 4]),
        "probationary_members": st.sampled_from([None, 0, 1]),
        "organizer": st.sampled_from([None, {"assigned_on": None}]),
        "liaison": st.sampled_from([None, {"assigned_on": None}]),
        "organization": st.sampled_from([None, {"form": "branch", "mode": "solo"}]),
    }),
})  # fmt: skip


def _naive(state: State, day: date) -> set[str]:
    """What these kinds of obligations say of one day, in plain words."""
    party, charter = state["party"], state["charter"]
    full, probationary = party["full_members"], party["probationary_members"]
    if state["status"] != "active":
        return set()
    owed = set()
    if party["organization"] is None:
        if full is None:
            owed.add("collect_members")
        elif full >= 3:
            owed.add("form_party_organization")
        elif full + (probationary or 0) > 0:
            if party["organizer"] is None:
                owed.add("assign_organizer")
        elif party["organizer"] is None and party["liaison"] is None:
            owed.add("assign_party_worker")
    if charter["state"] != "included":
        owed.add("include_charter_clause")
    elif charter["wording"] is None and day < date(2019, 5, 27):
        owed.add("adopt_charter_wording_2018")
    elif charter["wording"] != "v2" and day >= date(2019, 5, 27):
        owed.add("adopt_charter_wording_2019")
    return owed


@settings(max_examples=200, deadline=None)
@given(st.lists(st.tuples(st.integers(0, DAYS), _PATCHES), max_size=6))
def test_obligations_are_what_a_look_at_every_single_day_finds(
    history: list[tuple[int, State]],
) -> None:
    patches = [(BEGIN, 0, _state())]
    patches += [(BEGIN + timedelta(d), n, patch) for n, (d, patch) in enumerate(history, 1)]
    timeline = fold(patches, complete)
    derived = obligations_of(timeline)
    begun: dict[str, date] = {}
    for offset in range(DAYS + 10):
        day = BEGIN + timedelta(offset)
        state = next(s.state for s in reversed(timeline) if s.start <= day)
        expected = _naive(state, day)
        begun = {kind: begun.get(kind, day) for kind in expected}
        found = {o.kind: o.since for o in derived if o.holds_on(day)}
        found.pop("annual_inspection", None)
        assert found == begun, day


def test_a_formation_is_due_at_once_also_for_who_grows() -> None:
    grown = fold(
        [(FIRST, 0, _state()), (date(2017, 5, 1), 1, {"party": {"full_members": 3}})], complete
    )
    owed = {o.kind: o for o in obligations_of(grown)}
    assert owed["form_party_organization"].since == date(2017, 5, 1)
    assert owed["form_party_organization"].due_on == date(2017, 5, 1)
    assert owed["assign_organizer"].until == date(2017, 5, 1)


def test_one_state_for_ever_owes_what_its_timeline_owes() -> None:
    state = _state(charter={"state": "none"})
    assert obligations_from(state, FIRST) == obligations_of([Segment(FIRST, None, state)])
