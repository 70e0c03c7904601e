"""The charter's clause on Party building 党建入章 only goes forward; errors are amended."""

from typing import Any

from registry_api.core.life_events.event import not_possible
from registry_api.core.organization.state import State

_STATES = ("none", "provisional", "included")
_WORDINGS = (None, "v1", "v2")


def check_charter(state: State, patch: dict[str, Any], pointer: str) -> None:
    """Refuse steps back: none → provisional → included, and never to an older wording.

    `pointer` is where the state stands in what was sent. Raises EventNotPossible.
    """
    current = state["charter"]
    if patch["state"] == "none" or _STATES.index(patch["state"]) < _STATES.index(current["state"]):
        raise not_possible("charter_goes_forward", pointer, patch["state"], held=current["state"])
    wording = patch.get("wording", current["wording"])
    if _WORDINGS.index(wording) < _WORDINGS.index(current["wording"]):
        raise not_possible("wording_goes_forward", "/wording", wording, held=current["wording"])
