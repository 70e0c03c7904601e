"""From plain values (of a YAML or JSON file) to a checked `RuleSet`.

Checked here: fields and types, values inside their domains, known body kinds and places, `over`
that names existing rules without a cycle, at most one fallback. Whether the rules are total and
free of conflict is `proof`'s question; whether their tests hold is `embedded_tests`'.
"""

import hashlib
import re
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from jurisdiction_router.core.directory.areas_and_bodies import PLACES
from jurisdiction_router.core.directory.directory import BODY_KINDS, KINDS_WITH_SYSTEM
from jurisdiction_router.core.refusals import RuleSetInvalid
from jurisdiction_router.core.rules.facts import DOMAINS, SYSTEMS
from jurisdiction_router.core.rules.fields import Fields
from jurisdiction_router.core.rules.rule_set import (
    ASSIGNED,
    BASES,
    BUSINESS_SUPERVISOR,
    OUTCOMES,
    OWN_SYSTEM,
    Candidate,
    Clause,
    Condition,
    EmbeddedTest,
    Form,
    Rule,
    RuleSet,
)
from servicekit.errors import Violation
from servicekit.ledger import canonical_json

_ID = re.compile(r"(?=.{1,100}$)[a-z0-9]+(-[a-z0-9]+)*")
_SCOPE = re.compile(r"[0-9]{6}([0-9]{3}([0-9]{3})?)?")
Attributes = Mapping[str, tuple[str, ...]]


def read_rule_set(
    value: Any, lines: Mapping[str, int] | None = None, *, stored: bool = False
) -> RuleSet:
    """Check plain values and return the rule set they describe.

    `lines` maps JSON pointers to file lines, so that messages can name them. A `stored` rule set
    was checked when it came in: its domains may be older than this code's. Errors:
    `RuleSetInvalid` with every violation found: pointer, value, and in its facts the
    id of the rule and the line.
    """
    violations: list[Violation] = []
    top = Fields(value, "", violations, lines or {})
    top.allow(
        *("id", "title", "scope", "valid_from", "valid_until", "source"),
        *("attributes", "assisting", "rules", "tests"),
    )
    attributes = _attributes(top, stored)
    rules = _spell_out_over(top, _rules(top, attributes))
    rule_set = RuleSet(
        id=_matching(top, "id", _ID),
        title=top.both_languages("title"),
        scope=_matching(top, "scope", _SCOPE),
        valid_from=top.day("valid_from"),
        valid_until=top.day_or_none("valid_until"),
        source=top.text("source"),
        attributes=attributes,
        assisting=_candidates(top, "assisting", attributes),
        rules=rules,
        tests=_tests(top, attributes, {rule.id for rule in rules}),
        digest=_digest(value),
    )
    if rule_set.valid_until is not None and rule_set.valid_until <= rule_set.valid_from:
        top.note("valid_until", "rule_set_ends_before_start", rule_set.valid_until.isoformat())
    if not rules:
        top.note("rules", "rule_set_list_expected")
    if violations:
        raise RuleSetInvalid(*violations, count=len(violations))
    return rule_set


def _digest(value: Any) -> str:
    try:
        return hashlib.sha256(canonical_json(value)).hexdigest()
    except (TypeError, ValueError):
        return ""  # unserializable values have been noted as violations already


def _matching(fields: Fields, name: str, pattern: re.Pattern[str]) -> str:
    value = fields.text(name)
    if value and not pattern.fullmatch(value):
        fields.note(name, "rule_set_form", value, pattern=pattern.pattern)
    return value


def _attributes(top: Fields, stored: bool) -> Attributes:
    """Read the domains; each must be the one this service reads out of an organization."""
    inner = top.below("attributes", top.values.get("attributes"))
    attributes: dict[str, tuple[str, ...]] = {}
    for name in inner.values:
        values = inner.texts(name)
        known = DOMAINS.get(name)
        if known is None:
            inner.note(name, "rule_set_unknown_attribute", name, allowed=", ".join(DOMAINS))
            continue
        if not stored and (set(values) != known or len(values) != len(known)):
            inner.note(name, "rule_set_domain", None, expected=", ".join(sorted(known)))
        attributes[name] = values
    return attributes


