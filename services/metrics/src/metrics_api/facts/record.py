"""Bring the fact timeline in step with a page of either feed, as one edition.

Everything is done for the whole page at once: a handful of statements, whatever the page holds.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncConnection

from metrics_api.core.facts.columns import AssignmentFacts, Fact, OrganizationFacts
from metrics_api.core.facts.timelines import Replacement, difference, fact_timeline
from metrics_api.directory.record import DirectoryChanges, record_directory
from metrics_api.editions.begin import begin_edition
from metrics_api.facts.rows import (
    SubjectTimelines,
    close_rows,
    open_rows,
    read_timelines,
    write_assignments,
    write_organizations,
)
from servicekit.time import Period, splice


@dataclass(frozen=True, slots=True)
class PageChanges:
    """What a page of a feed changes, in its order, and up to which position it reaches."""

    registry_position: int = 0
    router_position: int = 0
    organizations: list[Replacement[UUID, OrganizationFacts]] = field(default_factory=list)
    assignments: list[Replacement[UUID, AssignmentFacts]] = field(default_factory=list)
    directory: DirectoryChanges = field(default_factory=DirectoryChanges)


async def record_changes(connection: AsyncConnection, page: PageChanges) -> int:
    """Apply `page` inside the transaction that also moves the feed's cursor; its edition.

    The order in which the two feeds arrive does not matter: whatever half comes second finds the
    other one here. Raises `TimelineTornError` when the stored rows are not those expected.
    """
    edition = await begin_edition(
        connection, page.registry_position, page.router_position, directory=bool(page.directory)
    )
    await apply_changes(connection, edition, page)
    return edition


async def apply_changes(connection: AsyncConnection, edition: int, page: PageChanges) -> None:
    """Make `page` the whole change of `edition`, once. Raises `TimelineTornError`."""
    organizations = {change.subject for change in page.organizations}
    assigned = {change.subject for change in page.assignments}
    if organizations or assigned:
        before = await read_timelines(connection, organizations | assigned)
        after = _changed(before, page)
        closed, opened = _compare(before, after)
        if organizations:
            await write_organizations(connection, {s: after[s].organization for s in organizations})
        if assigned:
            await write_assignments(connection, {s: after[s].assignment for s in assigned})
        await close_rows(connection, edition, closed)
        await open_rows(connection, edition, opened)
    await record_directory(connection, edition, page.directory)


def _changed(
    before: Mapping[UUID, SubjectTimelines], page: PageChanges
) -> dict[UUID, SubjectTimelines]:
    after = {
        subject: SubjectTimelines(stored.organization, stored.assignment)
        for subject, stored in before.items()
    }
    for change in page.organizations:
        subject = after[change.subject]
        subject.organization = splice(subject.organization, change.effective_on, change.following)
    for answer in page.assignments:
        subject = after[answer.subject]
        subject.assignment = splice(subject.assignment, answer.effective_on, answer.following)
    return after


_Rows = list[tuple[UUID, Period[Fact]]]


def _compare(
    before: Mapping[UUID, SubjectTimelines], after: Mapping[UUID, SubjectTimelines]
) -> tuple[_Rows, _Rows]:
    """The rows to close and to open, over all subjects of the page."""
    closed: _Rows = []
    opened: _Rows = []
    for subject, stored in before.items():
        now = after[subject]
        change = difference(
            fact_timeline(stored.organization, stored.assignment),
            fact_timeline(now.organization, now.assignment),
        )
        closed.extend((subject, span) for span in change.closed)
        opened.extend((subject, span) for span in change.opened)
    return closed, opened
