"""Calendar periods: their numbers, and the days on which a series counts, their ends."""

from datetime import date, timedelta
from typing import Literal

Period = Literal["month", "quarter", "year"]

CalendarPeriod = Literal["year", "quarter"]
"""What facts are told by: 2016, or 2016Q2 as the number 20162."""

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


def period_number(period: CalendarPeriod, day: date, back: int = 0) -> int:
    """The number of the period that `day` lies in, or of the one `back` periods before.

    Numbers rise with time: 2016 for a year, 20162 for the second quarter of 2016.
    """
    if period == "year":
        return day.year - back
    quarters = day.year * 4 + (day.month - 1) // 3 - back
    return quarters // 4 * 10 + quarters % 4 + 1


def period_name(period: CalendarPeriod, number: int) -> str:
    """A period's number as people write it: 2016, 2016Q2."""
    return str(number) if period == "year" else f"{number // 10}Q{number % 10}"


def _day_before(month: int) -> date:
    """The day before the first of a month that is counted from January of the year 0."""
    if month // 12 > date.max.year:
        return date.max
    return date(month // 12, month % 12 + 1, 1) - timedelta(days=1)
