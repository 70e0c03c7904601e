"""Goals, figures in words, and the days of a trend."""

import itertools
from dataclasses import replace
from datetime import date, timedelta
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from metrics_api.charts.goals import Goal, Goals
from metrics_api.charts.texts import load_formatters
from metrics_api.charts.trend import Step, period_ends
from metrics_api.core.definitions.indicators import Tally
from metrics_api.core.formatting import Formatter
from metrics_api.definitions.load import load_definitions

DEFINITIONS = load_definitions()
BANDS = DEFINITIONS.target_reading.bands
GOALS = Goals(DEFINITIONS.targets.values(), BANDS)
EN: Formatter = load_formatters()["en"]
tallies = st.integers(0, 10**6).flatmap(
    lambda whole: st.builds(Tally, st.integers(0, whole), st.just(whole))
)


@pytest.mark.parametrize(
    ("day", "target"),
    [
        (date(2016, 6, 14), "formation_4a_2016"),
        (date(2016, 12, 31), "formation_4a_2016"),
        (date(2017, 1, 1), "formation_4a_2017"),
        (date(2026, 1, 1), "formation_4a_2017"),
    ],
)
def test_the_next_deadline_counts_and_after_all_of_them_the_last(day: date, target: str) -> None:
    found = GOALS.goal("organizational_coverage", {"grade": ("4A",)}, day)
    assert found is not None
    assert found.target == target


def test_a_goal_is_for_whom_it_is_set_and_for_any_part_of_them() -> None:
    day = date(2016, 6, 14)

    def asked(indicator: str, **filters: str) -> str | None:
        goal = GOALS.goal(indicator, {k: (v,) for k, v in filters.items()}, day)
        return goal.target if goal else None

    assert asked("charter_inclusion") == "charter_inclusion_2018"
    assert asked("charter_inclusion", area="440303", kind="foundation") == "charter_inclusion_2018"
    assert asked("organizational_coverage", grade="4A", kind="foundation") == "formation_4a_2016"
    assert asked("organizational_coverage") is None
    assert asked("organizational_coverage", grade="2A") is None
    assert asked("work_coverage", grade="4A") is None


def test_a_goal_set_for_a_place_or_body_goes_before_the_one_for_all() -> None:
    general = DEFINITIONS.targets["charter_inclusion_2018"]
    own = {
        "place": replace(general, id="place", filters={"area": ("440303",)}),
        "body": replace(general, id="body", filters={"body": ("b1",)}),
    }
    goals = Goals([general, *own.values()], BANDS)

    def asked(**filters: str) -> str | None:
        conditions = {k: (v,) for k, v in filters.items()}
        goal = goals.goal("charter_inclusion", conditions, date(2016, 6, 14))
        return goal.target if goal else None

    assert asked() == asked(area="440306") == "charter_inclusion_2018"
    assert asked(area="440303") == asked(district="440303") == "place"
    assert asked(body="b1", kind="foundation") == "body"


@given(tallies, st.fractions(0, 1).filter(bool))
def test_a_figure_is_good_exactly_when_nothing_is_missing(tally: Tally, share: Fraction) -> None:
    figure = GOALS.measured(tally, Goal(share, date(2016, 12, 31), "t"))
    if tally.denominator:
        assert (figure.tone == "good") == (figure.missing == 0)
    else:
        assert figure.tone == "plain"
    assert figure.missing <= figure.gap


@given(tallies)
def test_a_rate_in_words_is_true_to_a_tenth_and_never_claims_all_or_nobody(tally: Tally) -> None:
    words = EN.rate(tally)
    if not tally.denominator:
        assert words == "–"
        return
    assert (words == "100.0%") == (tally.numerator == tally.denominator)
    assert (words == "0.0%") == (tally.numerator == 0)
    exact = 100 * tally.numerator / tally.denominator
    assert float(words.strip("<>%")) == pytest.approx(exact, abs=0.100001)


@given(st.sampled_from(["month", "quarter", "year"]), st.dates(date(1, 1, 1)), st.integers(1, 60))
def test_a_trend_ends_on_its_day_after_the_last_days_of_whole_periods(
    step: Step, last: date, points: int
) -> None:
    ends = period_ends(step, last, points)
    assert ends[-1] == last
    assert len(ends) == points or ends[0].year <= 2
    assert ends == sorted(set(ends))
    for end in ends[:-1]:
        following = end + timedelta(days=1)
        assert following.day == 1
        assert (following.month - 1) % {"month": 1, "quarter": 3, "year": 12}[step] == 0
    for before, after in itertools.pairwise(ends):
        assert after - before <= {"month": timedelta(31), "quarter": timedelta(92)}.get(
            step, timedelta(366)
        )


def test_every_word_takes_the_same_facts_in_both_languages() -> None:
    for name, words in EN.words.items():
        places = [{part.partition("}")[0] for part in text.split("{")[1:]}
                  for text in (words.zh, words.en)]  # fmt: skip
        assert places[0] == places[1], name
