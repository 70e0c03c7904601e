"""Reports about a period: a quarter or a year.

An organization's state holds the newest period that was reported. A report about an older one
belongs to a day before the newer one was told: sent with that day it takes its place in the past.
"""

from datetime import date
from typing import Any

from registry_api.core.life_events.event import not_possible
from registry_api.core.organization.state import State


def check_period(state: State, patch: dict[str, Any], day: date, block: str) -> None:
    """The period of `party.<block>` has begun by `day`, and no newer one was told before.

    Raises EventNotPossible.
    """
    name = "quarter" if block == "organizational_life" else "year"
    period = patch["party"][block][name]
    if _first_day(period) > day.isoformat():
        raise not_possible("period_ahead", f"/{name}", period, day=day.isoformat())
    newest = (state["party"][block] or {}).get(name)
    if newest is not None and _first_day(period) < _first_day(newest):
        raise not_possible("newer_period_told", f"/{name}", period, held=newest)


def _first_day(period: str | int) -> str:
    """The first day of 2016 or of 2016Q3, as text.

    Four digits can name a year that the calendar does not have.
    """
    year, _, quarter = str(period).partition("Q")
    return f"{year}-{3 * int(quarter or 1) - 2:02}-01"
