"""Targets: a rate to be reached by a date, and whether it was."""

import math
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from fractions import Fraction

from metrics_api.domain.indicators import Tally, Wording


@dataclass(frozen=True, slots=True)
class TargetVariant:
    """One reading of a target: which indicator's denominator it means."""

    id: str
    indicator: str
    title: Wording


@dataclass(frozen=True, slots=True)
class Target:
    """A goal for a part of the register, in each of the readings that its source leaves open."""

    id: str
    title: Wording
    goal: Fraction
    deadline: date
    reference: str
    filters: Mapping[str, tuple[str, ...]]
    variants: tuple[TargetVariant, ...]


@dataclass(frozen=True, slots=True)
class Attainment:
    """How a target stands. `attained` is None where there is nobody to count."""

    attained: bool | None
    missing: int


def attainment(goal: Fraction, tally: Tally) -> Attainment:
    """Compare exactly, in whole organizations: 80 % of 7 needs 6, not 5.6."""
    if tally.denominator == 0:
        return Attainment(None, 0)
    missing = max(0, math.ceil(goal * tally.denominator) - tally.numerator)
    return Attainment(missing == 0, missing)
