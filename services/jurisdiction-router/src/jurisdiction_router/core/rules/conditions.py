"""Conditions of rules and candidates over facts that may be missing: they hold, fail, or wait."""

from typing import Final

from jurisdiction_router.core.rules.facts import POSITIONS
from jurisdiction_router.core.rules.rule_set import OWN_SYSTEM, Candidate, Condition, Rule, RuleSet

HOLDS: Final = -1
FAILS: Final = -2
ATTRIBUTES: Final = tuple(sorted(POSITIONS, key=POSITIONS.__getitem__))
"""The attributes in the order of the `Facts` tuple, where they come first."""

Checks = tuple[tuple[int, frozenset[str]], ...]
"""A condition as positions in the `Facts` tuple with the values that satisfy it."""


def checks_of(when: Condition) -> Checks:
    """Return a condition in the form that `evaluate` takes."""
    return tuple((POSITIONS[attribute], allowed) for attribute, allowed in when.items())


def evaluate(checks: Checks, values: tuple[str | None, ...]) -> int:
    """Return `HOLDS`, `FAILS`, or the position of the first missing attribute it hangs on."""
    waiting = HOLDS
    for position, allowed in checks:
        value = values[position]
        if value is None:
            if waiting == HOLDS:
                waiting = position
        elif value not in allowed:
            return FAILS
    return waiting


def all_candidates(rule_set: RuleSet) -> list[Candidate]:
    """Return every candidate a rule set names, of whatever part."""
    candidates = list(rule_set.assisting)
    for rule in rule_set.rules:
        candidates += [*rule.supervising, *rule.assisting, *rule.notified]
    return candidates


def attributes_of(rule: Rule) -> frozenset[str]:
    """Return the attributes that a rule's list of candidates looks at."""
    names = {name for candidate in rule.supervising for name in candidate.when}
    if any(candidate.system == OWN_SYSTEM for candidate in rule.supervising):
        names.add("supervisor_system")
    return frozenset(names)


def groups_of_equal_values(rule_set: RuleSet) -> dict[str, tuple[tuple[str, ...], ...]]:
    """Group each attribute's values that no condition of the rule set tells apart.

    Trying one value of each group is then as good as trying them all. Systems are told apart by
    the directory as well, once a candidate names the supervisor's own.
    """
    conditions = [rule.when for rule in rule_set.rules]
    conditions += [candidate.when for candidate in all_candidates(rule_set)]
    own_system = any(candidate.system == OWN_SYSTEM for candidate in all_candidates(rule_set))
    groups: dict[str, tuple[tuple[str, ...], ...]] = {}
    for attribute, values in rule_set.attributes.items():
        alike: dict[object, list[str]] = {}
        for value in values:
            signature: object = tuple(
                value in when[attribute] for when in conditions if attribute in when
            )
            if attribute == "supervisor_system" and own_system:
                signature = value
            alike.setdefault(signature, []).append(value)
        groups[attribute] = tuple(tuple(group) for group in alike.values())
    return groups
