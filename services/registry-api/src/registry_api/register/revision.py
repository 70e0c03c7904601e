"""Working out what a change makes of an organization that the register knows; no I/O here.

Life events, amendments and imports all change organizations this way: the state wanted on a day is
held to every rule, becomes a patch of the state of that day, and is folded into the timeline, whose
later states must stay sound.

A day before the first that is known is a beginning moved back: the wanted state, whole, is what
held from that day on until what was known before begins. Whatever was known keeps its effect, and
the state on any day stays the fold of the patches.
"""

from dataclasses import dataclass
from datetime import date
from typing import Any

from pydantic import ValidationError

from registry_api.core.organization.checks import check_state
from registry_api.core.organization.divisions import Divisions
from registry_api.core.organization.known_past import KnownPast, PatchedPast
from registry_api.core.organization.state import OrganizationState, State, access_area, to_state
from registry_api.core.refusals import InvalidOrganization, OutsideAreasThen
from servicekit.auth import Caller
from servicekit.errors import OutsideAreas, Refusal, Violation, from_pydantic
from servicekit.time import merge_diff


@dataclass(frozen=True, slots=True)
class Revision:
    """The patch of the day's state, and what it makes of the timeline."""

    patch: dict[str, Any]
    after: PatchedPast


@dataclass(frozen=True, slots=True)
class Terms:
    """What every state must satisfy that this caller brings about today."""

    caller: Caller
    today: date
    divisions: Divisions

    def validated(self, state: State) -> State | list[Violation]:
        """The state as the model writes it, or the rules it breaks."""
        try:
            whole = to_state(OrganizationState.model_validate(state))
        except ValidationError as error:
            return broken_rules(error)
        return check_state(whole, self.today, self.divisions) or whole

    def revise(
        self, past: KnownPast, day: date, state: State, asserted: dict[str, Any] | None = None
    ) -> Revision | None:
        """What it takes that `state` holds from `day` on; None where it does already.

        `asserted` is the patch of an event, of which all is asserted; else only what differs.
        Raises InvalidOrganization; OutsideAreas for a domicile that the caller sent,
        OutsideAreasThen where the organization is, on a day that the change reaches, in an area
        that the caller may not see and so is not told.
        """
        on_the_day = past.on(day)
        whole = self._sound(state)
        patch = merge_diff(on_the_day, whole)
        if not patch:
            return None
        reached = on_the_day or (past.timeline[0].state if past.timeline else None)
        if reached is not None and not self.caller.may_see(access_area(reached)):
            raise _outside_then(day)
        if not self.caller.may_see(access_area(whole)):
            raise OutsideAreas(area=access_area(whole))
        if asserted is not None:
            patch = _asserted(asserted, whole)
        after = past.patched(day, patch)
        for segment in after.timeline[1:]:
            self._sound(segment.state)
            if not self.caller.may_see(access_area(segment.state)):
                raise _outside_then(day)
        return Revision(patch, after)

    def _sound(self, state: State) -> State:
        validated = self.validated(state)
        if isinstance(validated, list):
            raise InvalidOrganization(*validated)
        return validated


def broken_rules(error: ValidationError) -> list[Violation]:
    """What pydantic finds wrong with a state; where nothing stands that is needed, it is missing.

    A cell left empty is null, of which pydantic would say that it is no text.
    """
    return [
        Violation(violation.pointer, "missing") if violation.value is None else violation
        for violation in from_pydantic(error.errors())
    ]


def _asserted(patch: dict[str, Any], state: dict[str, Any]) -> dict[str, Any]:
    """All that `patch` says, as the model writes it."""
    return {
        key: _asserted(value, state[key])
        if isinstance(value, dict) and isinstance(state[key], dict)
        else state[key]
        for key, value in patch.items()
    }


def _outside_then(day: date) -> Refusal:
    violation = Violation("/effective_on", "outside_areas_then", day.isoformat())
    return OutsideAreasThen(violation)
