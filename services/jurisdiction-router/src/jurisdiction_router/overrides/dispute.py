"""Disputes: a body says "not ours", and why; the clock runs until somebody designates."""

from dataclasses import dataclass
from datetime import date, timedelta
from uuid import UUID

from sqlalchemy.exc import IntegrityError

from jurisdiction_router.assessment.organization import StoredOrganization
from jurisdiction_router.assessment.read import lock_organization
from jurisdiction_router.core.refusals import DisputeClosed, DisputeOpen, NotSupervisedBy
from jurisdiction_router.overrides import rows
from jurisdiction_router.overrides.documents import dispute_event, write_dispute
from jurisdiction_router.overrides.parameters import Parameters, parameter_on
from jurisdiction_router.overrides.rows import StoredDocument
from servicekit.auth import Caller
from servicekit.errors import (
    IdempotencyConflict,
    NotFound,
    PreconditionFailed,
    PreconditionRequired,
    Violation,
    refuses,
)
from servicekit.ids import uuid7
from servicekit.ledger import Attempt, Changes, StoredAnswer
from servicekit.time import Clock, value_on


@dataclass(frozen=True, slots=True)
class DisputeAssignment:
    """The use cases, with what they need."""

    changes: Changes
    clock: Clock
    parameters: Parameters

    @refuses(NotFound, NotSupervisedBy, DisputeOpen, IdempotencyConflict)
    async def open(
        self, caller: Caller, organization_id: UUID, body_id: str, reason: str, attempt: Attempt
    ) -> StoredAnswer:
        """Open a dispute for the body that supervises the organization today."""
        today = self.clock.today()
        days = parameter_on(self.parameters, "dispute_settlement_days", today)
        async with self.changes.begin(caller, attempt) as change:
            if change.replayed:
                return change.replayed
            organization = await lock_organization(change.connection, caller, organization_id)
            _check_supervisor(organization, body_id, today)
            identifier = uuid7()
            document = {
                "id": str(identifier),
                "organization_id": str(organization_id),
                "body_id": body_id,
                "reason": reason,
                "raised_on": today.isoformat(),
                "due_on": (today + timedelta(days=days)).isoformat(),
                "state": "open",
                "settled_on": None,
                "settled_by": None,
                "recorded_by": caller.client,
                "revision": 1,
            }
            dispute = StoredDocument(identifier, organization.area_on(today), 1, document)
            try:
                await rows.put_dispute(change.connection, dispute)
            except IntegrityError as error:
                raise DisputeOpen(id=str(organization_id)) from error
            change.event(dispute_event(dispute, caller, reason, today))
            return change.answer(201, {**document, "overdue": False}, f"/v1/disputes/{identifier}")

    @refuses(NotFound, PreconditionFailed, PreconditionRequired, DisputeClosed, IdempotencyConflict)
    async def withdraw(
        self, caller: Caller, identifier: UUID, reason: str | None, attempt: Attempt
    ) -> StoredAnswer:
        """Withdraw an open dispute; its document."""
        today = self.clock.today()
        async with self.changes.begin(caller, attempt) as change:
            if change.replayed:
                return change.replayed
            dispute = await rows.lock_dispute(change.connection, identifier)
            if dispute is None or not caller.may_see(dispute.area):
                raise NotFound()
            attempt.check(dispute.revision)
            if dispute.document["state"] != "open":
                raise DisputeClosed(state=dispute.document["state"])
            withdrawn = await write_dispute(
                change.connection, dispute, {"state": "withdrawn", "settled_on": today.isoformat()}
            )
            change.event(dispute_event(withdrawn, caller, reason, today))
            return change.answer(200, withdrawn.document)


def _check_supervisor(organization: StoredOrganization, body_id: str, today: date) -> None:
    """Raises Refusal `not-supervised-by` unless the body supervises the organization today."""
    state = value_on([s.segment for s in organization.segments], today) or {}
    supervising = (state.get("supervising") or {}).get("id")
    if supervising != body_id:
        rule = "not_supervising" if supervising else "nobody_supervising"
        raise NotSupervisedBy(
            Violation("/body_id", rule, body_id, {"supervising": supervising}),
            body_id=body_id,
        )
