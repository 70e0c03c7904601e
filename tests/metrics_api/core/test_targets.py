"""What a course of counts promises, against figures worked out by hand."""

from datetime import date, timedelta
from fractions import Fraction

from hypothesis import given
from hypothesis import strategies as st

from metrics_api.core.definitions.indicators import Tally
from metrics_api.core.definitions.targets import (
    DAYS_OF_A_MONTH,
    NO_OUTLOOK,
    attainment,
    band_of,
    months_before,
    outlook,
)
from metrics_api.definitions.load import load_definitions

GOAL = Fraction(9, 10)
DAY = date(2017, 6, 14)
BANDS = load_definitions().target_reading.bands

goals = st.fractions(Fraction(1, 100), 1, max_denominator=100)
tallies = st.integers(0, 500).flatmap(
    lambda whole: st.builds(Tally, st.integers(0, whole), st.just(whole))
)


def course(*numerators: int, whole: int = 100) -> list[tuple[date, Tally]]:
    days = months_before(DAY, len(numerators) - 1)
    return [(day, Tally(n, whole)) for day, n in zip(days, numerators, strict=True)]


def test_a_steady_gain_is_drawn_on_to_the_goal() -> None:
    ahead = outlook(DAY, date(2017, 12, 31), GOAL, course(40, 50, 60, 70))
    assert ahead.gained is not None
    assert ahead.projected_on is not None
    assert 9.8 < ahead.gained < 10.2
    assert abs(ahead.projected_on - date(2017, 8, 14)) <= timedelta(days=3)
    assert ahead.needed == 20 / (Fraction((date(2017, 12, 31) - DAY).days) / DAYS_OF_A_MONTH)


def test_growth_of_the_register_counts_against_the_trend() -> None:
    growing = [(day, Tally(50, whole)) for (day, _), whole in
               zip(course(0, 0, 0), (100, 110, 120), strict=True)]  # fmt: skip
    ahead = outlook(DAY, date(2017, 12, 31), GOAL, growing)
    assert ahead.gained is not None
    assert ahead.gained < 0
    assert ahead.projected_on is None


def test_one_known_month_is_no_trend_and_an_attained_target_needs_nothing() -> None:
    unknown = [(day, Tally(0, 0)) for day, _ in course(0, 0)[:1]] + course(0, 60)[1:]
    alone = outlook(DAY, date(2017, 12, 31), GOAL, unknown)
    assert (alone.gained, alone.projected_on) == (None, None)
    assert outlook(DAY, date(2017, 12, 31), GOAL, course(80, 90)) == NO_OUTLOOK


@given(goals, st.lists(tallies, min_size=1, max_size=8), st.integers(1, 800))
def test_an_outlook_agrees_with_itself(goal: Fraction, counts: list[Tally], days_left: int) -> None:
    days = months_before(DAY, len(counts) - 1)
    ahead = outlook(
        DAY, DAY + timedelta(days=days_left), goal, list(zip(days, counts, strict=True))
    )
    missing = attainment(goal, counts[-1]).missing
    assert (ahead.needed is None) == (missing == 0)
    if ahead.needed is not None:
        assert ahead.needed * Fraction(days_left) / DAYS_OF_A_MONTH == missing
    if ahead.projected_on is not None:
        assert ahead.gained is not None
        assert ahead.gained > 0
        assert ahead.projected_on >= DAY


@given(goals, tallies)
def test_the_first_band_is_exactly_attainment(goal: Fraction, tally: Tally) -> None:
    band = band_of(goal, tally, BANDS)
    attained = attainment(goal, tally).attained
    assert (band is None) == (attained is None)
    assert band is None or (band.id == BANDS[0].id) == attained


@given(st.dates(), st.integers(0, 120))
def test_months_before_are_rising_days_of_following_months(day: date, months: int) -> None:
    days = months_before(day, months)
    assert days[-1] == day
    numbers = [it.year * 12 + it.month for it in days]
    assert numbers == list(range(numbers[0], numbers[0] + len(days)))
    assert len(days) == min(months, day.year * 12 + day.month - 13) + 1
    assert all(it.day == day.day or (it + timedelta(days=1)).day == 1 for it in days)
