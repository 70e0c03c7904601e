"""Which rule? A rule set compiled to bits: for each value, the conditions that allow it.

Every distinct condition, of a rule or of one of its candidates, is one bit. A table for each
attribute holds, for each of its values, the bits of the conditions that allow it. The conditions
that hold for an organization, its *marks*, are what remains when the integers of its values are
taken together with `&`: seven look-ups and six ANDs say which rules match, and which of their
candidates count. One value changed is one AND more (`others`).

For example, with bit 0 `{level: city}`, bit 1 `{level: city, kind: [foundation]}` and bit 2 `{}`:

    level   city → 111   district → 100        kind   foundation → 111   otherwise → 101

so that a foundation of the city has the marks 111, any other organization of the city 101.

Few sets of rules ever match together; what each comes down to (`Ruling`) is remembered.
"""

from collections.abc import Iterable, Mapping, Sequence
from functools import reduce
from operator import and_, getitem
from typing import Final, NamedTuple

from jurisdiction_router.core.rules.conditions import ATTRIBUTES, all_candidates
from jurisdiction_router.core.rules.rule_set import Condition, Rule, RuleSet
from servicekit.bounded_cache import FillingCache

ALL: Final = -1
"""Every bit: the marks of nothing known."""


class Ruling(NamedTuple):
    """The undefeated rules for some attribute values: one is an answer, more are a conflict."""

    rules: tuple[Rule, ...]


class RuleLookup:
    """A rule set compiled to bits, for values in the order of `ATTRIBUTES`."""

    def __init__(self, rule_set: RuleSet) -> None:
        conditions = [rule.when for rule in rule_set.rules]
        conditions += [candidate.when for candidate in all_candidates(rule_set)]
        distinct = {_key(when): when for when in conditions}
        self._bits = {key: 1 << number for number, key in enumerate(distinct)}
        self._tables = tuple(_Table(distinct.values(), attribute) for attribute in ATTRIBUTES)
        self._rules = tuple((rule, self.bit(rule.when)) for rule in rule_set.rules)
        self._matching = self.bits(rule.when for rule in rule_set.rules)
        self._rulings: FillingCache[int, Ruling] = FillingCache(self._ruling)

    def bit(self, when: Condition) -> int:
        """Return the bit of a condition of the rule set."""
        return self._bits[_key(when)]

    def bits(self, conditions: Iterable[Condition]) -> int:
        """Return the bits of several conditions, as one integer."""
        bits = 0
        for when in conditions:
            bits |= self.bit(when)
        return bits

    def marks(self, values: Sequence[str | None]) -> int:
        """Return the conditions that surely hold: on a missing value none rests."""
        return reduce(and_, map(getitem, self._tables, values))

    def open_marks(self, values: Sequence[str | None]) -> int:
        """Return the conditions that may hold, whatever the missing values turn out to be."""
        known = zip(self._tables, values, strict=True)
        return reduce(and_, (table[value] for table, value in known if value is not None), ALL)

    def others(self, values: Sequence[str | None]) -> list[int]:
        """Return, for each attribute, the marks that the values of all others leave."""
        rows = list(map(getitem, self._tables, values))
        before = ALL
        after = [ALL]
        for marks in reversed(rows):
            after.append(after[-1] & marks)
        for position, marks in enumerate(rows):
            rows[position] = before & after[len(rows) - 1 - position]
            before &= marks
        return rows

    def marks_of(self, position: int, value: str | None) -> int:
        """Return the conditions that allow this value of the attribute at `position`."""
        return self._tables[position][value]

    def ruling(self, marks: int) -> Ruling:
        """Return the undefeated rules among those whose conditions hold."""
        return self._rulings[marks & self._matching]

    def _ruling(self, marks: int) -> Ruling:
        matching = [rule for rule, bit in self._rules if marks & bit]
        defeated = {loser for rule in matching for loser in rule.over}
        return Ruling(tuple(rule for rule in matching if rule.id not in defeated))


class _Table(dict[str | None, int]):
    """By value of one attribute: the conditions that allow it."""

    def __init__(self, conditions: Iterable[Condition], attribute: str) -> None:
        super().__init__()
        self._otherwise = 0
        for number, when in enumerate(conditions):
            if attribute not in when:
                self._otherwise |= 1 << number
        for number, when in enumerate(conditions):
            for value in when.get(attribute, ()):
                self[value] = self.get(value, self._otherwise) | 1 << number

    def __missing__(self, value: str | None) -> int:
        """Return the conditions that do not look at the attribute, for any value not named."""
        return self._otherwise


def _key(when: Mapping[str, frozenset[str]]) -> frozenset[tuple[str, frozenset[str]]]:
    return frozenset(when.items())
