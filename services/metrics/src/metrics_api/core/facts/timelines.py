"""The algebra of timelines: splice, join, compare. Spans are half-open and carry one value each."""

from collections.abc import Sequence
from datetime import date
from typing import Generic, NamedTuple, TypeVar
from uuid import UUID

from metrics_api.core.facts.columns import UNASSIGNED, AssignmentFacts, Fact, OrganizationFacts

FAR = date.max
"""The end of a span that has no end; PostgreSQL's `infinity`."""

Key = TypeVar("Key")
Value = TypeVar("Value")


class Span(NamedTuple, Generic[Value]):
    """`value` holds on `[start, until)`."""

    start: date
    until: date
    value: Value


class RowKey(NamedTuple):
    """Names one row of the fact timeline: a span of an organization, as an edition opened it."""

    organization: UUID
    start: date
    edition: int


class Replacement(NamedTuple, Generic[Key, Value]):
    """What an event says: from `effective_on` on, `following` is all that is known of `subject`."""

    subject: Key
    effective_on: date
    following: Sequence[Span[Value]]


class Difference(NamedTuple):
    """What turns one fact timeline into another: spans no longer believed, spans now believed."""

    closed: list[Span[Fact]]
    opened: list[Span[Fact]]


def replace_from(
    spans: Sequence[Span[Value]], effective_on: date, following: Sequence[Span[Value]]
) -> list[Span[Value]]:
    """`spans` with all that was known from `effective_on` on replaced by `following`.

    This is what an event of a ledger means to a follower. `following` is in order and starts on
    or after `effective_on`. Neighbours with equal values become one span.
    """
    before = [
        span if span.until <= effective_on else Span(span.start, effective_on, span.value)
        for span in spans
        if span.start < effective_on
    ]
    return merged([*before, *following])


def merged(spans: Sequence[Span[Value]]) -> list[Span[Value]]:
    """`spans` (ordered, disjoint) with touching spans of equal value joined, empty ones dropped."""
    result: list[Span[Value]] = []
    for span in spans:
        if span.start >= span.until:
            continue
        last = result[-1] if result else None
        if last is not None and last.until == span.start and last.value == span.value:
            result[-1] = Span(last.start, span.until, last.value)
        else:
            result.append(span)
    return result


def fact_timeline(
    organization: Sequence[Span[OrganizationFacts]], assignment: Sequence[Span[AssignmentFacts]]
) -> list[Span[Fact]]:
    """Join the two halves: a fact for every day that the registry tells of, and for no other.

    Days without an assignment are `UNASSIGNED`, so an organization the router has not reached is
    counted, and shown as such. An assignment on days before the organization is ignored: the
    router's feed may run ahead of the registry's.
    """
    facts: list[Span[Fact]] = []
    for state in organization:
        cursor = state.start
        for answer in assignment:
            if answer.until <= cursor:
                continue
            if answer.start >= state.until:
                break
            if cursor < answer.start:
                facts.append(Span(cursor, answer.start, state.value + UNASSIGNED))
                cursor = answer.start
            until = min(answer.until, state.until)
            facts.append(Span(cursor, until, state.value + answer.value))
            cursor = until
        if cursor < state.until:
            facts.append(Span(cursor, state.until, state.value + UNASSIGNED))
    return merged(facts)


def difference(old: Sequence[Span[Fact]], new: Sequence[Span[Fact]]) -> Difference:
    """The spans of `old` that `new` lacks, and the other way round, each in order.

    Timelines are short and spans differ in their first days: looking through a list is cheaper
    than hashing all columns of all spans.
    """
    return Difference(
        closed=[span for span in old if span not in new],
        opened=[span for span in new if span not in old],
    )
