"""Designating who supervises an organization, over a period, against or in place of the rules.

It settles what needs decision, and the organization's open dispute if there is one.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any, ClassVar
from uuid import UUID

from jurisdiction_router.assessment.assess import AssessOrganizations
from jurisdiction_router.assessment.organization import StoredOrganization
from jurisdiction_router.assessment.read import lock_organization
from jurisdiction_router.core.deciding.designation import Replaced
from jurisdiction_router.core.deciding.timeline import Jurisdiction
from jurisdiction_router.core.periods import holds_on
from jurisdiction_router.core.refusals import InvalidDesignation
from jurisdiction_router.jurisdiction.current import CurrentJurisdiction
from jurisdiction_router.overrides import rows
from jurisdiction_router.overrides.documents import (
    dispute_event,
    override_event,
    write_dispute,
    write_override,
)
from jurisdiction_router.overrides.rows import StoredDocument
from servicekit.auth import Caller
from servicekit.errors import (
    IdempotencyConflict,
    NotFound,
    PreconditionFailed,
    PreconditionRequired,
    Violation,
)
from servicekit.ids import uuid7
from servicekit.ledger import Attempt, Change, Changes, StoredAnswer
from servicekit.time import Clock, value_on


@dataclass(frozen=True, slots=True)
class Designation:
    """What an authority decides: the body, the dates, and what it rests on."""

    body_id: str
    valid_from: date
    valid_until: date
    authority: str
    reference: str
    clause: Mapping[str, Any]
    approver: str
    reason: str | None
    replaces: Replaced | None


@dataclass(frozen=True, slots=True)
class DesignateBody:
    """The use case, with what it needs."""

    refusals: ClassVar = (
        NotFound,
        PreconditionFailed,
        PreconditionRequired,
        InvalidDesignation,
        IdempotencyConflict,
    )

    changes: Changes
    clock: Clock
    current: CurrentJurisdiction
    assess: AssessOrganizations

    async def __call__(
        self, caller: Caller, organization_id: UUID, designation: Designation, attempt: Attempt
    ) -> StoredAnswer:
        """Record the override and everything that follows from it, in one transaction.

        An override in force when the new one begins ends there.
        """
        async with self.changes.begin(caller, attempt) as change:
            if change.replayed:
                return change.replayed
            connection = change.connection
            jurisdiction = await self.current.hold(connection, "shared")
            organization = await lock_organization(connection, caller, organization_id)
            attempt.check(organization.assignment_revision)
            _check(jurisdiction, organization, designation)
            await self._end_former(change, caller, organization, designation)
            override = await self._record(change, caller, jurisdiction, organization, designation)
            change.event(
                *await self.assess.reassess(
                    connection, jurisdiction, [organization.id], caller.client, _why(designation)
                )
            )
            return change.answer(201, override.document, f"/v1/overrides/{override.id}")

    async def _end_former(
        self,
        change: Change,
        caller: Caller,
        organization: StoredOrganization,
        designation: Designation,
    ) -> None:
        """End the override in force when the new one begins."""
        for override in organization.overrides:
            if override.valid_from < designation.valid_from < override.valid_until:
                row = await rows.lock_override(change.connection, override.id)
                assert row is not None
                until = designation.valid_from.isoformat()
                ended = await write_override(change.connection, row, {"valid_until": until})
                change.event(override_event(ended, caller, _why(designation)))

    async def _record(
        self,
        change: Change,
        caller: Caller,
        jurisdiction: Jurisdiction,
        organization: StoredOrganization,
        designation: Designation,
    ) -> StoredDocument:
        # The dispute is about who supervises now: who did in the past does not settle it.
        today = self.clock.today()
        dispute = (
            await rows.lock_open_dispute(change.connection, organization.id)
            if designation.valid_until > today
            else None
        )
        replaces = designation.replaces or _by_rules(
            jurisdiction, organization, designation.valid_from
        )
        identifier = uuid7()
        document = {
            "id": str(identifier),
            "organization_id": str(organization.id),
            "body_id": designation.body_id,
            "valid_from": designation.valid_from.isoformat(),
            "valid_until": designation.valid_until.isoformat(),
            "authority": designation.authority,
            "reference": designation.reference,
            "clause": dict(designation.clause),
            "approver": designation.approver,
            "reason": designation.reason,
            "replaces": {"outcome": replaces.outcome, "body_id": replaces.body_id},
            "dispute": str(dispute.id) if dispute else None,
            "recorded_by": caller.client,
            "revision": 1,
        }
        area = organization.area_on(designation.valid_from)
        override = StoredDocument(identifier, area, 1, document)
        await rows.put_override(change.connection, override)
        change.event(override_event(override, caller, designation.reason))
        if dispute is not None:
            members = {
                "state": "settled", "settled_on": today.isoformat(), "settled_by": str(identifier),
            }  # fmt: skip
            settled = await write_dispute(change.connection, dispute, members)
            change.event(dispute_event(settled, caller, designation.reason, today))
        return override


def _check(
    jurisdiction: Jurisdiction, organization: StoredOrganization, designation: Designation
) -> None:
    start, end = designation.valid_from, designation.valid_until
    violations = []
    body = jurisdiction.directory.bodies.get(designation.body_id)
    if body is None or not holds_on(body, start):
        violations.append(
            Violation("/body_id", "body_not_there", designation.body_id,
                      {"on": start.isoformat()})
        )  # fmt: skip
    if end <= start:
        violations.append(Violation("/valid_until", "ends_before_start", end.isoformat()))
    if value_on(organization.periods, start) is None:
        violations.append(Violation("/valid_from", "organization_not_there", start.isoformat()))
    violations += [
        Violation("/valid_from", "override_overlaps", start.isoformat(),
                  {"id": str(override.id), "from": override.valid_from.isoformat()})
        for override in organization.overrides
        if start <= override.valid_from < end
    ]  # fmt: skip
    if violations:
        raise InvalidDesignation(*violations)


def _by_rules(jurisdiction: Jurisdiction, organization: StoredOrganization, day: date) -> Replaced:
    """What the rules say of an organization on a day."""
    facts = value_on(organization.periods, day)
    decision = None if facts is None else jurisdiction.decide(facts, day)
    if decision is None:
        return Replaced(None, None)
    return Replaced(decision.outcome, decision.body_id)


def _why(designation: Designation) -> str:
    return f"{designation.authority} {designation.reference}"
