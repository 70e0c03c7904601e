"""What one organization adds to a figure: itself, numbers of its own, or its share of something.

A joint Party organization of n units is one Party organization. It counts 1/n at each of its
units, so it counts once over all of them, the parts of any grouping still sum to the whole, and
nobody has to match the units' names with each other. Under a filter that holds only some of its
units (one of two districts, one of two kinds) it counts with their share: a half is meant as such.
Where the model falls down: the share of a unit that is no social organization (a sponsor's
company) is in no figure.
"""

from collections.abc import Callable
from dataclasses import dataclass
from fractions import Fraction
from typing import NamedTuple

from metrics_api.core.facts.columns import POSITION, Fact


@dataclass(frozen=True, slots=True)
class Weight:
    """The sum of `columns` (1 of none), divided by the column `divisor` if there is one."""

    columns: tuple[str, ...] = ()
    divisor: str | None = None

    @property
    def asked(self) -> tuple[str, ...]:
        """The columns whose values make it."""
        return (*self.columns, self.divisor) if self.divisor else self.columns


@dataclass(frozen=True, slots=True)
class Measure:
    """What an organization adds to the numerator, where it counts, and to the denominator."""

    numerator: Weight = Weight()
    denominator: Weight = Weight()

    @property
    def asked(self) -> tuple[str, ...]:
        """The columns that either asks, each once."""
        return tuple(dict.fromkeys((*self.numerator.asked, *self.denominator.asked)))


COUNTED = Measure()
"""Every organization is one: the indicator is a share of one."""


class Divisors(NamedTuple):
    """What whole figures are to be divided by: sixths are told as such, so nothing is rounded."""

    numerator: int = 1
    denominator: int = 1


WHOLE = Divisors()


def fact_weight(weight: Weight) -> Callable[[Fact], Fraction]:
    """Compile a weight to a function of one fact; an unknown amount or divisor adds nothing."""
    places = [POSITION[column] for column in weight.columns]
    below = None if weight.divisor is None else POSITION[weight.divisor]

    def weigh(fact: Fact) -> Fraction:
        amount = sum(_number(fact[place]) for place in places) if places else 1
        by = 1 if below is None else _number(fact[below])
        return Fraction(amount, by) if by else Fraction(0)

    return weigh


def _number(value: object) -> int:
    return value if isinstance(value, int) else 0
