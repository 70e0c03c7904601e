"""Half-open periods of civil dates and what holds on them: the one algebra of timelines.

A timeline is a sequence of periods in order that do not overlap; between them may be gaps. An open
end is `None`, never a far-away date, so that nothing expires by accident; PostgreSQL's `infinity`
and polars' last date exist only where rows are read and written.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any, Generic, Literal, TypeVar

import orjson

T_co = TypeVar("T_co", covariant=True)
Value = TypeVar("Value")
AnyPeriod = TypeVar("AnyPeriod", bound="Period[Any]")


@dataclass(frozen=True, slots=True)
class Period(Generic[T_co]):
    """`value` holds on `[start, until)`; `until` None is open."""

    start: date
    until: date | None
    value: T_co

    def holds_on(self, day: date) -> bool:
        """Whether `day` lies in the period."""
        return self.start <= day and (self.until is None or day < self.until)

    def between(self: AnyPeriod, start: date, until: date | None) -> AnyPeriod:
        """The same value on other days."""
        return type(self)(start, until, self.value)

    def pieces(self: AnyPeriod, days: Sequence[date]) -> Iterator[AnyPeriod]:
        """The period cut at each of the rising `days` that lies inside it."""
        start = self.start
        for day in days:
            if day > start and self.holds_on(day):
                yield self.between(start, day)
                start = day
        yield self.between(start, self.until)


@dataclass(frozen=True, slots=True)
class Segment(Period[dict[str, Any]]):
    """A period of a ledger's timeline: its value is a state, a JSON document.

    `text` is the state as canonical JSON, from those who have it at hand.
    """

    text: bytes | None = field(default=None, compare=False, repr=False)

    @classmethod
    def parse(cls, document: dict[str, Any]) -> "Segment":
        """From a segment as events carry it. Raises KeyError, TypeError or ValueError."""
        until = document["until"]
        return cls(
            date.fromisoformat(document["from"]),
            date.fromisoformat(until) if until else None,
            document["state"],
        )

    @property
    def state(self) -> dict[str, Any]:
        """What holds."""
        return self.value

    def between(self, start: date, until: date | None) -> "Segment":
        """The same state on other days."""
        return Segment(start, until, self.value, self.text)

    def document(self) -> dict[str, Any]:
        """The segment as events carry it."""
        until = self.until.isoformat() if self.until else None
        state = self.value if self.text is None else orjson.Fragment(self.text)
        return {"from": self.start.isoformat(), "until": until, "state": state}


def period_on(periods: Iterable[AnyPeriod], day: date) -> AnyPeriod | None:
    """The period that holds on `day`, or None where the timeline does not reach."""
    return next((period for period in periods if period.holds_on(day)), None)


def value_on(periods: Iterable[Period[Value]], day: date) -> Value | None:
    """The value on `day`, or None where the timeline does not reach."""
    period = period_on(periods, day)
    return None if period is None else period.value


def boundaries(periods: Iterable[Period[Any]]) -> set[date]:
    """Every day on which a period starts or ends."""
    days: set[date] = set()
    for period in periods:
        days.add(period.start)
        if period.until is not None:
            days.add(period.until)
    return days


def merge(
    periods: Iterable[AnyPeriod],
    key: Callable[[Any], object] | None = None,
    keep: Literal["first", "last"] = "first",
) -> list[AnyPeriod]:
    """The timeline with touching periods of equal value joined; periods without a day are dropped.

    Values are equal where their `key` is (by default they themselves are); the joined period
    keeps the value of its `first` or `last` part. Raises ValueError where periods overlap or are
    not in order.
    """
    merged: list[AnyPeriod] = []
    for period in periods:
        if period.until is not None and period.until <= period.start:
            continue
        last = merged[-1] if merged else None
        if last is None:
            merged.append(period)
        elif last.until is None or last.until > period.start:
            raise ValueError(f"timeline is not ordered at {period.start.isoformat()}")
        elif last.until == period.start and _equal(last.value, period.value, key):
            kept = last if keep == "first" else period
            merged[-1] = kept.between(last.start, period.until)
        else:
            merged.append(period)
    return merged


def _equal(one: Any, other: Any, key: Callable[[Any], object] | None) -> bool:
    return bool(one == other if key is None else key(one) == key(other))


def cut(periods: Iterable[AnyPeriod], start: date, until: date | None = None) -> list[AnyPeriod]:
    """The part of a timeline on `[start, until)`; periods that reach beyond are cut there."""
    inside: list[AnyPeriod] = []
    for period in periods:
        first = max(period.start, start)
        end = _earlier(period.until, until)
        if end is not None and end <= first:
            continue
        same = first == period.start and end == period.until
        inside.append(period if same else period.between(first, end))
    return inside


def _earlier(one: date | None, other: date | None) -> date | None:
    if one is None or other is None:
        return other if one is None else one
    return min(one, other)


def splice(
    periods: Iterable[AnyPeriod], effective_on: date, following: Iterable[AnyPeriod]
) -> list[AnyPeriod]:
    """A timeline with all that was known from `effective_on` on replaced by `following`.

    This is what an event of a ledger means to a follower. Touching periods of equal value are
    joined. Raises ValueError where `following` is not in order or starts before `effective_on`
    on days that `periods` tell of.
    """
    return merge([*cut(periods, date.min, effective_on), *following])