def _condition(fields: Fields, name: str, attributes: Attributes) -> Condition:
    """Read `{attribute: value | [values] | {not: …}}`."""
    if fields.values.get(name) is None:
        return {}
    inner = fields.below(name, fields.values[name])
    condition: dict[str, frozenset[str]] = {}
    for attribute, allowed in inner.values.items():
        domain = attributes.get(attribute)
        if domain is None:
            inner.note(
                attribute, "rule_set_unknown_attribute", attribute, allowed=", ".join(attributes)
            )
            continue
        negated = isinstance(allowed, dict)
        holder = inner.below(attribute, allowed) if negated else inner
        if negated:
            holder.allow("not")
        named = holder.texts("not" if negated else attribute)
        for value in named:
            if value not in domain:
                holder.note(
                    "not" if negated else attribute,
                    "rule_set_outside_domain",
                    value,
                    attribute=attribute,
                    allowed=", ".join(domain),
                )
        values = frozenset(domain) - frozenset(named) if negated else frozenset(named)
        if not values:
            inner.note(attribute, "rule_set_empty_condition", attribute)
        condition[attribute] = values & frozenset(domain)
    return condition


def _candidates(fields: Fields, name: str, attributes: Attributes) -> tuple[Candidate, ...]:
    return tuple(
        _candidate(fields.below(place, item), attributes) for place, item in fields.items(name)
    )


def _candidate(fields: Fields, attributes: Attributes) -> Candidate:
    fields.allow("body", "at", "system", "when")
    assists_only = "/assisting/" in fields.pointer
    kinds = BODY_KINDS | {BUSINESS_SUPERVISOR} if assists_only else BODY_KINDS
    body = fields.one_of("body", kinds)
    system = fields.text_or_none("system")
    if system is not None and system not in SYSTEMS | {OWN_SYSTEM}:
        fields.note(
            "system",
            "rule_set_not_allowed",
            system,
            allowed=", ".join(sorted(SYSTEMS | {OWN_SYSTEM})),
        )
    if (system is not None) != (body in KINDS_WITH_SYSTEM):
        fields.note("system", "rule_set_system_of_kind", system, body=body)
    if system == OWN_SYSTEM and "supervisor_system" not in attributes:
        fields.note("system", "rule_set_unknown_attribute", system, allowed=", ".join(attributes))
    return Candidate(
        body=body,
        at=None if body == BUSINESS_SUPERVISOR else fields.one_of("at", PLACES),
        system=system,
        when=_condition(fields, "when", attributes),
    )


def _clause(fields: Fields, name: str) -> Clause | None:
    if fields.values.get(name) is None:
        return None
    inner = fields.below(name, fields.values[name])
    inner.allow("source", "article", "text")
    return Clause(inner.text("source"), inner.text_or_none("article"), inner.text_or_none("text"))


def _form(fields: Fields) -> Form | None:
    if fields.values.get("form") is None:
        return None
    inner = fields.below("form", fields.values["form"])
    inner.allow("mode", "note", "clause")
    return Form(
        inner.one_of("mode", ("solo", "joint")),
        inner.both_languages("note"),
        _clause(inner, "clause"),
    )


def _rules(top: Fields, attributes: Attributes) -> list[tuple[Rule, Fields]]:
    rules: list[tuple[Rule, Fields]] = []
    ids: set[str] = set()
    for place, item in top.items("rules"):
        fields = top.below(place, item)
        fields.rule = _matching(fields, "id", _ID)
        if fields.rule in ids:
            fields.note("id", "rule_set_duplicate_rule", fields.rule)
        ids.add(fields.rule)
        rules.append((_rule(fields, attributes), fields))
    return rules


