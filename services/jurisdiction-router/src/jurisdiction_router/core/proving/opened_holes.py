"""The holes that a change of the directory would open in rule sets that were proved before it."""

from collections.abc import Collection, Iterable
from typing import NamedTuple

from jurisdiction_router.core.directory.directory import Directory
from jurisdiction_router.core.proving.directory_proof import city_of, prove_over
from jurisdiction_router.core.proving.proof import Counterexample, by_size
from jurisdiction_router.core.rules.rule_set import RuleSet


class Hole(NamedTuple):
    """A counterexample, and the rule set that it speaks against."""

    rule_set: RuleSet
    example: Counterexample


def opened_holes(
    rule_sets: Iterable[RuleSet], before: Directory, after: Directory, codes: Collection[str]
) -> list[Hole]:
    """Return what fails in `after` and not in `before`.

    Those that take an answer away come first, then the smallest. `codes` are the areas in which
    anything changes: a rule set that never looks there is passed over. A hole that is there
    already is none that the change opens.
    """
    holes = [
        Hole(rule_set, example)
        for rule_set in rule_sets
        if any(_concerns(rule_set, directory, codes) for directory in (before, after))
        for example in prove_over(rule_set, after, before=before)
    ]
    return sorted(holes, key=lambda h: (h.example.new_place, *by_size(h.example), h.rule_set.id))


def _concerns(rule_set: RuleSet, directory: Directory, codes: Collection[str]) -> bool:
    """Whether a rule set's walks through the directory can come by one of these areas."""
    own = {rule_set.scope, city_of(rule_set, directory)}
    above = directory.above(rule_set.scope)
    return any(code in above or not own.isdisjoint(directory.above(code)) for code in codes)
