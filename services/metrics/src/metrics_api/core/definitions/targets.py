"""Targets: a rate to be reached by a date; whether it was, and when it will be at this pace."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from fractions import Fraction

from metrics_api.core.definitions.indicators import Tally
from servicekit.errors import Text

DAYS_OF_A_MONTH = Fraction(3652425, 120000)
"""The mean month of the Gregorian calendar, 30.436875 days: what "per month" means here."""

_FORESEEN_MONTHS = 600
"""Further ahead than fifty years nothing is projected."""


@dataclass(frozen=True, slots=True)
class TargetVariant:
    """One reading of a target: which indicator's denominator it means."""

    id: str
    indicator: str
    title: Text


@dataclass(frozen=True, slots=True)
class Target:
    """A goal for a part of the register, in each of the readings that its source leaves open.

    `revision` is 0 for those that come with the service, and counts the changes of one's own.
    """

    id: str
    title: Text
    goal: Fraction
    deadline: date
    reference: str
    filters: Mapping[str, tuple[str, ...]]
    variants: tuple[TargetVariant, ...]
    revision: int = 0


@dataclass(frozen=True, slots=True)
class Attainment:
    """How a target stands. `attained` is None where there is nobody to count."""

    attained: bool | None
    missing: int


@dataclass(frozen=True, slots=True)
class Band:
    """What a distance from the goal is called, and its colour; distances are shares of one."""

    id: str
    title: Text
    short_by_at_most: Fraction
    colour: str


@dataclass(frozen=True, slots=True)
class Outlook:
    """What is needed and what is to be expected, in organizations a month.

    `needed` is None where nothing is missing or no time is left. `gained` is the trend by which the
    distance shrank (negative where it grew), None where it can't be told; `projected_on` the day on
    which that trend reaches the goal, None where it does not.
    """

    needed: Fraction | None = None
    gained: Fraction | None = None
    projected_on: date | None = None


NO_OUTLOOK = Outlook()
"""Of a target that is judged, or that nobody falls under."""


def attainment(goal: Fraction, tally: Tally) -> Attainment:
    """Compare exactly, in whole organizations: 80 % of 7 needs 6, not 5.6."""
    if tally.denominator == 0:
        return Attainment(None, 0)
    missing = max(0, math.ceil(goal * tally.denominator) - tally.numerator)
    return Attainment(missing == 0, missing)


def band_of(goal: Fraction, tally: Tally, bands: Sequence[Band]) -> Band | None:
    """The first band that the distance from the goal fits; None where there is nobody to count."""
    if tally.denominator == 0:
        return None
    short = max(Fraction(0), goal - Fraction(tally.numerator, tally.denominator))
    return next(band for band in bands if short <= band.short_by_at_most)


def distance(goal: Fraction, tally: Tally) -> Fraction:
    """How many organizations the numerator lies below the goal's share; negative above it."""
    return goal * tally.denominator - tally.numerator


def outlook(
    day: date, deadline: date, goal: Fraction, course: Sequence[tuple[date, Tally]]
) -> Outlook:
    """What `course` (counts up to and including `day`, in order) promises for the deadline.

    The trend is the straight line of least squares through the distances, so growth of the
    denominator counts as well as growth of the numerator.
    """
    now = course[-1][1]
    missing = attainment(goal, now).missing
    if not missing:
        return NO_OUTLOOK
    months_left = Fraction((deadline - day).days) / DAYS_OF_A_MONTH
    needed = missing / months_left if months_left > 0 else None
    known = [
        (Fraction((at - day).days) / DAYS_OF_A_MONTH, distance(goal, tally))
        for at, tally in course
        if tally.denominator
    ]
    slope = _slope(known)
    if slope is None:
        return Outlook(needed)
    return Outlook(needed, -slope, _reached(day, distance(goal, now), slope))


def months_before(day: date, months: int) -> list[date]:
    """The same day of each of the `months` months before `day`, oldest first, then `day` itself.

    A day that a month lacks is its last one; months before the year 1 are left out.
    """
    days = []
    for back in range(months, -1, -1):
        year, month = divmod(day.year * 12 + day.month - 1 - back, 12)
        if year >= 1:
            days.append(_clipped(year, month + 1, day.day))
    return days


def _clipped(year: int, month: int, day: int) -> date:
    for last in range(day, 27, -1):
        try:
            return date(year, month, last)
        except ValueError:
            continue
    return date(year, month, day)


def _slope(points: Sequence[tuple[Fraction, Fraction]]) -> Fraction | None:
    """Of the least-squares line; None of fewer than two points."""
    if len(points) < 2:
        return None
    mean_x = sum((x for x, _ in points), Fraction(0)) / len(points)
    mean_y = sum((y for _, y in points), Fraction(0)) / len(points)
    spread = sum(((x - mean_x) ** 2 for x, _ in points), Fraction(0))
    return sum(((x - mean_x) * (y - mean_y) for x, y in points), Fraction(0)) / spread


def _reached(day: date, missing: Fraction, slope: Fraction) -> date | None:
    if slope >= 0:
        return None
    months = missing / -slope
    if months > _FORESEEN_MONTHS:
        return None
    try:
        return day + timedelta(days=math.ceil(months * DAYS_OF_A_MONTH))
    except OverflowError:
        return None
