"""How a rate went: the same count at the ends of months, quarters or years up to a day."""

from datetime import date, timedelta

from metrics_api.core.definitions.indicators import Tally
from metrics_api.core.facts.calendar_periods import Period
from metrics_api.counting.request import CoverageRequest
from metrics_api.coverage.series.count import CountSeries

Step = Period

_MONTHS: dict[Step, int] = {"month": 1, "quarter": 3, "year": 12}


def period_ends(step: Step, last: date, points: int) -> list[date]:
    """`last`, and before it the last days of at most `points` − 1 whole periods, oldest first."""
    length = _MONTHS[step]
    begun = (last.year * 12 + last.month - 1) // length * length
    ends = [last]
    for back in range(points):
        month = begun - back * length
        if len(ends) == points or month <= 12:  # the day before year 1 is no date
            break
        end = date(month // 12, month % 12 + 1, 1) - timedelta(days=1)
        ends.append(end)
    return ends[::-1]


async def read_trend(
    count: CountSeries, request: CoverageRequest, step: Step, last: date, points: int
) -> list[tuple[date, Tally | None]]:
    """The whole that `request` counts at each end of a period; None before its rule was made."""
    whole = await count.whole(request, period_ends(step, last, points))
    return [
        (
            day,
            None
            if denominator is None
            else Tally(numerator, denominator, whole.divisors, whole.is_share),
        )
        for day, numerator, denominator, _ in whole.rows.iter_rows()
    ]
