"""Enactments over time, held equal to a list of days."""

from datetime import date, timedelta
from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from jurisdiction_router.core.periods import holds_on
from jurisdiction_router.rule_sets.enactments import Enactment, activate, of_rule_set, retire

DAYS = 12
FIRST = date(2016, 1, 1)


def day(number: int) -> date:
    return FIRST + timedelta(days=number)


Step = tuple[str, str, str, int, int | None]
steps = st.lists(
    st.tuples(
        st.sampled_from(["activate", "activate", "retire"]),
        st.sampled_from("abc"),
        st.sampled_from(["440300", "440303"]),
        st.integers(0, DAYS - 1),
        st.none() | st.integers(1, DAYS),
    ),
    max_size=8,
)


@given(steps)
def test_they_say_of_every_day_what_a_calendar_says(taken: list[Step]) -> None:
    held: list[Enactment] = []
    calendar: dict[tuple[str, int], str] = {}
    for action, name, scope, start, length in taken:
        rule_set = f"{name}-{scope}"
        if action == "retire":
            held = retire(held, rule_set, scope, day(start))
            for number in range(start, DAYS):
                if calendar.get((scope, number)) == rule_set:
                    del calendar[scope, number]
            continue
        following = [e.valid_from for e in held if e.scope == scope and e.valid_from > day(start)]
        limit = min(
            [DAYS, *([start + length] if length else [])]
            + [(each - FIRST).days for each in following]
        )
        end = day(start + length) if length else None
        held = activate(held, rule_set, scope, day(start), end)
        for number in range(start, limit):
            calendar[scope, number] = rule_set
        for number in range(DAYS):
            for place in ("440300", "440303"):
                found = [e.rule_set for e in held if e.scope == place and holds_on(e, day(number))]
                expected = calendar.get((place, number))
                assert found == ([expected] if expected else [])
    assert held == sorted(held)
    for rule_set in {e.rule_set for e in held}:
        for earlier, later in pairwise(of_rule_set(held, rule_set)):
            assert earlier.valid_until is not None
            assert earlier.valid_until < later.valid_from
