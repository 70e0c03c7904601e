"""What a sparse file leaves out and the rest of its row says anyway.

Only for an organization that the register does not know yet, and only into fields that are empty:
what somebody wrote is never changed.
"""

from registry_api.core.organization import credit_code
from registry_api.core.organization.divisions import level_of
from registry_api.core.organization.state import State


def derive(state: State) -> State:
    """`state` with kind, authority and level filled from the credit code where it has them.

    `state` has every field (`complete`) but need not be valid: what is of the wrong type is left
    for the model to refuse. Source: GB 32100-2015, characters 1-2 (class) and 3-8 (division of the
    authority).
    """
    registration = state["registration"]
    authority = registration.get("authority") if isinstance(registration, dict) else None
    if not isinstance(authority, dict):
        return state
    code, kind = state["credit_code"], state["kind"]
    division, level = authority.get("division_code"), registration.get("level")
    if not (kind is None or division is None or level is None):
        return state
    if isinstance(code, str) and len(code) == 18:
        division = credit_code.division_of(code) if division is None else division
        kind = kind or credit_code.kind_of(code)
    if level is None and isinstance(division, str):
        level = level_of(division)
    authority = {**authority, "division_code": division}
    registration = {**registration, "level": level, "authority": authority}
    return {**state, "kind": kind, "registration": registration}
