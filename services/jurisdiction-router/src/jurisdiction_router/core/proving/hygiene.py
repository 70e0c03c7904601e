"""Remarks on a rule set that is right but untidy: what can go, and what nobody tests.

None of them changes an answer; each is a sign that the author meant something else.
"""

from collections.abc import Iterator, Sequence

from jurisdiction_router.core.proving.boxes import Space, intersect
from jurisdiction_router.core.proving.embedded_tests import TestResult, coverage
from jurisdiction_router.core.rules.rule_set import RuleSet
from servicekit.errors import Text


def remarks(rule_set: RuleSet, results: Sequence[TestResult]) -> list[Text]:
    """Return what is untidy: rules without a test, exceptions and conditions without effect."""
    return [*_untested(rule_set, results), *_idle_conditions(rule_set), *_idle_over(rule_set)]


def _untested(rule_set: RuleSet, results: Sequence[TestResult]) -> Iterator[Text]:
    for rule, count in coverage(rule_set, list(results)).items():
        if not count:
            yield Text(f"规则 {rule} 没有用例。", f"No test reaches the rule {rule}.")


def _idle_conditions(rule_set: RuleSet) -> Iterator[Text]:
    for rule in rule_set.rules:
        for name, allowed in rule.when.items():
            if set(allowed) == set(rule_set.attributes[name]):
                yield Text(
                    f"规则 {rule.id} 对 {name} 的条件包含全部取值。",
                    f"The rule {rule.id} allows every value of {name}: the condition can go.",
                )


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
                yield Text(
                    f"规则 {rule.id} 与 {loser} 不会同时适用，over 可删。",
                    f"{rule.id} and {loser} never both apply: the `over` can go.",
                )
