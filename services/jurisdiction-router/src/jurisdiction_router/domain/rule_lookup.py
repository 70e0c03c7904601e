"""Which rule? as look-ups: for each value the rules that allow it, and what remains of them all.

Each rule is a bit. Facts whose attributes are all known match the rules whose bits every one of
their values leaves; few such sets of rules ever occur, and what each comes down to is remembered.
"""

from collections.abc import Mapping, Sequence
from typing import NamedTuple

from jurisdiction_router.domain.rule_set import Rule, RuleSet


class Ruling(NamedTuple):
    """The undefeated rules for some attribute values: one is an answer, more are a conflict."""

    rules: tuple[Rule, ...]


class RuleLookup:
    """A rule set compiled to look-ups, for values in the order of `attributes`."""

    def __init__(self, rule_set: RuleSet, attributes: Sequence[str]) -> None:
        self._rules = rule_set.rules
        self._tables = tuple(_rules_by_value(rule_set, attribute) for attribute in attributes)
        self._rulings: dict[int, Ruling] = {}

    def ruling(self, values: Sequence[str | None]) -> Ruling:
        """Return the undefeated rules; a value that no condition names matches as any other."""
        matches = -1
        for (by_value, otherwise), value in zip(self._tables, values, strict=True):
            matches &= by_value.get(value, otherwise)
        ruling = self._rulings.get(matches)
        if ruling is None:
            matching = [rule for bit, rule in enumerate(self._rules) if matches >> bit & 1]
            defeated = {loser for rule in matching for loser in rule.over}
            ruling = Ruling(tuple(rule for rule in matching if rule.id not in defeated))
            self._rulings[matches] = ruling
        return ruling


def _rules_by_value(rule_set: RuleSet, attribute: str) -> tuple[Mapping[str | None, int], int]:
    """Return, for each value of an attribute, the rules that allow it, one bit for each; and those
    that do not look at the attribute, for any other value."""
    by_value: dict[str | None, int] = {}
    otherwise = 0
    for bit, rule in enumerate(rule_set.rules):
        if attribute not in rule.when:
            otherwise |= 1 << bit
    for bit, rule in enumerate(rule_set.rules):
        for value in rule.when.get(attribute, ()):
            by_value[value] = by_value.get(value, otherwise) | 1 << bit
    return by_value, otherwise
