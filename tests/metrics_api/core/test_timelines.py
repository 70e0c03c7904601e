"""Splicing, joining and comparing timelines, day by day against the plain meaning."""

from datetime import date, timedelta
from itertools import pairwise
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from metrics_api.core.facts.columns import UNASSIGNED, AssignmentFacts, Fact, OrganizationFacts
from metrics_api.core.facts.timelines import FAR, Span, difference, fact_timeline, replace_from

START = date(2016, 1, 1)
DAYS = [START + timedelta(days=offset) for offset in range(16)]


def organization(kind: str) -> OrganizationFacts:
    nothing: Any = dict.fromkeys(OrganizationFacts._fields)
    return OrganizationFacts(**nothing)._replace(kind=kind)


def answer(body: str) -> AssignmentFacts:
    return UNASSIGNED._replace(outcome="assigned", supervising_body=body)


@st.composite
def timelines(draw: st.DrawFn, gaps: bool = True) -> list[Span[str]]:
    """Ordered, disjoint spans, perhaps with gaps, the last perhaps open."""
    cuts = sorted(draw(st.sets(st.sampled_from(DAYS), min_size=2, max_size=6)))
    spans = [
        Span(start, until, draw(st.sampled_from("abc")))
        for start, until in zip(cuts, [*cuts[1:-1], FAR], strict=False)
    ]
    return [span for span in spans if not gaps or draw(st.integers(0, 3))]


def value_on(spans: list[Span[str]], day: date) -> str | None:
    return next((span.value for span in spans if span.start <= day < span.until), None)


@given(timelines(), timelines(), st.sampled_from(DAYS))
def test_replacing_keeps_what_was_before_and_takes_what_follows(
    held: list[Span[str]], following: list[Span[str]], effective_on: date
) -> None:
    later = [span for span in following if span.start >= effective_on]
    result = replace_from(held, effective_on, later)
    for day in DAYS:
        assert value_on(result, day) == value_on(held if day < effective_on else later, day)
    assert all(a.until <= b.start for a, b in pairwise(result))
    assert not any(a.until == b.start and a.value == b.value for a, b in pairwise(result))


@given(timelines(), timelines())
def test_a_fact_holds_on_exactly_the_days_the_registry_tells_of(
    kinds: list[Span[str]], bodies: list[Span[str]]
) -> None:
    states = [Span(span.start, span.until, organization(span.value)) for span in kinds]
    answers = [Span(span.start, span.until, answer(span.value)) for span in bodies]
    facts = fact_timeline(states, answers)
    for day in DAYS:
        found = [span.value for span in facts if span.start <= day < span.until]
        kind, body = value_on(kinds, day), value_on(bodies, day)
        assignment = answer(body) if body else UNASSIGNED
        assert found == ([] if kind is None else [organization(kind) + assignment])


@given(timelines(), timelines())
def test_the_difference_turns_old_into_new(old: list[Span[str]], new: list[Span[str]]) -> None:
    before: list[Span[Fact]] = [Span(s.start, s.until, (s.value,)) for s in old]
    after: list[Span[Fact]] = [Span(s.start, s.until, (s.value,)) for s in new]
    change = difference(before, after)
    assert (set(before) - set(change.closed)) | set(change.opened) == set(after)
    assert not set(change.closed) & set(change.opened)


def test_an_assignment_before_its_organization_makes_no_fact() -> None:
    assert fact_timeline([], [Span(START, FAR, answer("b"))]) == []


def test_segments_equal_in_every_column_are_one() -> None:
    states = [
        Span(START, DAYS[3], organization("a")),
        Span(DAYS[3], FAR, organization("a")),
    ]
    assert len(fact_timeline(states, [])) == 1
