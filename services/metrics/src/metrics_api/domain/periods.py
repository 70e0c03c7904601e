"""The days on which a series counts: the ends of calendar periods."""

from datetime import date, timedelta
from typing import Literal

Period = Literal["month", "quarter", "year"]

_MONTHS: dict[Period, int] = {"month": 1, "quarter": 3, "year": 12}


def period_ends(period: Period, first: date, last: date) -> list[date]:
    """The last day of each period that meets `[first, last]`, both included, oldest first.

    The period that `last` lies in ends early, on `last`: nothing later is shown. `first` is not
    after `last`.
    """
    length = _MONTHS[period]
    begun = (first.year * 12 + first.month - 1) // length * length
    ends: list[date] = []
    while (end := _day_before(begun + length)) < last:
        ends.append(end)
        begun += length
    return [*ends, last]


def _day_before(month: int) -> date:
    """The day before the first of a month that is counted from January of the year 0."""
    if month // 12 > date.max.year:
        return date.max
    return date(month // 12, month % 12 + 1, 1) - timedelta(days=1)
