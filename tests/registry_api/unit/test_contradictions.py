"""Whatever the order in which events are recorded, all could have happened day by day."""

from datetime import date, timedelta
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st
from tests.registry_api.samples import hospital

from registry_api.domain.contradictions import Happened, check_later_events
from registry_api.domain.known_past import KnownPast
from registry_api.domain.life_events import LIFE_EVENTS, LifeEvent
from registry_api.domain.organization import OrganizationState, settled, to_state
from servicekit.errors import Refusal
from servicekit.time import merge_patch

FIRST = date(2016, 3, 1)
_BY_PATH = {event.path: event for event in LIFE_EVENTS}
_BY_TYPE = {event.type: event for event in LIFE_EVENTS}

_SENT: list[tuple[str, dict[str, Any]]] = [
    ("party-organization/formation", {"form": "branch", "mode": "solo", "approval": "1"}),
    ("party-organization/dissolution", {}),
    ("party-workers/assignment", {"role": "liaison"}),
    ("party-workers/ending", {"role": "liaison"}),
    ("abnormal-list/entry", {"ground": "other"}),
    ("abnormal-list/removal", {}),
    ("recommendations", {"purpose": "award", "subject": "先进"}),
    ("demonstration-site", {"state": "nominated"}),
    ("demonstration-site", {"state": "designated"}),
    ("demonstration-site/reviews", {"result": "failed"}),
    ("evaluations", {"proposed": "5A"}),
    ("suspension", {}),
    ("resumption", {}),
    ("deregistration", {}),
]
_HISTORIES = st.lists(
    st.tuples(st.integers(1, 60), st.sampled_from(_SENT)),
    min_size=2, max_size=12, unique_by=lambda sent: sent[0],
)  # fmt: skip


def _recorded(past: list[Happened], event: LifeEvent) -> Happened | None:
    """The event as the ledger would keep it; None where it is refused, or says nothing new."""
    day = event.effective_on
    state = KnownPast([each.patch for each in past]).on(day)
    assert state is not None
    try:
        patch = event.effect(state).patch
        if settled(merge_patch(state, patch)) == state:
            return None
        new = Happened(event.type, day, len(past) + 1, patch)
        check_later_events(past, new)
    except Refusal:
        return None
    return new


@settings(max_examples=300, deadline=None)
@given(_HISTORIES)
def test_all_that_is_recorded_could_have_happened_day_by_day(
    history: list[tuple[int, tuple[str, dict[str, Any]]]],
) -> None:
    founded = to_state(OrganizationState.model_validate(hospital()))
    past = [Happened("organization.established", FIRST, 1, founded)]
    for offset, (path, sent) in history:
        day = FIRST + timedelta(offset)
        event = _BY_PATH[path].model_validate({"effective_on": day, **sent})
        if (recorded := _recorded(past, event)) is not None:
            past.append(recorded)
    state = settled(founded)
    for happened in sorted(past[1:], key=lambda each: each.effective_on):
        _BY_TYPE[happened.type].still_possible(state, happened.change, happened.effective_on)
        state = settled(merge_patch(state, happened.change))
    assert state == KnownPast([each.patch for each in past]).timeline[-1].state
