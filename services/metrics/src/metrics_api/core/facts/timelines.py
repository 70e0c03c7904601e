"""The timeline of facts: its two halves joined, and two of them compared."""

from collections.abc import Sequence
from datetime import date
from typing import Generic, NamedTuple, TypeVar
from uuid import UUID

from metrics_api.core.facts.columns import UNASSIGNED, AssignmentFacts, Fact, OrganizationFacts
from servicekit.time import Period, boundaries, merge, value_on

Key = TypeVar("Key")
Value = TypeVar("Value")


class RowKey(NamedTuple):
    """Names one row of the fact timeline: a period of an organization, as an edition opened it."""

    organization: UUID
    start: date
    edition: int


class Replacement(NamedTuple, Generic[Key, Value]):
    """What an event says: from `effective_on` on, `following` is all that is known of `subject`."""

    subject: Key
    effective_on: date
    following: Sequence[Period[Value]]


class Difference(NamedTuple):
    """What turns one fact timeline into another: periods closed and opened, in order."""

    closed: list[Period[Fact]]
    opened: list[Period[Fact]]


def fact_timeline(
    organization: Sequence[Period[OrganizationFacts]], assignment: Sequence[Period[AssignmentFacts]]
) -> list[Period[Fact]]:
    """Join the two halves: a fact for every day that the registry tells of, and for no other.

    Days without an assignment are `UNASSIGNED`, so an organization the router has not reached is
    counted, and shown as such. An assignment on days before the organization is ignored: the
    router's feed may run ahead of the registry's.
    """
    days = sorted(boundaries(assignment))
    return merge(
        Period(piece.start, piece.until, piece.value + _assigned(assignment, piece.start))
        for state in organization
        for piece in state.pieces(days)
    )


def _assigned(assignment: Sequence[Period[AssignmentFacts]], day: date) -> AssignmentFacts:
    return value_on(assignment, day) or UNASSIGNED


def difference(old: Sequence[Period[Fact]], new: Sequence[Period[Fact]]) -> Difference:
    """The periods of `old` that `new` lacks, and the other way round, each in order.

    Timelines are short and periods differ in their first days: looking through a list is cheaper
    than hashing all columns of all periods.
    """
    return Difference(
        closed=[period for period in old if period not in new],
        opened=[period for period in new if period not in old],
    )
