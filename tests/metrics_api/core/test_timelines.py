"""Joining and comparing timelines, day by day against the plain meaning."""

from datetime import date, timedelta
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from metrics_api.core.facts.columns import UNASSIGNED, AssignmentFacts, Fact, OrganizationFacts
from metrics_api.core.facts.timelines import difference, fact_timeline
from servicekit.time import Period, value_on

START = date(2016, 1, 1)
DAYS = [START + timedelta(days=offset) for offset in range(16)]


def organization(kind: str) -> OrganizationFacts:
    nothing: Any = dict.fromkeys(OrganizationFacts._fields)
    return OrganizationFacts(**nothing)._replace(kind=kind)


def answer(body: str) -> AssignmentFacts:
    return UNASSIGNED._replace(outcome="assigned", supervising_body=body)


@st.composite
def timelines(draw: st.DrawFn, gaps: bool = True) -> list[Period[str]]:
    """Ordered, disjoint periods, perhaps with gaps, the last perhaps open."""
    cuts = sorted(draw(st.sets(st.sampled_from(DAYS), min_size=2, max_size=6)))
    spans = [
        Period(start, until, draw(st.sampled_from("abc")))
        for start, until in zip(cuts, [*cuts[1:-1], None], strict=False)
    ]
    return [span for span in spans if not gaps or draw(st.integers(0, 3))]


@given(timelines(), timelines())
def test_a_fact_holds_on_exactly_the_days_the_registry_tells_of(
    kinds: list[Period[str]], bodies: list[Period[str]]
) -> None:
    states = [Period(span.start, span.until, organization(span.value)) for span in kinds]
    answers = [Period(span.start, span.until, answer(span.value)) for span in bodies]
    facts = fact_timeline(states, answers)
    for day in DAYS:
        found = [span.value for span in facts if span.holds_on(day)]
        kind, body = value_on(kinds, day), value_on(bodies, day)
        assignment = answer(body) if body else UNASSIGNED
        assert found == ([] if kind is None else [organization(kind) + assignment])


@given(timelines(), timelines())
def test_the_difference_turns_old_into_new(old: list[Period[str]], new: list[Period[str]]) -> None:
    before: list[Period[Fact]] = [Period(s.start, s.until, (s.value,)) for s in old]
    after: list[Period[Fact]] = [Period(s.start, s.until, (s.value,)) for s in new]
    change = difference(before, after)
    assert (set(before) - set(change.closed)) | set(change.opened) == set(after)
    assert not set(change.closed) & set(change.opened)


def test_an_assignment_before_its_organization_makes_no_fact() -> None:
    assert fact_timeline([], [Period(START, None, answer("b"))]) == []


def test_segments_equal_in_every_column_are_one() -> None:
    states = [
        Period(START, DAYS[3], organization("a")),
        Period(DAYS[3], None, organization("a")),
    ]
    assert len(fact_timeline(states, [])) == 1
