"""Rules that join several fields of an organization, or a field and the world.

What one field may look like stands in `organization`; here is what must fit together. Each broken
rule is a `Violation`, whose words are in `api/errors.py`.
"""

from collections.abc import Iterator
from datetime import date
from typing import Literal

from registry_api.domain import credit_code
from registry_api.domain.divisions import Divisions
from registry_api.domain.organization import State
from registry_api.domain.parameters import parameter
from servicekit.refusals import Refusal, Violation


def check_state(state: State, today: date, divisions: Divisions) -> list[Violation]:
    """Every rule that a complete state breaks, whoever sent it."""
    return [
        *_identity(state),
        *_divisions(state, divisions),
        *_future_dates(state, today),
        *_date_order(state),
    ]


def _identity(state: State) -> Iterator[Violation]:
    code = state["credit_code"]
    if code is None and state["filing_number"] is None:
        yield Violation("/credit_code", "code_or_filing_number", None)
    if code and not state["credit_code_waiver"] and not credit_code.check_character_holds(code):
        yield Violation("/credit_code", "check_character", code)


def _divisions(state: State, divisions: Divisions) -> Iterator[Violation]:
    authority = state["registration"]["authority"]["division_code"]
    if authority and not divisions.knows(authority):
        yield Violation("/registration/authority/division_code", "unknown_division", authority)
    domicile = (state["domicile"] or {}).get("division_code")
    if domicile and not divisions.knows(domicile):
        yield Violation("/domicile/division_code", "unknown_division", domicile)


_DATES = (
    ("registration", "registered_on"),
    ("grade", "announced_on"),
    ("charter", "on"),
    ("party", "organization", "established_on"),
    ("party", "organization", "secretary", "appointed_on"),
    ("party", "instructor", "assigned_on"),
    ("party", "liaison", "assigned_on"),
    ("party", "organizer", "assigned_on"),
)
"""Dates on which something happened; a grade's `valid_until` may lie ahead."""


def _future_dates(state: State, today: date) -> Iterator[Violation]:
    limit = today.isoformat()
    for path in _DATES:
        value = _at(state, path)
        if value is not None and value > limit:
            yield Violation("/" + "/".join(path), "future_date", value, {"today": limit})


def _date_order(state: State) -> Iterator[Violation]:
    grade = state["grade"] or {}
    announced, valid_until = grade.get("announced_on"), grade.get("valid_until")
    if announced and valid_until and valid_until < announced:
        yield Violation(
            "/grade/valid_until", "before_announcement", valid_until, {"announced_on": announced}
        )


def _at(state: State, path: tuple[str, ...]) -> str | None:
    value = state
    for key in path:
        if value is None:
            return None
        value = value[key]
    return value  # type: ignore[return-value]


Identifier = Literal["credit_code", "filing_number"]
"""What names one organization: its code, or the number under which its authority files it."""


def code_taken(state: State, field: Identifier, pointer: str = "") -> Refusal:
    """The refusal of a code or filing number that belongs to another organization."""
    violation = Violation(f"{pointer}/{field}", "code_taken", state[field])
    return Refusal("code-taken", violation, taken=state[field])


def check_establishment(state: State, effective_on: date) -> list[Violation]:
    """The gates of 三同步 at establishment: members collected, Party building in the charter.

    Source: the 2016 speech, three synchronisations; the charter clause is a dated parameter.
    """
    violations = [
        Violation(f"/party/{field}", "members_not_collected", None)
        for field in ("full_members", "probationary_members")
        if state["party"][field] is None
    ]
    if state["registration"]["registered_on"] is None:
        violations.append(Violation("/registration/registered_on", "missing", None))
    if state["registration"]["mode"] is None:
        violations.append(Violation("/registration/mode", "missing", None))
    for field in ("authority", "domicile"):
        part = state["registration"]["authority"] if field == "authority" else state["domicile"]
        if part is None or part["division_code"] is None:
            where = "/registration/authority" if field == "authority" else "/domicile"
            violations.append(Violation(f"{where}/division_code", "missing", None))
    clause = parameter("charter_clause_required", effective_on)
    if clause and clause.value and state["charter"]["state"] == "none":
        violations.append(
            Violation(
                "/charter/state",
                "charter_clause_missing",
                state["charter"]["state"],
                {"since": clause.start.isoformat(), "source": clause.source},
            )
        )
    return violations
