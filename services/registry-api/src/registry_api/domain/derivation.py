"""What a sparse file leaves out and the rest of its row says anyway.

Only for an organization that the register does not know yet, and only into fields that are empty:
what somebody wrote is never changed.
"""

from registry_api.domain import credit_code
from registry_api.domain.divisions import level_of
from registry_api.domain.organization import State


def derive(state: State) -> State:
    """`state` with kind, authority and level filled from the credit code where it has them.

    Source: GB 32100-2015, characters 1-2 (class) and 3-8 (division of the authority).
    """
    code = state.get("credit_code")
    registration = dict(state.get("registration") or {})
    authority = dict(registration.get("authority") or {})
    if code and len(code) == 18:
        if authority.get("division_code") is None:
            authority["division_code"] = credit_code.division_of(code)
        kind = state.get("kind") or credit_code.kind_of(code)
    else:
        kind = state.get("kind")
    if registration.get("level") is None and authority.get("division_code"):
        registration["level"] = level_of(authority["division_code"])
    registration["authority"] = authority
    derived = {**state, "registration": registration}
    if kind:
        derived["kind"] = kind
    return derived
