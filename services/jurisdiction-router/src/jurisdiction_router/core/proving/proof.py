"""The proof that a rule set answers every combination of facts once.

Proved here: *total* (every combination is matched by a rule), *conflict-free* (never two rules of
which neither is over the other), *reachable* (every rule is undefeated somewhere). Not proved here,
because it needs the directory: that every candidate list ends in a body that exists.

Exact, by box arithmetic (`boxes`); tests hold it equal to brute force over small rule sets.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date
from itertools import combinations, islice
from typing import Final, NamedTuple

from jurisdiction_router.core.proving.boxes import Box, Space, intersect, remainder
from jurisdiction_router.core.rules.facts import POSITIONS, Facts
from jurisdiction_router.core.rules.rule_set import Rule, RuleSet

MAX_PER_FINDING: Final = 50
"""Counterexamples of one hole or one pair of rules; more would help nobody."""


class Extent(NamedTuple):
    """Where and when: any of these domiciles, any of these authorities, over a period."""

    valid_from: date
    valid_until: date | None
    domiciles: frozenset[str] = frozenset()
    authorities: frozenset[str] = frozenset()


class Place(NamedTuple):
    """A kind of place: one domicile and authority as an example, and everywhere it is the same."""

    domicile: str | None
    registering: str | None
    extents: tuple[Extent, ...]


@dataclass(frozen=True, slots=True)
class Counterexample:
    """Facts that break the property: for every combination within `facts` it fails.

    `kind` is `uncovered`, `conflict` or `unreachable`, over a directory also `no_body`, `no_area`
    or `parent_cycle` (`rules` are then areas). `facts` names only the attributes that matter, so
    any values of the others will do; `combinations` counts how many it stands for; `place` is None
    where it is the same everywhere. `new_place`: of a change of the directory, which brings that
    place, so that no answer is lost there.
    """

    kind: str
    rules: tuple[str, ...]
    facts: dict[str, list[str]] = field(default_factory=dict)
    combinations: int = 0
    place: Place | None = None
    new_place: bool = False

    def has_facts(self, facts: Facts) -> bool:
        """Whether these facts are within those it speaks of, wherever their organization lies."""
        return all(facts[POSITIONS[name]] in values for name, values in self.facts.items())


AFFECTING: Final = frozenset({"uncovered", "conflict", "no_body"})
"""Kinds of counterexamples that organizations can have the facts of."""


def smallest_first(counterexamples: Iterable[Counterexample]) -> list[Counterexample]:
    """Return the counterexamples, those that name the fewest facts first."""
    return sorted(counterexamples, key=by_size)


def by_size(example: Counterexample) -> tuple[int, int, tuple[str, ...]]:
    """Return what counterexamples are sorted by, the smallest first."""
    return len(example.facts), -example.combinations, example.rules


def prove(rule_set: RuleSet) -> list[Counterexample]:
    """Return the counterexamples, the most readable first; an empty list is the proof."""
    space = Space(rule_set.attributes)
    boxes = {rule.id: space.box(rule.when) for rule in rule_set.rules}
    counterexamples = _uncovered(space, boxes)
    counterexamples += _conflicts(space, rule_set.rules, boxes)
    counterexamples += _unreachable(rule_set.rules, boxes)
    return smallest_first(counterexamples)


def _uncovered(space: Space, boxes: dict[str, Box]) -> list[Counterexample]:
    return [
        Counterexample("uncovered", (), space.condition(hole), space.size(hole))
        for hole in islice(remainder(space.whole, boxes.values()), MAX_PER_FINDING)
    ]


def _conflicts(
    space: Space, rules: tuple[Rule, ...], boxes: dict[str, Box]
) -> list[Counterexample]:
    """Where two rules both match, neither is over the other, and no third is over one of them."""
    over = winners_of(rules)
    conflicts = []
    for one, other in combinations(rules, 2):
        if one.id in other.over or other.id in one.over:
            continue
        shared = intersect(boxes[one.id], boxes[other.id])
        if shared is None:
            continue
        settled = [boxes[winner] for winner in over[one.id] | over[other.id]]
        conflicts += [
            Counterexample(
                "conflict", (one.id, other.id), space.condition(piece), space.size(piece)
            )
            for piece in islice(remainder(shared, settled), MAX_PER_FINDING)
        ]
    return conflicts


def _unreachable(rules: tuple[Rule, ...], boxes: dict[str, Box]) -> list[Counterexample]:
    over = winners_of(rules)
    return [
        Counterexample("unreachable", (rule.id, *sorted(over[rule.id])))
        for rule in rules
        if next(remainder(boxes[rule.id], [boxes[winner] for winner in over[rule.id]]), None)
        is None
    ]


def winners_of(rules: Iterable[Rule]) -> dict[str, set[str]]:
    """Return, for each rule, the ids of the rules stated to be over it."""
    rules = tuple(rules)
    winners: dict[str, set[str]] = {rule.id: set() for rule in rules}
    for rule in rules:
        for loser in rule.over:
            winners[loser].add(rule.id)
    return winners
