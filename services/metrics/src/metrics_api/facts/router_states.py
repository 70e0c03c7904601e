"""What the router's feed shows of assignments and of its directory, as far as it is counted."""

from collections.abc import Mapping
from datetime import date
from typing import Any, TypeAlias

import msgspec

from metrics_api.core.facts.columns import AssignmentFacts, check_codes

Details: TypeAlias = tuple[str | list[list[str]] | None, ...]
"""What is kept of an area, a body or a rule set, in a fixed order."""


class _Body(msgspec.Struct):
    id: str | None = None
    kind: str | None = None


class _Assignment(msgspec.Struct):
    outcome: str | None = None
    supervising: _Body | None = None
    rule_set: str | None = None
    rule: str | None = None
    basis: str | None = None


class _Successor(msgspec.Struct):
    code: str
    valid_from: date


class _Area(msgspec.Struct):
    level: str
    name: str
    parent: str | None = None
    successors: list[_Successor] = []


class _DirectoryBody(msgspec.Struct):
    kind: str
    name: str
    area_code: str | None = None
    successor: str | None = None


class _RuleSet(msgspec.Struct):
    scope: str | None = None
    digest: str | None = None


def assignment_facts(state: Mapping[str, Any]) -> AssignmentFacts:
    """The router's half of a fact from a state of the feed.

    Raises `OutOfDomainError`, or `msgspec.ValidationError` for a state of another shape.
    """
    assignment = msgspec.convert(state, _Assignment)
    body = assignment.supervising
    facts = AssignmentFacts(
        outcome=assignment.outcome,
        supervising_body=body.id if body else None,
        body_kind=body.kind if body else None,
        rule_set=assignment.rule_set,
        rule=assignment.rule,
        basis=assignment.basis,
    )
    check_codes(facts)
    return facts


def area_details(state: Mapping[str, Any]) -> Details:
    """Level, parent and name of an area, and what succeeds it: code and day of each, in order."""
    area = msgspec.convert(state, _Area)
    heirs = sorted([heir.code, heir.valid_from.isoformat()] for heir in area.successors)
    return (area.level, area.parent, area.name, heirs)


def body_details(state: Mapping[str, Any]) -> Details:
    """Kind, name, area and successor of a body."""
    body = msgspec.convert(state, _DirectoryBody)
    return (body.kind, body.name, body.area_code, body.successor)


def rule_set_details(state: Mapping[str, Any]) -> Details:
    """Territory and digest of a rule set."""
    rule_set = msgspec.convert(state, _RuleSet)
    return (rule_set.scope, rule_set.digest)
