"""Brings assignments in step with facts or with a changed jurisdiction: set-wise, in one place.

An assessment computes an organization's whole assignment timeline, compares it with the one held,
and says the difference as one event. It is deterministic: replaying the same changes gives the
same events, page by page or all at once.
"""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date
from itertools import islice
from typing import Final
from uuid import UUID

import orjson
from sqlalchemy.ext.asyncio import AsyncConnection

from jurisdiction_router.assessment.rows import (
    HeldOrganization,
    HeldSegment,
    load_organizations,
    write_organizations,
)
from jurisdiction_router.core.deciding.timeline import AssignmentSegment, Jurisdiction
from jurisdiction_router.core.rules.facts import FactPeriod, replace_periods
from servicekit.ledger import Ledger, NewEvent, Segment
from servicekit.timeline import from_date

EVENT_TYPE: Final = "assignment.changed"
BATCH: Final = 5_000
"""Organizations assessed at once; bounds the memory of a whole register's reassessment."""


@dataclass(frozen=True, slots=True)
class FactsChange:
    """What an event of the registry says of one organization, from `effective_on` on."""

    organization_id: UUID
    registry_revision: int
    effective_on: date
    periods: tuple[FactPeriod, ...]
    actor: str
    reason: str | None


class AssessOrganizations:
    """The use case behind every change of an assignment; runs inside its caller's transaction."""

    def __init__(self, ledger: Ledger) -> None:
        self._ledger = ledger

    async def apply(
        self,
        connection: AsyncConnection,
        jurisdiction: Jurisdiction,
        changes: Sequence[FactsChange],
    ) -> int:
        """Apply changes of facts in order; returns how many assignments changed.

        A revision that was applied before is passed over. Appends to the ledger as the last
        thing, so nothing else may follow in the transaction.
        """
        held = await load_organizations(connection, {c.organization_id for c in changes})
        batch = _Batch(jurisdiction)
        for change in changes:
            organization = held.get(change.organization_id) or HeldOrganization(
                change.organization_id
            )
            if change.registry_revision <= organization.registry_revision:
                continue
            organization = replace(
                organization,
                registry_revision=change.registry_revision,
                periods=replace_periods(organization.periods, change.effective_on, change.periods),
            )
            batch.stated.add(organization.id)
            held[organization.id] = batch.assess(organization, change.actor, change.reason)
        await batch.store(connection, self._ledger)
        return len(batch.events)

    async def reassess(
        self,
        connection: AsyncConnection,
        jurisdiction: Jurisdiction,
        identifiers: Collection[UUID],
        actor: str,
        reason: str | None,
    ) -> list[NewEvent]:
        """Assess these organizations again; stores what changed and returns the events.

        The caller appends them, together with its own, as the last thing of the transaction.
        """
        events: list[NewEvent] = []
        waiting = iter(sorted(identifiers))
        while part := list(islice(waiting, BATCH)):
            batch = _Batch(jurisdiction)
            for organization in (await load_organizations(connection, part)).values():
                batch.assess(organization, actor, reason)
            await batch.store(connection, None)
            events += batch.events
        return events


class _Batch:
    """Organizations under assessment, their new events and the documents these rest on."""

    def __init__(self, jurisdiction: Jurisdiction) -> None:
        self._jurisdiction = jurisdiction
        self._assessed: dict[UUID, HeldOrganization] = {}
        self._changed: set[UUID] = set()
        self.stated: set[UUID] = set()
        """Organizations whose facts are new."""
        self._documents: dict[str, str] = {}
        self.events: list[NewEvent] = []

    def assess(
        self, organization: HeldOrganization, actor: str, reason: str | None
    ) -> HeldOrganization:
        """Compute the timeline and note the event if it differs from the held one."""
        computed = self._jurisdiction.timeline(organization.periods, organization.overrides)
        segments = tuple(self._hold(s) for s in computed)
        effective_on = first_difference(
            [h.segment for h in organization.segments], [h.segment for h in segments]
        )
        if effective_on is not None:
            areas = _areas(organization.segments, effective_on) | _areas(segments, effective_on)
            organization = replace(
                organization,
                assignment_revision=organization.assignment_revision + 1,
                segments=segments,
            )
            self._changed.add(organization.id)
            self.events.append(
                NewEvent(
                    subject=str(organization.id),
                    revision=organization.assignment_revision,
                    type=EVENT_TYPE,
                    effective_on=effective_on,
                    actor=actor,
                    reason=reason,
                    change=None,
                    timeline=from_date((h.segment for h in segments), effective_on),
                    areas=sorted(areas),
                )
            )
        self._assessed[organization.id] = organization
        return organization

    async def store(self, connection: AsyncConnection, ledger: Ledger | None) -> None:
        """Write what was assessed; with a ledger, append the events too."""
        if not self._assessed:
            return
        await write_organizations(
            connection, list(self._assessed.values()), self.stated, self._changed, self._documents
        )
        if ledger is not None:
            await ledger.append(connection, self.events)

    def _hold(self, segment: AssignmentSegment) -> HeldSegment:
        decision = segment.decision
        if decision.digest not in self._documents:
            self._documents[decision.digest] = orjson.dumps(decision.document).decode()
        return HeldSegment(
            Segment(segment.valid_from, segment.valid_until, decision.state()),
            decision.area(),
        )


def first_difference(held: Sequence[Segment], computed: Sequence[Segment]) -> date | None:
    """Return the first day on which the two timelines differ, or None when they are equal.

    Both are ordered; a day that only one of them covers is a difference.
    """
    for one, other in zip(held, computed, strict=False):
        if one == other:
            continue
        if one.start != other.start or one.state != other.state:
            return min(one.start, other.start)
        ends = [segment.until for segment in (one, other) if segment.until is not None]
        return min(ends)
    longer: Sequence[Segment] = held if len(held) > len(computed) else computed
    shorter = min(len(held), len(computed))
    return longer[shorter].start if len(longer) > shorter else None


def _areas(segments: Iterable[HeldSegment], effective_on: date) -> set[str]:
    """The access areas of what holds on or after `effective_on`."""
    return {
        held.area
        for held in segments
        if held.area and (held.segment.until is None or held.segment.until > effective_on)
    }
