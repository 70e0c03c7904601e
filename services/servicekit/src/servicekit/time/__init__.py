"""Valid time and knowledge: the clock, civil dates, moments, the fold of dated patches."""

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

from_date, replace_from, state_on = cut, splice, value_on  # until the services say the new names

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
    "from_date",
    "merge",
    "merge_diff",
    "merge_patch",
    "moment",
    "period_on",
    "replace_from",
    "splice",
    "state_on",
    "value_on",
]
