"""Half-open periods of civil dates, `[valid_from, valid_until)`: the one reading of validity.

An open end is `None`, never a far-away date, so that nothing expires by accident.
"""

from collections.abc import Iterable, Sequence
from datetime import date
from typing import Protocol


class Dated(Protocol):
    """Anything that holds from one civil date until (not including) another."""

    @property
    def valid_from(self) -> date:
        """The first day."""

    @property
    def valid_until(self) -> date | None:
        """The day after the last; None where there is none."""


def holds_on(thing: Dated, on: date) -> bool:
    """Tell whether `thing` is valid on the civil date `on`."""
    return thing.valid_from <= on and (thing.valid_until is None or on < thing.valid_until)


def overlap(one: Dated, other: Dated) -> bool:
    """Tell whether the two periods share at least one day."""
    return (other.valid_until is None or one.valid_from < other.valid_until) and (
        one.valid_until is None or other.valid_from < one.valid_until
    )


def covers(outer: Dated, inner: Dated) -> bool:
    """Tell whether every day of `inner` is also a day of `outer`."""
    if inner.valid_from < outer.valid_from:
        return False
    if outer.valid_until is None:
        return True
    return inner.valid_until is not None and inner.valid_until <= outer.valid_until


def boundaries(things: Iterable[Dated]) -> set[date]:
    """Return every date on which one of `things` starts or ends."""
    dates: set[date] = set()
    for thing in things:
        dates.add(thing.valid_from)
        if thing.valid_until is not None:
            dates.add(thing.valid_until)
    return dates


def pieces(
    start: date, end: date | None, cuts: Sequence[date]
) -> Iterable[tuple[date, date | None]]:
    """Cut `[start, end)` at every date of the sorted `cuts` that falls inside it."""
    left = start
    for cut in cuts:
        if cut <= left:
            continue
        if end is not None and cut >= end:
            break
        yield left, cut
        left = cut
    yield left, end
