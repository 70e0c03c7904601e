"""Valid time and knowledge: the clock, civil dates, moments, the fold of dated patches."""

from servicekit.time.as_of import AsOf, KnownAt, moment
from servicekit.time.civil_dates import FIRST_DAY, LAST_DAY, CivilDate
from servicekit.time.clock import CIVIL_ZONE, Clock, SystemClock
from servicekit.time.fold import fold, from_date, merge_diff, merge_patch, replace_from, state_on
from servicekit.time.period import Segment

__all__ = [
    "CIVIL_ZONE",
    "FIRST_DAY",
    "LAST_DAY",
    "AsOf",
    "CivilDate",
    "Clock",
    "KnownAt",
    "Segment",
    "SystemClock",
    "fold",
    "from_date",
    "merge_diff",
    "merge_patch",
    "moment",
    "replace_from",
    "state_on",
]
