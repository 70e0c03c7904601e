"""Amendments and corrections 变更与更正: what they may say, and what only an event decides."""

from typing import Any

from registry_api.core.life_events.event import Effect
from registry_api.core.organization.state import DECIDED_BY_EVENTS, State
from registry_api.core.refusals import InvalidOrganization
from servicekit.errors import Violation
from servicekit.time import merge_patch


def amendment(state: State, change: dict[str, Any]) -> Effect:
    """The change as a correction of the state of its day. Raises as `check_undecided`."""
    check_undecided(state, change)
    return Effect(change, correction=True)


def check_undecided(state: State, change: dict[str, Any]) -> None:
    """An election's or an evaluation's outcome is not amended; null takes out what never was.

    Raises InvalidOrganization, with pointers into what was sent (`/change/…`).
    """
    violations = [
        Violation(f"/change/{block}", "decided_by_event", None, {"path": path})
        for block, path in DECIDED_BY_EVENTS.items()
        if change.get(block) is not None
        and merge_patch(state[block], change[block]) != state[block]
    ]
    if violations:
        raise InvalidOrganization(*violations)
