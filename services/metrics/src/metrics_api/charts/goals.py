"""Which goal a figure is measured against, and what it says about the figure."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from fractions import Fraction

from metrics_api.charts.tones import Tone
from metrics_api.core.definitions.dimensions import AREA_FILTER, AREA_LEVELS
from metrics_api.core.definitions.indicators import Tally
from metrics_api.core.definitions.targets import Band, Target, attainment, band_of

_PLACES = frozenset((AREA_FILTER, *AREA_LEVELS))


@dataclass(frozen=True, slots=True)
class Goal:
    """A share to be reached by a day, and the target that says so."""

    share: Fraction
    deadline: date
    target: str


@dataclass(frozen=True, slots=True)
class Figure:
    """A count with its goal, if it has one; `tone` is that of the band it lies in."""

    tally: Tally
    goal: Goal | None = None
    tone: Tone = "plain"
    full: float = 1.0
    """The rate that fills a bar: of shares one, of ratios of sums the greatest beside it; 0 for
    no bar.
    """

    @property
    def gap(self) -> int:
        """How many are asked about and do not count: the work list; of a ratio of sums nobody."""
        return self.tally.denominator - self.tally.numerator if self.tally.is_share else 0

    @property
    def length(self) -> float:
        """How much of its bar is filled, from 0 to 1."""
        return min(1.0, (self.tally.rate or 0.0) / self.full) if self.full else 0.0

    @property
    def missing(self) -> int:
        """How many are missing to the goal."""
        return attainment(self.goal.share, self.tally).missing if self.goal else 0


class Goals:
    """The targets that a reader sees, and the bands that figures are told apart by."""

    def __init__(self, targets: Iterable[Target], bands: Sequence[Band]) -> None:
        self._targets = tuple(targets)
        self._bands = tuple(bands)

    def figure(
        self, tally: Tally, indicator: str, filters: Mapping[str, tuple[str, ...]], day: date
    ) -> Figure:
        """A count of `indicator` under `filters` on `day`, against the goal it has."""
        return self.measured(tally, self.goal(indicator, filters, day))

    def measured(self, tally: Tally, goal: Goal | None) -> Figure:
        """A count against a goal."""
        band = band_of(goal.share, tally, self._bands) if goal else None
        return Figure(tally, goal, tone_of(band, self._bands), 1.0 if tally.is_share else 0.0)

    def goal(
        self, indicator: str, filters: Mapping[str, tuple[str, ...]], day: date
    ) -> Goal | None:
        """The goal of a count of `indicator` under `filters` on `day`.

        A target speaks of the organizations its filters name, and any part of them (of one place,
        under one body) is measured against the goal that is set for them all. Of several the one
        set for the fewest counts; of its deadlines the next, and when all are past, the last.
        """
        conditions = _conditions(filters)
        candidates = [
            target
            for target in self._targets
            if any(variant.indicator == indicator for variant in target.variants)
            and _conditions(target.filters) <= conditions
        ]
        if not candidates:
            return None
        narrowest = max(len(target.filters) for target in candidates)
        candidates = [target for target in candidates if len(target.filters) == narrowest]
        ahead = [target for target in candidates if target.deadline >= day]
        chosen = (
            min(ahead, key=lambda target: (target.deadline, target.id))
            if ahead
            else max(candidates, key=lambda target: (target.deadline, target.id))
        )
        return Goal(chosen.goal, chosen.deadline, chosen.id)


def _conditions(
    filters: Mapping[str, tuple[str, ...]],
) -> set[tuple[str, frozenset[str]]]:
    """Filters to be compared: a place is the same whether asked by its level or as an area."""
    return {
        (AREA_FILTER if name in _PLACES else name, frozenset(values))
        for name, values in filters.items()
    }


def tone_of(band: Band | None, bands: Sequence[Band]) -> Tone:
    """The first band is attained, the last furthest from the goal, whatever lies between near."""
    if band is None:
        return "plain"
    if band == bands[0]:
        return "good"
    return "poor" if band == bands[-1] else "near"
