"""Valid time and knowledge: clock, civil dates, moments, timelines, the fold of dated patches."""

from servicekit.time.as_of import AsOf, moment
from servicekit.time.civil_dates import FIRST_DAY, LAST_DAY, CivilDate
from servicekit.time.clock import CIVIL_ZONE, Clock, SystemClock
from servicekit.time.fold import fold, merge_diff, merge_patch
from servicekit.time.period import (
    Period,
    Segment,
    boundaries,
    cut,
    merge,
    period_on,
    splice,
    value_on,
)

__all__ = [
    "CIVIL_ZONE",
    "FIRST_DAY",
    "LAST_DAY",
    "AsOf",
    "CivilDate",
    "Clock",
    "Period",
    "Segment",
    "SystemClock",
    "boundaries",
    "cut",
    "fold",
    "merge",
    "merge_diff",
    "merge_patch",
    "moment",
    "period_on",
    "splice",
    "value_on",
]
