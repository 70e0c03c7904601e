"""Bring the fact timeline in step with a page of either feed, as one edition.

Everything is done for the whole page at once: a handful of statements, whatever the page holds.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncConnection

from metrics_api.domain.facts import AssignmentFacts, Fact, OrganizationFacts
from metrics_api.domain.timelines import (
    Replacement,
    Span,
    difference,
    fact_timeline,
    replace_from,
)
from metrics_api.storage.directory_rows import (
    DirectoryChange,
    replace_areas,
    replace_bodies,
    replace_rule_sets,
)
from metrics_api.storage.editions import begin_edition
from metrics_api.storage.fact_rows import close_rows, open_rows
from metrics_api.storage.subject_timelines import (
    SubjectTimelines,
    read_timelines,
    write_assignments,
    write_organizations,
)


@dataclass(frozen=True, slots=True)
class PageOfChanges:
    """What a page of a feed says, in its order, and up to which position it reaches."""

    registry_position: int = 0
    router_position: int = 0
    organizations: list[Replacement[UUID, OrganizationFacts]] = field(default_factory=list)
    assignments: list[Replacement[UUID, AssignmentFacts]] = field(default_factory=list)
    areas: list[DirectoryChange] = field(default_factory=list)
    bodies: list[DirectoryChange] = field(default_factory=list)
    rule_sets: list[DirectoryChange] = field(default_factory=list)

    @property
    def tells_directory(self) -> bool:
        """Whether an area, a body or a rule set changes."""
        return bool(self.areas or self.bodies or self.rule_sets)


async def record_changes(connection: AsyncConnection, page: PageOfChanges) -> int:
    """Apply `page` inside the transaction that also moves the feed's cursor; its edition.

    The order in which the two feeds arrive does not matter: whatever half comes second finds the
    other one here. Raises `TimelineTornError` when the stored rows are not those expected.
    """
    edition = await begin_edition(
        connection, page.registry_position, page.router_position, directory=page.tells_directory
    )
    await apply_changes(connection, edition, page)
    return edition


async def apply_changes(connection: AsyncConnection, edition: int, page: PageOfChanges) -> None:
    """Make `page` the whole change of `edition`, once. Raises `TimelineTornError`."""
    told = {told.subject for told in page.organizations}
    answered = {answer.subject for answer in page.assignments}
    if told or answered:
        before = await read_timelines(connection, told | answered)
        after = _changed(before, page)
        closed, opened = _compare(before, after)
        if told:
            await write_organizations(connection, {s: after[s].organization for s in told})
        if answered:
            await write_assignments(connection, {s: after[s].assignment for s in answered})
        await close_rows(connection, edition, closed)
        await open_rows(connection, edition, opened)
    await replace_areas(connection, edition, page.areas)
    await replace_bodies(connection, edition, page.bodies)
    await replace_rule_sets(connection, edition, page.rule_sets)


def _changed(
    before: Mapping[UUID, SubjectTimelines], page: PageOfChanges
) -> dict[UUID, SubjectTimelines]:
    after = {
        subject: SubjectTimelines(held.organization, held.assignment)
        for subject, held in before.items()
    }
    for told in page.organizations:
        held = after[told.subject]
        held.organization = replace_from(held.organization, told.effective_on, told.following)
    for answer in page.assignments:
        held = after[answer.subject]
        held.assignment = replace_from(held.assignment, answer.effective_on, answer.following)
    return after


_Rows = list[tuple[UUID, Span[Fact]]]


def _compare(
    before: Mapping[UUID, SubjectTimelines], after: Mapping[UUID, SubjectTimelines]
) -> tuple[_Rows, _Rows]:
    """The rows to close and to open, over all subjects of the page."""
    closed: _Rows = []
    opened: _Rows = []
    for subject, held in before.items():
        now = after[subject]
        change = difference(
            fact_timeline(held.organization, held.assignment),
            fact_timeline(now.organization, now.assignment),
        )
        closed.extend((subject, span) for span in change.closed)
        opened.extend((subject, span) for span in change.opened)
    return closed, opened
