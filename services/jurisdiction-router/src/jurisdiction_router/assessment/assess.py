"""Brings assignments in step with facts or with a changed jurisdiction: set-wise, in one place.

An assessment computes an organization's whole assignment timeline, compares it with the stored
one, and says the difference as one event. It is deterministic: replaying the same changes gives the
same events, page by page or all at once.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from datetime import date
from itertools import islice
from typing import Final
from uuid import UUID

import orjson
from sqlalchemy.ext.asyncio import AsyncConnection

from jurisdiction_router.assessment.organization import (
    StoredOrganization,
    StoredSegment,
    access_areas,
)
from jurisdiction_router.assessment.rows import load_organizations, write_organizations
from jurisdiction_router.core.deciding.decision import Decision
from jurisdiction_router.core.deciding.timeline import Jurisdiction
from jurisdiction_router.core.rules.facts import FactPeriod
from servicekit.ledger import Ledger, NewEvent
from servicekit.time import Period, Segment, cut, splice

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
        stored = await load_organizations(connection, {c.organization_id for c in changes})
        batch = _Batch(jurisdiction)
        for change in changes:
            organization = stored.get(change.organization_id) or StoredOrganization(
                change.organization_id
            )
            if change.registry_revision <= organization.registry_revision:
                continue
            organization = replace(
                organization,
                registry_revision=change.registry_revision,
                periods=tuple(splice(organization.periods, change.effective_on, change.periods)),
            )
            batch.stated.add(organization.id)
            stored[organization.id] = batch.assess(organization, change.actor, change.reason)
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
        self._assessed: dict[UUID, StoredOrganization] = {}
        self._changed: set[UUID] = set()
        self.stated: set[UUID] = set()
        """Organizations whose facts are new."""
        self._documents: dict[str, str] = {}
        self.events: list[NewEvent] = []

    def assess(
        self, organization: StoredOrganization, actor: str, reason: str | None
    ) -> StoredOrganization:
        """Compute the timeline and note the event if it differs from the stored one."""
        computed = self._jurisdiction.timeline(organization.periods, organization.overrides)
        segments = tuple(self._stored(s) for s in computed)
        effective_on = first_difference(
            [s.segment for s in organization.segments], [s.segment for s in segments]
        )
        if effective_on is not None:
            areas = access_areas(organization.segments, effective_on) | access_areas(
                segments, effective_on
            )
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
                    timeline=cut((s.segment for s in segments), effective_on),
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

    def _stored(self, segment: Period[Decision]) -> StoredSegment:
        decision = segment.value
        if decision.digest not in self._documents:
            self._documents[decision.digest] = orjson.dumps(decision.document).decode()
        return StoredSegment(
            Segment(segment.start, segment.until, decision.state()),
            decision.area(),
        )


def first_difference(stored: Sequence[Segment], computed: Sequence[Segment]) -> date | None:
    """Return the first day on which the two timelines differ, or None when they are equal.

    Both are ordered; a day that only one of them covers is a difference.
    """
    for one, other in zip(stored, computed, strict=False):
        if one == other:
            continue
        if one.start != other.start or one.state != other.state:
            return min(one.start, other.start)
        ends = [segment.until for segment in (one, other) if segment.until is not None]
        return min(ends)
    longer: Sequence[Segment] = stored if len(stored) > len(computed) else computed
    shorter = min(len(stored), len(computed))
    return longer[shorter].start if len(longer) > shorter else None
