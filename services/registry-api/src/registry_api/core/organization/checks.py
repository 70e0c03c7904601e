"""Rules that join several fields of an organization, or a field and the world.

What one field may look like stands in `organization`; here is what must fit together. Each broken
rule is a `Violation`, whose words are in `api/errors.py`.
"""

from collections.abc import Iterator
from datetime import date
from functools import cache
from typing import Literal

from registry_api.core.organization import credit_code
from registry_api.core.organization.divisions import Divisions
from registry_api.core.organization.fact_reading import Reader, fact_reader
from registry_api.core.organization.state import DECIDED_BY_EVENTS, State
from registry_api.core.parameters import parameter
from registry_api.core.refusals import CodeTaken
from servicekit.errors import Refusal, Violation


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
    "registration.registered_on",
    "grade.announced_on",
    "charter.on",
    "party.organization.established_on",
    "party.organization.elected_on",
    "party.organization.secretary.appointed_on",
    "party.instructor.assigned_on",
    "party.liaison.assigned_on",
    "party.organizer.assigned_on",
    "party.demonstration_site.on",
    "party.demonstration_site.reviewed_on",
    "annual_inspection.on",
    "annual_inspection.made_up.on",
    "evaluation.on",
    "leadership_election.opened_on",
    "leadership_election.completed_on",
    "leadership_election.cancelled_on",
    "abnormal_list.since",
    "recommendation.on",
)
"""Dates on which something happened; a grade's `valid_until` and a term's end may lie ahead."""


def _future_dates(state: State, today: date) -> Iterator[Violation]:
    limit = today.isoformat()
    (values,) = _read_dates()(state)
    if max(filter(None, values), default="") <= limit:
        return
    for path, value in zip(_DATES, values, strict=True):
        if value is not None and value > limit:
            yield Violation("/" + path.replace(".", "/"), "future_date", value, {"today": limit})


@cache
def _read_dates() -> Reader:
    return fact_reader([_DATES])


def _date_order(state: State) -> Iterator[Violation]:
    grade = state["grade"] or {}
    announced, valid_until = grade.get("announced_on"), grade.get("valid_until")
    if announced and valid_until and valid_until < announced:
        yield Violation(
            "/grade/valid_until", "before_announcement", valid_until, {"announced_on": announced}
        )


Identifier = Literal["credit_code", "filing_number"]
"""What names one organization: its code, or the number under which its authority files it."""


def code_taken(state: State, field: Identifier, pointer: str = "") -> Refusal:
    """The refusal of a code or filing number that belongs to another organization."""
    violation = Violation(f"{pointer}/{field}", "code_taken", state[field])
    return CodeTaken(violation, taken=state[field])


def check_new_organization(state: State, effective_on: date) -> list[Violation]:
    """The gates of 三同步, and what a *new* organization can't bring along.

    The gates are those of the later of both dates: of the registration, and of the day from which
    the register is to know it.
    """
    day, registered_on = effective_on.isoformat(), state["registration"]["registered_on"]
    gates = max(day, registered_on or day)
    violations = check_establishment(state, date.fromisoformat(gates))
    if day < gates:
        facts = {"registered_on": registered_on}
        violations.append(Violation("/effective_on", "before_registration", day, facts))
    if state["status"] != "active":
        violations.append(Violation("/status", "not_active", state["status"]))
    wording = state["charter"]["wording"]
    if wording and parameter(f"charter_wording_{wording}", date.fromisoformat(gates)) is None:
        violations.append(Violation("/charter/wording", "wording_not_yet", wording))
    for block, path in DECIDED_BY_EVENTS.items():
        if state[block] is not None:
            violations.append(Violation(f"/{block}", "decided_by_event", None, {"path": path}))
    return violations


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
