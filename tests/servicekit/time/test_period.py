"""Periods, held to the plain meaning: which value holds on each single day."""

from collections.abc import Callable, Sequence
from datetime import date, timedelta
from itertools import pairwise
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

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

START = date(2016, 1, 1)
DAYS = [START + timedelta(offset) for offset in range(14)]
EVERY_DAY = [START - timedelta(1), *DAYS, date.max]
"""Days before and between all dates that are drawn, and one that only an open end reaches."""

ABSENT = object()
Timeline = list[Period[Any]]


def of_value(start: date, until: date | None, value: Any) -> Period[Any]:
    return Period(start, until, value)


def of_state(start: date, until: date | None, value: Any) -> Period[Any]:
    return Segment(start, until, {"value": value}, str(value).encode())


KINDS: list[Callable[[date, date | None, Any], Period[Any]]] = [of_value, of_state]


@st.composite
def timelines(draw: st.DrawFn) -> Timeline:
    """Periods in order, some of them touching, with gaps, the last perhaps open."""
    make = draw(st.sampled_from(KINDS))
    starts = sorted(draw(st.sets(st.sampled_from(DAYS), max_size=6)))
    periods: Timeline = []
    for start, following in zip(starts, [*starts[1:], None], strict=False):
        ends = [day for day in DAYS if start < day and (following is None or day <= following)]
        until = draw(st.sampled_from([*ends, following]))
        periods.append(make(start, until, draw(st.sampled_from([None, "a", "b", "c"]))))
    return periods


def by_day(periods: Sequence[Period[Any]]) -> dict[date, Any]:
    """The value of each day; the plain meaning of a timeline."""
    days: dict[date, Any] = {}
    for day in EVERY_DAY:
        values = [
            period.value
            for period in periods
            if period.start <= day and (period.until is None or day < period.until)
        ]
        assert len(values) <= 1
        days[day] = values[0] if values else ABSENT
    return days


def assert_in_order(periods: Sequence[Period[Any]]) -> None:
    assert all(one.until is not None and one.until <= two.start for one, two in pairwise(periods))
    assert all(period.until is None or period.start < period.until for period in periods)


def assert_joined(periods: Sequence[Period[Any]]) -> None:
    assert_in_order(periods)
    assert not any(a.until == b.start and a.value == b.value for a, b in pairwise(periods))


@given(timelines())
def test_the_value_on_a_day(periods: Timeline) -> None:
    for day, value in by_day(periods).items():
        period = period_on(periods, day)
        assert (ABSENT if period is None else period.value) == value
        assert value_on(periods, day) == (None if value is ABSENT else value)


@given(timelines())
def test_merging_changes_no_day_and_leaves_nothing_to_merge(periods: Timeline) -> None:
    merged = merge(periods)
    assert by_day(merged) == by_day(periods)
    assert_joined(merged)
    assert merge(merged) == merged


@given(timelines(), st.sampled_from(DAYS), st.sampled_from(DAYS))
def test_a_piece_of_a_timeline_says_the_same_inside_and_nothing_outside(
    periods: Timeline, start: date, until: date
) -> None:
    before, after = by_day(periods), by_day(cut(periods, start))
    assert after == {day: value if day >= start else ABSENT for day, value in before.items()}
    inside = cut(periods, start, until)
    assert_in_order(inside)
    assert by_day(inside) == {
        day: value if start <= day < until else ABSENT for day, value in before.items()
    }


@given(timelines(), timelines(), st.sampled_from(DAYS))
def test_splicing_keeps_what_was_before_and_takes_what_follows(
    held: Timeline, other: Timeline, effective_on: date
) -> None:
    following = cut(other, effective_on)
    spliced = splice(held, effective_on, following)
    assert_joined(spliced)
    before, after = by_day(held), by_day(following)
    assert by_day(spliced) == {
        day: before[day] if day < effective_on else after[day] for day in EVERY_DAY
    }


@given(timelines(), st.lists(st.tuples(st.sampled_from(DAYS), timelines()), max_size=5))
def test_a_follower_of_a_ledger_holds_what_the_last_event_about_a_day_says(
    held: Timeline, events: list[tuple[date, Timeline]]
) -> None:
    days = by_day(held)
    for effective_on, other in events:
        following = cut(other, effective_on)
        held = splice(held, effective_on, following)
        days |= {d: v for d, v in by_day(following).items() if d >= effective_on}
    assert by_day(held) == days


@given(timelines(), st.lists(st.sampled_from(DAYS), unique=True).map(sorted))
def test_pieces_say_the_same_and_none_spans_a_cut(periods: Timeline, days: list[date]) -> None:
    pieces = [piece for period in periods for piece in period.pieces(days)]
    assert_in_order(pieces)
    assert by_day(pieces) == by_day(periods)
    assert not any(piece.holds_on(day) and piece.start < day for piece in pieces for day in days)
    assert merge(pieces) == merge(periods)


@given(timelines())
def test_nothing_changes_between_boundaries(periods: Timeline) -> None:
    days, changes = by_day(periods), boundaries(periods)
    for before, day in pairwise(EVERY_DAY[:-1]):
        assert days[before] == days[day] or day in changes


@given(timelines(), timelines())
def test_a_cut_keeps_the_kind_of_its_periods(periods: Timeline, other: Timeline) -> None:
    kinds = {type(period) for period in periods}
    assert {type(piece) for piece in cut(periods, DAYS[5], DAYS[9])} <= kinds
    for segment in cut(periods, DAYS[5]):
        if isinstance(segment, Segment):
            assert segment.text == str(segment.state["value"]).encode()


def test_equal_by_a_key_keeps_the_first_or_the_last_value() -> None:
    periods = [Period(DAYS[0], DAYS[2], "a"), Period(DAYS[2], None, "A")]
    assert merge(periods) == periods
    assert merge(periods, str.lower) == [Period(DAYS[0], None, "a")]
    assert merge(periods, str.lower, keep="last") == [Period(DAYS[0], None, "A")]


def test_periods_without_a_day_are_dropped() -> None:
    empty = Period(DAYS[3], DAYS[3], "b")
    whole = [Period(DAYS[0], DAYS[3], "a"), empty, Period(DAYS[3], None, "a")]
    assert merge(whole) == [Period(DAYS[0], None, "a")]
    assert cut([Period(DAYS[0], None, "a")], DAYS[4], DAYS[4]) == []


@pytest.mark.parametrize(
    "periods",
    [
        [Period(DAYS[0], None, "a"), Period(DAYS[3], None, "b")],
        [Period(DAYS[0], DAYS[4], "a"), Period(DAYS[3], None, "a")],
        [Period(DAYS[3], DAYS[4], "a"), Period(DAYS[0], DAYS[1], "b")],
    ],
)
def test_what_is_not_in_order_is_refused(periods: Timeline) -> None:
    with pytest.raises(ValueError, match=f"not ordered at {periods[1].start}"):
        merge(periods)


def test_an_event_that_says_something_of_days_before_it_is_refused() -> None:
    held = [Period(DAYS[0], None, "a")]
    with pytest.raises(ValueError, match="not ordered"):
        splice(held, DAYS[5], [Period(DAYS[2], None, "b")])


@pytest.mark.parametrize("until", [None, DAYS[3]])
def test_a_segment_reads_back_from_its_document(until: date | None) -> None:
    segment = Segment(DAYS[0], until, {"a": 1})
    assert Segment.parse(segment.document()) == segment
    assert segment.document()["until"] == (until and until.isoformat())
