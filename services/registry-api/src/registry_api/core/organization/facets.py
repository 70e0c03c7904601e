"""The facets of an organization: every field it can be found or sorted by, and how.

One table says what there is; the columns of the current rows, the reading of past states, the
query parameters and their documentation all come from it. A facet is a leaf of the document or
(`has_…`) whether an object is there. Adding one here and its column in a migration is all it takes.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from functools import cache
from typing import Any, Literal

from registry_api.core.organization.columns import columns
from registry_api.core.organization.fact_reading import Nothing, member
from registry_api.core.organization.state import State

Kind = Literal["code", "codes", "text", "token", "count", "date", "flag", "presence"]
Operator = Literal[
    "one_of", "any_of", "prefix", "contains", "min", "max", "from", "before", "is", "unknown"
]


@dataclass(frozen=True, slots=True)
class Facet:
    """A field to find by: the leaf (or, for a presence, the object) at `path`."""

    name: str
    path: tuple[str, ...]
    kind: Kind
    title: str
    code_list: str | None = None


@dataclass(frozen=True, slots=True)
class Filter:
    """A query parameter: `operator` compares the facet (None: several are meant) with it."""

    name: str
    operator: Operator
    facet: Facet | None


_LEAVES = {
    "credit_code": "credit_code",
    "filing_number": "filing_number",
    "name": "name",
    "kind": "kind",
    "institution_type": "institution_type",
    "category": "category",
    "registration_mode": "registration.mode",
    "registration_level": "registration.level",
    "authority_division": "registration.authority.division_code",
    "registered_on": "registration.registered_on",
    "supervisor_system": "business_supervisor.system",
    "licence_issuer": "licence_issuer",
    "affiliation": "affiliation",
    "status": "status",
    "full_time_staff": "full_time_staff",
    "grade": "grade.level",
    "grade_valid_until": "grade.valid_until",
    "charter_state": "charter.state",
    "charter_wording": "charter.wording",
    "full_members": "party.full_members",
    "probationary_members": "party.probationary_members",
    "party_organization_form": "party.organization.form",
    "party_organization_mode": "party.organization.mode",
    "party_established_on": "party.organization.established_on",
    "party_term_until": "party.organization.term_until",
    "secretary_cross_posted": "party.organization.secretary.cross_posted",
    "demonstration_state": "party.demonstration_site.state",
    "demonstration_review_result": "party.demonstration_site.review_result",
    "inspection_year": "annual_inspection.year",
    "inspection_result": "annual_inspection.result",
    "evaluation_proposed": "evaluation.proposed",
    "evaluation_outcome": "evaluation.outcome",
    "evaluation_ground": "evaluation.grounds",
    "election_state": "leadership_election.state",
    "abnormal_ground": "abnormal_list.ground",
    "recommendation_purpose": "recommendation.purpose",
}
_PRESENCES = {
    "has_party_organization": ("party.organization", "已建党组织"),
    "has_instructor": ("party.instructor", "有党建指导员"),
    "has_liaison": ("party.liaison", "有党建联络员"),
    "has_organizer": ("party.organizer", "有党建组织员"),
}

AREA = Facet("area", (), "token", "住所区划代码")
"""The access area: the domicile's division or, where that is unknown, the authority's."""

Sort = Literal[
    "id", "name", "registered_on", "full_members", "full_time_staff", "grade_valid_until"
]
"""What lists can be ordered by: the id, or a facet."""


@cache
def facets() -> Mapping[str, Facet]:
    """All facets with a column of their own, by name. Raises KeyError for a path of no field."""
    leaves = {column.dotted: column for column in columns()}
    by_name: dict[str, Facet] = {}
    for name, dotted in _LEAVES.items():
        leaf = leaves[dotted]
        kind = leaf.kind
        assert kind in ("code", "codes", "text", "token", "count", "date", "flag"), dotted
        by_name[name] = Facet(name, leaf.path, kind, leaf.title, leaf.code_list)
    for name, (dotted, title) in _PRESENCES.items():
        by_name[name] = Facet(name, tuple(dotted.split(".")), "presence", title)
    return by_name


@cache
def filters() -> Mapping[str, Filter]:
    """All query parameters that filter, by name.

    Codes and identifiers: one of the given values; lists of codes: with any of them. Divisions:
    prefixes. The name: a part of it. Counts: `_min`, `_max`, both inclusive. Dates: half-open,
    `_from` and `_before`. Flags: `true` or `false`; unknown is neither. `unknown` names facets
    about which nothing is known.
    """
    made = [Filter("area", "prefix", AREA), Filter("unknown", "unknown", None)]
    for facet in facets().values():
        made += [Filter(facet.name + suffix, operator, facet)
                 for suffix, operator in _operators(facet)]  # fmt: skip
    return {made_.name: made_ for made_ in made}


def _operators(facet: Facet) -> tuple[tuple[str, Operator], ...]:
    if facet.name == "name":
        return (("", "contains"),)
    if facet.name == "authority_division":
        return (("", "prefix"),)
    if facet.kind == "count":
        return (("_min", "min"), ("_max", "max"))
    if facet.kind == "date":
        return (("_from", "from"), ("_before", "before"))
    if facet.kind in ("flag", "presence"):
        return (("", "is"),)
    return (("", "any_of" if facet.kind == "codes" else "one_of"),)


def facet_values(state: State) -> tuple[Any, ...]:
    """The facets of a complete state as its row's columns hold them, in the order of `facets()`.

    Read once for every organization of an import, so all of them are one compiled expression.
    """
    return _read_all()(state)


@cache
def _read_all() -> Callable[[State], tuple[Any, ...]]:
    source = f"lambda state: ({', '.join(map(_source, facets().values()))},)"
    names = {"nothing": Nothing(), "day": _day}
    read: Callable[[State], tuple[Any, ...]] = eval(source, names)  # noqa: S307 - paths of the model
    return read


def _source(facet: Facet) -> str:
    leaf = member(facet.path)
    return {"date": f"day({leaf})", "presence": f"({leaf} is not None)"}.get(facet.kind, leaf)


def _day(value: str | None) -> date | None:
    return None if value is None else date.fromisoformat(value)
