"""Remarks on a rule set that is right but untidy: what can go, and what nobody tests.

None of them changes an answer; each is a sign that the author meant something else.
"""

from collections.abc import Iterator, Sequence

from jurisdiction_router.core.proving.boxes import Space, intersect
from jurisdiction_router.core.proving.embedded_tests import TestResult, coverage
from jurisdiction_router.core.rules.rule_set import RuleSet
from jurisdiction_router.core.texts import fill, texts
from servicekit.errors import Text

_TEXTS = texts("counterexamples")


def remarks(rule_set: RuleSet, results: Sequence[TestResult]) -> list[Text]:
    """Return what is untidy: rules without a test, exceptions and conditions without effect."""
    return [*_untested(rule_set, results), *_idle_conditions(rule_set), *_idle_over(rule_set)]


def _untested(rule_set: RuleSet, results: Sequence[TestResult]) -> Iterator[Text]:
    for rule, count in coverage(rule_set, list(results)).items():
        if not count:
            yield fill(_TEXTS["untested"], rule=rule)


def _idle_conditions(rule_set: RuleSet) -> Iterator[Text]:
    for rule in rule_set.rules:
        for name, allowed in rule.when.items():
            if set(allowed) == set(rule_set.attributes[name]):
                yield fill(_TEXTS["idle_condition"], rule=rule.id, attribute=name)


def _idle_over(rule_set: RuleSet) -> Iterator[Text]:
    """Of exceptions that a rule states one by one: `over: all` names every rule there is."""
    space = Space(rule_set.attributes)
    boxes = {rule.id: space.box(rule.when) for rule in rule_set.rules}
    equals = {rule.id: frozenset(boxes) - rule.over for rule in rule_set.rules}
    for rule in rule_set.rules:
        if all(equals[other] == equals[rule.id] for other in equals[rule.id]):
            continue
        for loser in sorted(rule.over):
            if intersect(boxes[rule.id], boxes[loser]) is None:
                yield fill(_TEXTS["idle_over"], rule=rule.id, other=loser)