def _rule(fields: Fields, attributes: Attributes) -> Rule:
    fields.allow(
        *("id", "row", "title", "when", "outcome", "question", "supervising", "assisting"),
        *("notified", "basis", "flags", "clause", "form", "over", "fallback"),
    )
    outcome = fields.one_of("outcome", OUTCOMES, ASSIGNED)
    supervising = _candidates(fields, "supervising", attributes)
    question = fields.both_languages_or_none("question")
    if outcome == ASSIGNED and not supervising:
        fields.note("supervising", "rule_set_no_candidate")
    if outcome != ASSIGNED and (supervising or question is None):
        fields.note("question", "rule_set_question_expected", outcome)
    basis = fields.text("basis")
    if not basis or not set(basis.split("/")) <= set(BASES):
        fields.note("basis", "rule_set_not_allowed", basis, allowed=", ".join(BASES))
    return Rule(
        id=fields.rule or "",
        row=fields.text("row"),
        title=fields.both_languages("title"),
        when=_condition(fields, "when", attributes),
        outcome=outcome,
        supervising=supervising,
        assisting=_candidates(fields, "assisting", attributes),
        notified=_candidates(fields, "notified", attributes),
        question=question,
        basis=basis,
        flags=fields.texts("flags"),
        clause=_clause(fields, "clause"),
        form=_form(fields),
        over=frozenset(fields.texts("over")),
    )


def _spell_out_over(top: Fields, read: list[tuple[Rule, Fields]]) -> tuple[Rule, ...]:
    """Replace `over: all` and `fallback: true` by the ids they stand for, and refuse cycles."""
    ids = {rule.id for rule, _ in read}
    first = {rule.id for rule, _ in read if rule.over == {"all"}}
    last = {rule.id for rule, fields in read if fields.flag("fallback")}
    if len(last) > 1:
        top.note("rules", "rule_set_one_fallback", ", ".join(sorted(last)))
    rules = []
    for rule, fields in read:
        for name in sorted(rule.over - ids - {"all"}):
            fields.note("over", "rule_set_unknown_rule", name)
        over = ids - first if rule.id in first else (rule.over & ids)
        if rule.id not in last:
            over |= last
        rules.append(
            replace(rule, over=frozenset(over) - ({rule.id} if rule.id in first else set()))
        )
    cycle = _cycle({rule.id: rule.over for rule in rules})
    if cycle:
        top.note("rules", "rule_set_over_cycle", " → ".join(cycle))
    return tuple(rules)


def _cycle(over: Mapping[str, frozenset[str]]) -> list[str]:
    """Return the ids along a cycle of `over`, or an empty list (a rule over itself is one)."""
    done: set[str] = set()
    for start in over:
        path: list[str] = []
        trail = [(start, iter(sorted(over[start])))] if start not in done else []
        path = [start] if trail else []
        while trail:
            rule, losers = trail[-1]
            following = next(losers, None)
            if following is None:
                done.add(rule)
                trail.pop()
                path.pop()
            elif following in path:
                return [*path[path.index(following) :], following]
            elif following not in done:
                trail.append((following, iter(sorted(over[following]))))
                path.append(following)
    return []


def _tests(top: Fields, attributes: Attributes, rules: set[str]) -> tuple[EmbeddedTest, ...]:
    tests = []
    for place, item in top.items("tests"):
        fields = top.below(place, item)
        fields.allow("name", "facts", "without", "expect")
        facts = fields.below("facts", fields.values.get("facts"))
        for name, value in facts.values.items():
            if value not in attributes.get(name, ()):
                facts.note(name, "rule_set_outside_domain", value, attribute=name)
        expected = fields.below("expect", fields.values.get("expect"))
        expected.allow("rule", "outcome", "supervising")
        rule = expected.text_or_none("rule")
        if rule is not None and rule not in rules:
            expected.note("rule", "rule_set_unknown_rule", rule)
        tests.append(
            EmbeddedTest(
                name=fields.text("name"),
                facts=dict(facts.values),
                without=frozenset(fields.texts("without")),
                rule=rule,
                outcome=expected.one_of("outcome", OUTCOMES, ASSIGNED),
                supervising=expected.text_or_none("supervising"),
            )
        )
    return tuple(tests)
