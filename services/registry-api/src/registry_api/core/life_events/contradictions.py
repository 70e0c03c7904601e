"""What is recorded about an earlier day must leave possible what is known of later ones.

Each later event is asked again whether it could have happened to what the organization was before
it, now that more is known of the days before. A deregistration dated before an evaluation, or the
dissolution of the Party organization that a 5A rests on, is refused: one of the two is wrong, and
only the authority can say which. Imports say what other books hold and are not asked; where they
leave something that does not fit, a notice tells.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from registry_api.core.life_events import LIFE_EVENTS
from registry_api.core.life_events.elections import ELECTION_EVENTS, check_election
from registry_api.core.life_events.event import check_status, not_possible
from registry_api.core.life_events.reorganization import MERGED, SPLIT
from registry_api.core.organization.known_past import Patch
from registry_api.core.organization.state import State, settled
from registry_api.core.refusals import EventNotPossible
from servicekit.errors import Refusal
from servicekit.time import merge_diff, merge_patch

_Check = Callable[[State, dict[str, Any], date], None]

_OF_COUNTS = frozenset({"too_few_members", "grade_vetoed"})
"""Members are what they are: a count of an earlier day tells, and forbids no decision after it."""

_COUNTING = frozenset(
    {
        "organization.members_counted",
        "organization.annual_inspection",
        "organization.amended",
    }
)


@dataclass(frozen=True, slots=True)
class PastEvent:
    """An event as the ledger keeps it; `position` orders those of one day."""

    type: str
    effective_on: date
    position: int
    change: dict[str, Any]

    @property
    def patch(self) -> Patch:
        """What it does to the state."""
        return self.effective_on, self.position, self.change


def check_later_events(past: Sequence[PastEvent], new: PastEvent) -> None:
    """Whether all that happened after `new` can still have happened, given it.

    Raises EventNotPossible, which names the first that can't and why.
    """
    later = [h for h in past if h.effective_on > new.effective_on and h.type in _CHECKS]
    if not later:
        return
    before, after = _States(past), _States([*past, new])
    for past_events in sorted(later, key=_order):
        refusal = after.against(past_events)
        if refusal is None or before.against(past_events) or not before.holds(past_events):
            continue
        rules = {violation.rule for violation in refusal.violations}
        if new.type in _COUNTING and rules <= _OF_COUNTS:
            continue
        on = past_events.effective_on.isoformat()
        facts = {"event": past_events.type, "on": on, "position": past_events.position}
        refused = not_possible(
            "later_event", "/effective_on", new.effective_on.isoformat(), **facts
        )
        raise EventNotPossible(*refused.violations, *refusal.violations)


class _States:
    """The states right before each event, and at the end of each day with one."""

    def __init__(self, past: Sequence[PastEvent]) -> None:
        self._before: dict[int, State] = {}
        self._evening: dict[date, State] = {}
        state: State = {}
        for past_events in sorted(past, key=_order):
            self._before[past_events.position] = state
            state = settled(merge_patch(state, past_events.change))
            self._evening[past_events.effective_on] = state

    def against(self, past_events: PastEvent) -> Refusal | None:
        """Why it can't have happened; None where it can."""
        check = _CHECKS[past_events.type]
        try:
            check(self._before[past_events.position], past_events.change, past_events.effective_on)
        except Refusal as refusal:
            return refusal
        return None

    def holds(self, past_events: PastEvent) -> bool:
        """Whether what it said was still so in the evening: a correction can have undone it."""
        evening = self._evening[past_events.effective_on]
        return not merge_diff(evening, merge_patch(evening, past_events.change))


def _order(past_events: PastEvent) -> tuple[date, int]:
    return past_events.effective_on, past_events.position


def _election(type_: str) -> _Check:
    return lambda state, patch, _: check_election(type_, state, patch)


def _in_being(state: State, _: dict[str, Any], __: date) -> None:
    check_status(state)


_CHECKS: Mapping[str, _Check] = {
    **{event.type: event.still_possible for event in LIFE_EVENTS},
    **{type_: _election(type_) for type_ in ELECTION_EVENTS},
    MERGED: _in_being,
    SPLIT: _in_being,
}
