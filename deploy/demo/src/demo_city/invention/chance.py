"""Chance that gives the same result on every run, platform and Python version.

Only :meth:`random.Random.random` is drawn from: it is the one method whose sequence for a seed
Python promises to keep. All weights are whole numbers, and no function of libm is called.
"""

import random
from bisect import bisect_right
from collections.abc import Mapping, Sequence
from itertools import accumulate
from typing import Generic, TypeVar

T = TypeVar("T")

SIX_NUMBERS = (0, 25, 50, 75, 95, 100)
"""The percentiles at which a :class:`Spread` is given."""


class Weighted(Generic[T]):
    """Values with whole-number weights, ready to draw from."""

    __slots__ = ("bounds", "total", "values")

    def __init__(self, weights: Mapping[T, int]) -> None:
        """Takes value → weight; the order of the mapping is part of the outcome."""
        self.values = tuple(weights)
        self.bounds = tuple(accumulate(weights.values()))
        self.total = self.bounds[-1]


class Spread:
    """A skewed distribution of whole numbers, given by six of its percentiles.

    Real registers are skewed (most organizations are small, a few very large); six numbers that a
    reader can check against experience say that better than the parameters of a formula.
    """

    __slots__ = ("points",)

    def __init__(self, points: Sequence[int]) -> None:
        """Takes the values at 0, 25, 50, 75, 95 and 100 %."""
        if len(points) != len(SIX_NUMBERS) or list(points) != sorted(points):
            raise ValueError(f"a spread is six ascending numbers, not {points!r}")
        self.points = tuple(points)

    def at(self, percentile: float) -> int:
        """The value below which *percentile* (0 ≤ p < 100) of the draws lie, in straight lines."""
        step = bisect_right(SIX_NUMBERS, percentile) - 1
        low, high = SIX_NUMBERS[step], SIX_NUMBERS[step + 1]
        below, above = self.points[step], self.points[step + 1]
        return below + int((above - below) * (percentile - low) / (high - low))


class Quota:
    """Says yes to exactly *percent* of the times it is asked, evenly spread (Bresenham).

    Used for the published rates (grades and formation), which a draw would only meet roughly.
    """

    __slots__ = ("asked", "percent")

    def __init__(self, percent: int) -> None:
        """Takes the share of yes in per cent."""
        self.percent = percent
        self.asked = 0

    def next(self) -> bool:
        """The answer for the next one."""
        before = self.asked * self.percent // 100
        self.asked += 1
        return self.asked * self.percent // 100 > before


class Chance:
    """A seeded source of draws."""

    __slots__ = ("_next",)

    def __init__(self, seed: int) -> None:
        """Takes the seed: the same seed and the same calls give the same draws."""
        self._next = random.Random(seed).random  # noqa: S311  invented data, no secret

    def below(self, limit: int) -> int:
        """A whole number from 0 up to, not including, *limit*."""
        return int(self._next() * limit)

    def between(self, low: int, high: int) -> int:
        """A whole number from *low* to *high*, both included."""
        return low + int(self._next() * (high - low + 1))

    def percent(self, share: int) -> bool:
        """True in *share* of 100 cases."""
        return self._next() * 100 < share

    def pick(self, values: Sequence[T]) -> T:
        """One of *values*, each as likely as any other."""
        return values[int(self._next() * len(values))]

    def weigh(self, weighted: Weighted[T]) -> T:
        """One of the values, as likely as its weight says."""
        return weighted.values[bisect_right(weighted.bounds, int(self._next() * weighted.total))]

    def spread(self, spread: Spread) -> int:
        """A number of that spread."""
        return spread.at(self._next() * 100)
