"""Which rule set is in force in a territory, when: stretches that never overlap.

A rule set says what would hold; an enactment says that it does, over a period. Activating one from
a day on replaces what was in force there, until the next later enactment or the end its own file
names; what it does not replace stays. Rolling back is activating an earlier one.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date

from jurisdiction_router.core.periods import overlap


@dataclass(frozen=True, slots=True, order=True)
class Enactment:
    """The rule set `rule_set` is in force in `scope` over `[valid_from, valid_until)`."""

    scope: str
    valid_from: date
    rule_set: str
    valid_until: date | None = None


def activate(
    enactments: Iterable[Enactment], rule_set: str, scope: str, start: date, end: date | None
) -> list[Enactment]:
    """Return the enactments once `rule_set` is in force from `start`, at the latest until `end`."""
    enactments = list(enactments)
    following = [e.valid_from for e in enactments if e.scope == scope and e.valid_from > start]
    ends = [day for day in (end, *following) if day is not None]
    new = Enactment(scope, start, rule_set, min(ends, default=None))
    return _joined([*_without(enactments, new), new])


def retire(
    enactments: Iterable[Enactment], rule_set: str, scope: str, start: date
) -> list[Enactment]:
    """Return the enactments once `rule_set` is in force no more from `start` on."""
    enactments = list(enactments)
    others = [e for e in enactments if e.rule_set != rule_set]
    own = [e for e in enactments if e.rule_set == rule_set]
    return _joined([*others, *_without(own, Enactment(scope, start, rule_set))])


def of_rule_set(enactments: Iterable[Enactment], rule_set: str) -> list[Enactment]:
    """Return a rule set's own enactments, in order."""
    return sorted(e for e in enactments if e.rule_set == rule_set)


def _without(enactments: Iterable[Enactment], taken: Enactment) -> list[Enactment]:
    """Return what is left of `enactments` in the territory of `taken`, outside its period."""
    left = []
    for each in enactments:
        if each.scope != taken.scope or not overlap(each, taken):
            left.append(each)
            continue
        if each.valid_from < taken.valid_from:
            left.append(replace(each, valid_until=taken.valid_from))
        if taken.valid_until is not None and (
            each.valid_until is None or taken.valid_until < each.valid_until
        ):
            left.append(replace(each, valid_from=taken.valid_until))
    return left


def _joined(enactments: Sequence[Enactment]) -> list[Enactment]:
    """Return neighbours of one rule set as one stretch, all in order."""
    joined: list[Enactment] = []
    for each in sorted(enactments):
        last = joined[-1] if joined else None
        if (
            last is not None
            and (last.scope, last.rule_set) == (each.scope, each.rule_set)
            and last.valid_until == each.valid_from
        ):
            joined[-1] = replace(last, valid_until=each.valid_until)
        else:
            joined.append(each)
    return joined
