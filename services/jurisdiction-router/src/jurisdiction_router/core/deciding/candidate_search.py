"""What remains to be looked for in the directory once the attributes are known: a plan.

The attributes choose the rule, and which of its candidates count. Which bodies there are is left
open: a plan holds on any date and in any place. Rule sets have few plans (the one of Shenzhen some
eighty), however many combinations of values there are; they are made when it is compiled.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from itertools import product
from math import prod
from operator import itemgetter
from typing import Final, NamedTuple

from jurisdiction_router.core.directory.areas_and_bodies import PLACES
from jurisdiction_router.core.rules.conditions import all_candidates
from jurisdiction_router.core.rules.facts import NONE, POSITIONS
from jurisdiction_router.core.rules.rule_lookup import RuleLookup
from jurisdiction_router.core.rules.rule_set import (
    BUSINESS_SUPERVISOR,
    OWN_SYSTEM,
    Candidate,
    Rule,
    RuleSet,
)
from servicekit.bounded_cache import FillingCache

MAX_MADE_AHEAD: Final = 1_000
"""Combinations of what one rule's candidates look at; a rule with more gets its plans as needed."""

_NOWHERE: Final = len(PLACES)
"""Where the areas around an organization hold None, for a candidate that names no place."""

Values = tuple[str | None, ...]
"""The attributes, in the order of the `Facts` tuple; or that whole tuple."""

Areas = tuple[str | None, ...]
"""Areas around an organization: all of them, or those that a plan looks at."""


class Search(NamedTuple):
    """A body to be looked for: its kind, in which of the plan's areas, of which system."""

    body: str
    area: int
    system: str | None
    fact: str
    """The fact to ask for when that area is not known."""


@dataclass(frozen=True, slots=True, eq=False)
class Plan:
    """The rule and the searches that its list comes down to; None is the business supervisor."""

    rule: Rule
    pick: Callable[[Areas], Areas]
    """Picks the areas that the plan looks at out of those around the organization."""
    walk: Callable[[Areas], Areas]
    """Picks those in which the supervising body is looked for: the `walked` ones."""
    walked: frozenset[int]
    supervising: tuple[Search, ...]
    assisting: tuple[Search | None, ...]
    notified: tuple[Search | None, ...]
    sought: int
    """Equal for plans that look for the same supervising bodies, to the same outcome."""


_Choice = tuple[str, int, str | None]
"""All that a plan hangs on: the rule, which of the conditions its candidates look at hold, and the
system of the organization's supervisor where a candidate asks for that."""

Groups = Mapping[str, tuple[tuple[str, ...], ...]]
"""For each attribute its values, those together that nothing tells apart."""


class Plans:
    """The plans of a rule set; equal choices get the same object."""

    def __init__(self, rule_set: RuleSet, lookup: RuleLookup, groups: Groups) -> None:
        self._rule_set = rule_set
        self._bits = {id(one): lookup.bit(one.when) for one in all_candidates(rule_set)}
        self._attributes_read = {rule.id: self._looks_at(rule, lookup) for rule in rule_set.rules}
        self._sought: dict[object, int] = {}
        self._plans: FillingCache[_Choice, Plan] = FillingCache(self._plan)
        for rule in rule_set.rules:
            self._make_ahead(rule, lookup, groups)

    def of(self, rule: Rule, marks: int, system: str | None) -> Plan:
        """Return the plan of a rule that answers.

        That is where the conditions in `marks` hold, and the supervisor, if any, is of `system`.
        """
        attributes_read, own = self._attributes_read[rule.id]
        return self._plans[rule.id, marks & attributes_read, system if own else None]

    def hangs_on(self, rule: Rule, waiting: int, system: str | None) -> bool:
        """Tell whether the plan depends on what is missing.

        That is on the conditions in `waiting`, or on the supervisor's system.
        """
        attributes_read, own = self._attributes_read[rule.id]
        return bool(waiting & attributes_read) or (own and system is None)

    def _looks_at(self, rule: Rule, lookup: RuleLookup) -> tuple[int, bool]:
        """The conditions of a rule's candidates; whether one asks for the supervisor's system."""
        candidates = self._candidates(rule)
        own = any(one.system == OWN_SYSTEM for one in candidates)
        return lookup.bits(one.when for one in candidates), own

    def _candidates(self, rule: Rule) -> tuple[Candidate, ...]:
        assisting = (*rule.assisting, *self._rule_set.assisting)
        return (*rule.supervising, *assisting, *rule.notified)

    def _make_ahead(self, rule: Rule, lookup: RuleLookup, groups: Groups) -> None:
        attributes_read, own = self._attributes_read[rule.id]
        names = {name for one in self._candidates(rule) for name in one.when}
        names |= {"supervisor_system"} if own else set()
        if prod(len(groups[name]) for name in names) > MAX_MADE_AHEAD:
            return
        for values in product(*([group[0] for group in groups[name]] for name in names)):
            known = dict(zip(names, values, strict=True))
            marks = lookup.marks(tuple(map(known.get, POSITIONS)))
            self.of(rule, marks & attributes_read, known.get("supervisor_system"))

    def _plan(self, choice: _Choice) -> Plan:
        name, holding, system = choice
        rule = self._rule_set.rule(name)
        assisting = (*rule.assisting, *self._rule_set.assisting)
        counting = [
            [one for one in part if self._counts(one, holding, system)]
            for part in (rule.supervising, assisting, rule.notified)
        ]
        areas = sorted({_area(one) for part in counting for one in part} | {_NOWHERE})
        supervising, helping, notified = (
            tuple(_search(one, areas, system) for one in part) for part in counting
        )
        walked = frozenset(_area(one) for one in counting[0])
        searches = tuple(filter(None, supervising))
        sought = (rule.outcome, tuple((s.body, areas[s.area], s.system) for s in searches))
        number = self._sought.setdefault(sought, len(self._sought))
        pick, walk = picker(areas), picker(walked)
        return Plan(rule, pick, walk, walked, searches, helping, notified, number)

    def _counts(self, candidate: Candidate, holding: int, own_system: str | None) -> bool:
        without = candidate.system == OWN_SYSTEM and own_system == NONE
        return bool(holding & self._bits[id(candidate)]) and not without


def picker(areas: Iterable[int]) -> Callable[[Areas], Areas]:
    """Return what picks these areas, in their order, out of those around an organization."""
    # One position alone would give the bare area, none is refused; the last is always None.
    return itemgetter(*areas, _NOWHERE, _NOWHERE)


def _search(candidate: Candidate, areas: list[int], own_system: str | None) -> Search | None:
    if candidate.body == BUSINESS_SUPERVISOR:
        return None
    system = own_system if candidate.system == OWN_SYSTEM else candidate.system
    fact = "registering" if candidate.at == "registering" else "domicile"
    return Search(candidate.body, areas.index(_area(candidate)), system, fact)


def _area(candidate: Candidate) -> int:
    return _NOWHERE if candidate.at is None else PLACES.index(candidate.at)
