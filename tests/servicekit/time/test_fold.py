"""The law of the fold: patches with dates, states over time, and what a follower makes of them."""

from collections.abc import Sequence
from datetime import date, timedelta
from itertools import pairwise
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from servicekit.time.fold import fold, merge_diff, merge_patch
from servicekit.time.period import Segment, cut, splice, value_on

DAY = date(2016, 1, 1)
DAYS = st.integers(0, 12).map(lambda n: DAY + timedelta(n))
SCALARS = st.none() | st.sampled_from(["a", "b", "甲"]) | st.integers(0, 2)
INNER = st.fixed_dictionaries({"p": SCALARS, "q": SCALARS})
STATES = st.fixed_dictionaries(
    {"a": SCALARS, "b": SCALARS, "list": st.lists(SCALARS, max_size=2),
     "object": INNER, "perhaps": st.none() | INNER}
)  # fmt: skip
PATCHES = st.fixed_dictionaries(
    {},
    optional={"a": SCALARS, "b": SCALARS, "list": st.lists(SCALARS, max_size=2),
              "object": st.fixed_dictionaries({}, optional={"p": SCALARS, "q": SCALARS}),
              "perhaps": st.none() | st.fixed_dictionaries({}, optional={"p": SCALARS})},
)  # fmt: skip
Patch = tuple[date, int, dict[str, Any]]


@st.composite
def histories(draw: st.DrawFn) -> list[Patch]:
    """Patches as they were learned: positions rise, dates do as they like."""
    drawn = draw(st.lists(st.tuples(DAYS, PATCHES), min_size=1, max_size=10))
    return [(day, position, patch) for position, (day, patch) in enumerate(drawn, start=1)]


def complete(state: dict[str, Any]) -> dict[str, Any]:
    """Every member shown, as documents are."""
    whole = {"a": None, "b": None, "list": [], "object": {}, "perhaps": None} | state
    for name in ("object", "perhaps"):
        if whole[name] is not None or name == "object":
            whole[name] = {"p": None, "q": None} | (whole[name] or {})
    return whole


def naively(patches: Sequence[Patch], day: date) -> dict[str, Any] | None:
    """The state on one day by the words of the law: fold all patches up to it, in order."""
    state: dict[str, Any] | None = None
    for effective_on, _, patch in sorted(patches, key=lambda item: item[:2]):
        if effective_on <= day:
            state = complete(merge_patch(state, patch))
    return state


@given(STATES, STATES)
def test_a_diff_leads_from_one_state_to_the_other(before: Any, after: Any) -> None:
    kept = merge_patch(before, {})
    patch = merge_diff(before, after)
    assert merge_patch(before, patch) == after
    assert before == kept
    assert merge_diff(after, after) == {}


def test_null_sets_a_member_and_keeps_it() -> None:
    assert merge_patch({"a": 1, "b": {"c": 2}}, {"a": None, "b": {"d": None}}) == {
        "a": None,
        "b": {"c": 2, "d": None},
    }


@given(histories())
def test_the_fold_is_the_law_on_every_day(patches: list[Patch]) -> None:
    segments = fold(patches, complete)
    for offset in range(-1, 15):
        day = DAY + timedelta(offset)
        assert value_on(segments, day) == naively(patches, day)


@given(histories(), st.randoms(use_true_random=False))
def test_the_fold_does_not_depend_on_the_order_it_is_given(
    patches: list[Patch], chance: Any
) -> None:
    shuffled = list(patches)
    chance.shuffle(shuffled)
    assert fold(shuffled, complete) == fold(patches, complete)


@given(histories())
def test_segments_follow_each_other_and_differ(patches: list[Patch]) -> None:
    segments = fold(patches, complete)
    assert segments[0].start == min(day for day, _, _ in patches)
    assert segments[-1].until is None
    for one, following in pairwise(segments):
        assert one.until == following.start
        assert one.start < following.start
        assert one.state != following.state


@given(histories())
def test_a_follower_that_applies_events_one_by_one_holds_the_fold(patches: list[Patch]) -> None:
    held: list[Segment] = []
    for known in range(1, len(patches) + 1):
        so_far = fold(patches[:known], complete)
        effective_on = patches[known - 1][0]
        held = splice(held, effective_on, cut(so_far, effective_on))
        assert held == so_far


@given(histories(), DAYS)
def test_a_timeline_cut_at_a_day_says_the_same_from_there_on(
    patches: list[Patch], day: date
) -> None:
    segments = fold(patches, complete)
    later_segments = cut(segments, day)
    for offset in range(15):
        later = day + timedelta(offset)
        assert value_on(later_segments, later) == value_on(segments, later)
    assert all(segment.start >= day for segment in later_segments)
