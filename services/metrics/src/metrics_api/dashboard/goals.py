"""Which goal a figure is measured against, and what it says about the figure."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from fractions import Fraction

from metrics_api.domain.dimensions import AREA_LEVELS
from metrics_api.domain.indicators import Tally
from metrics_api.domain.targets import Target, attainment
from metrics_api.drawing.tones import Tone

_PLACES = frozenset(("area", *AREA_LEVELS))

NEAR = Fraction(1, 10)
"""A figure at most ten points short of its goal is near it. The bounds are this product's own."""


@dataclass(frozen=True, slots=True)
class Goal:
    """A share to be reached by a day, and the target that says so."""

    share: Fraction
    deadline: date
    target: str


@dataclass(frozen=True, slots=True)
class Figure:
    """A count with its goal, if it has one."""

    tally: Tally
    goal: Goal | None = None

    @property
    def gap(self) -> int:
        """How many are asked about and do not count: the work list."""
        return self.tally.denominator - self.tally.numerator

    @property
    def missing(self) -> int:
        """How many are missing to the goal."""
        return attainment(self.goal.share, self.tally).missing if self.goal else 0

    @property
    def tone(self) -> Tone:
        """Attained, near, or short of the goal; plain without one and where nobody is counted."""
        if self.goal is None or not self.tally.denominator:
            return "plain"
        reached = Fraction(self.tally.numerator, self.tally.denominator)
        if reached >= self.goal.share:
            return "good"
        return "near" if reached >= self.goal.share - NEAR else "poor"


def goal_of(
    indicator: str, filters: Mapping[str, tuple[str, ...]], day: date, targets: Iterable[Target]
) -> Goal | None:
    """The goal that a count of `indicator` under `filters` is measured against on `day`.

    A target speaks of the organizations its filters name, and any part of them (of one place, under
    one body) is measured against the goal that is set for them all. Of several the one set for the
    fewest counts; of its deadlines the next, and when all are past, the last.
    """
    asked = {name: set(values) for name, values in filters.items() if name not in _PLACES}
    meant = [
        target
        for target in targets
        if any(variant.indicator == indicator for variant in target.variants)
        and all(asked.get(name) == set(values) for name, values in target.filters.items())
    ]
    narrowest = max((len(target.filters) for target in meant), default=0)
    meant = [target for target in meant if len(target.filters) == narrowest]
    ahead = [target for target in meant if target.deadline >= day]
    if not meant:
        return None
    chosen = (
        min(ahead, key=lambda target: target.deadline)
        if ahead
        else max(meant, key=lambda target: target.deadline)
    )
    return Goal(chosen.goal, chosen.deadline, chosen.id)
