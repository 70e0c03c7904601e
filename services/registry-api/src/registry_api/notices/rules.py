"""Consistency notices: what does not fit together in what the register was told.

A notice is reported and never "fixed": either side of a contradiction may be the wrong one, and
only the authority can say which. What can't be true at all is refused on the way in (`checks`).
Each rule is a pure function of a complete state and the circumstances it is looked at in.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from registry_api.core.code_lists import code_lists
from registry_api.core.organization import credit_code
from registry_api.core.organization.columns import value_at
from registry_api.core.organization.state import State
from servicekit.auth import area_prefix
from servicekit.errors import read_texts

IN_OPERATION = frozenset({"active", "suspended"})
"""Organizations that are gone keep their names and lapsed grades."""


@dataclass(frozen=True, slots=True)
class Circumstances:
    """What a rule needs beside the state: the day, and the ids of others of the same name."""

    day: date
    namesakes: Sequence[str] = ()


@dataclass(frozen=True, slots=True)
class Notice:
    """Something that does not fit: the rule, the field at which it shows, and the facts."""

    kind: str
    pointer: str
    value: Any
    facts: Mapping[str, Any] = field(default_factory=dict)

    def say(self, language: str) -> str:
        """The notice in words, "zh" or "en"."""
        facts = {name: _worded(fact, language) for name, fact in self.facts.items()}
        text = read_texts("registry_api", "notices")[self.kind]
        return text.say(language, {"value": self.value, **facts})


def _worded(fact: Any, language: str) -> Any:
    """A kind of organization by its label, everything else as it is."""
    kinds = code_lists()["organization_kind"].values
    return kinds[fact].say(language) if isinstance(fact, str) and fact in kinds else fact


def notices_of(state: State, circumstances: Circumstances) -> list[Notice]:
    """Every notice on a complete state."""
    return [notice for rule in _RULES for notice in rule(state, circumstances)]


def _code_division(state: State, _: Circumstances) -> Iterator[Notice]:
    """GB 32100-2015: characters 3-8 are the division of the registering authority."""
    code = state["credit_code"]
    authority = state["registration"]["authority"]["division_code"]
    if code and authority and credit_code.division_of(code) != authority[:6]:
        facts = {"in_code": credit_code.division_of(code), "authority": authority}
        yield Notice("code_division_differs", "/credit_code", code, facts)


def _code_class(state: State, _: Circumstances) -> Iterator[Notice]:
    """GB 32100-2015: characters 1-2 are the kind of organization (59: another kind)."""
    code = state["credit_code"]
    kind = credit_code.kind_of(code) if code else None
    if kind is not None and kind != state["kind"]:
        facts = {"in_code": kind, "kind": state["kind"]}
        yield Notice("code_class_differs", "/credit_code", code, facts)


def _domicile_outside(state: State, _: Circumstances) -> Iterator[Notice]:
    authority = state["registration"]["authority"]["division_code"]
    domicile = value_at(state, ("domicile", "division_code"))
    if authority and domicile and not domicile.startswith(area_prefix(authority)):
        facts = {"authority": authority}
        yield Notice("domicile_outside_authority", "/domicile/division_code", domicile, facts)


def _same_name(state: State, circumstances: Circumstances) -> Iterator[Notice]:
    if circumstances.namesakes and state["status"] in IN_OPERATION:
        facts = {"others": list(circumstances.namesakes)}
        yield Notice("duplicate_name", "/name", state["name"], facts)


def _grade_lapsed(state: State, circumstances: Circumstances) -> Iterator[Notice]:
    """Validity is half-open: on the day `valid_until` the grade does not hold any more."""
    grade = state["grade"] or {}
    until = grade.get("valid_until")
    graded = grade.get("level") not in (None, "none")
    if not graded or until is None or state["status"] not in IN_OPERATION:
        return
    if until <= circumstances.day.isoformat():
        yield Notice("grade_lapsed", "/grade/valid_until", until, {"level": grade["level"]})


def _veto_passed_over(state: State, circumstances: Circumstances) -> Iterator[Notice]:
    """A 5A without the Party organization that it rests on.

    A file, an amendment or a correction can leave one behind.
    """
    grade = state["grade"] or {}
    until = grade.get("valid_until")
    if grade.get("level") != "5A" or (until and until <= circumstances.day.isoformat()):
        return
    if state["party"]["organization"] is None and state["status"] in IN_OPERATION:
        yield Notice("grade_without_party_organization", "/grade/level", "5A")


_REGISTERED = ("registration", "registered_on")
_FORMED = ("party", "organization", "established_on")
_APPOINTED = ("party", "organization", "secretary", "appointed_on")
_ELECTED = ("party", "organization", "elected_on")
_OPENED = ("leadership_election", "opened_on")
_ORDERS = (
    (_REGISTERED, _FORMED),
    (_REGISTERED, _APPOINTED),
    (_REGISTERED, ("grade", "announced_on")),
    (_REGISTERED, ("party", "instructor", "assigned_on")),
    (_REGISTERED, ("party", "liaison", "assigned_on")),
    (_REGISTERED, ("party", "organizer", "assigned_on")),
    (_REGISTERED, ("party", "demonstration_site", "on")),
    (_REGISTERED, ("annual_inspection", "on")),
    (_REGISTERED, ("evaluation", "on")),
    (_REGISTERED, ("abnormal_list", "since")),
    (_REGISTERED, ("recommendation", "on")),
    (_REGISTERED, _OPENED),
    (_OPENED, ("leadership_election", "completed_on")),
    (_OPENED, ("leadership_election", "cancelled_on")),
    (_FORMED, _APPOINTED),
    (_FORMED, _ELECTED),
    (_FORMED, ("party", "organization", "term_until")),
    (_ELECTED, ("party", "organization", "term_until")),
)
"""(what comes first, what can't come before it). A charter may be adopted before registration."""


def _dates_out_of_order(state: State, _: Circumstances) -> Iterator[Notice]:
    for first, second in _ORDERS:
        earlier, later = value_at(state, first), value_at(state, second)
        if earlier and later and later < earlier:
            pointer = "/" + "/".join(second)
            facts = {"field": pointer, "before": "/" + "/".join(first), "date": earlier}
            yield Notice("dates_out_of_order", pointer, later, facts)


def _code_waived(state: State, _: Circumstances) -> Iterator[Notice]:
    code, reason = state["credit_code"], state["credit_code_waiver"]
    if code and reason:
        yield Notice("code_waived", "/credit_code", code, {"reason": reason})


_RULES: Sequence[Callable[[State, Circumstances], Iterator[Notice]]] = (
    _code_division,
    _code_class,
    _domicile_outside,
    _same_name,
    _grade_lapsed,
    _veto_passed_over,
    _dates_out_of_order,
    _code_waived,
)
