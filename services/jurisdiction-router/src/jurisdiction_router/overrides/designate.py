"""Designating who supervises an organization, over a period, against or in place of the rules.

It settles what needs decision, and the organization's open dispute if there is one.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, Final
from uuid import UUID

import orjson
from sqlalchemy.ext.asyncio import AsyncConnection

from jurisdiction_router.assessment.assess import AssessOrganizations
from jurisdiction_router.assessment.organization import StoredOrganization
from jurisdiction_router.assessment.read import lock_organization
from jurisdiction_router.attempts import Attempt, Worked, once
from jurisdiction_router.core.deciding.designation import Replaced
from jurisdiction_router.core.deciding.timeline import Jurisdiction
from jurisdiction_router.core.periods import holds_on
from jurisdiction_router.jurisdiction.current import CurrentJurisdiction
from jurisdiction_router.overrides import rows as override_rows
from jurisdiction_router.overrides.rows import StoredDocument
from servicekit.auth import Caller
from servicekit.database import Database
from servicekit.errors import Refusal, Violation
from servicekit.http import check_if_match
from servicekit.ids import uuid7
from servicekit.ledger import Ledger, NewEvent, StoredAnswer
from servicekit.time import Clock, Segment

OVERRIDE_EVENT: Final = "override.changed"
DISPUTE_EVENT: Final = "dispute.changed"


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

    database: Database
    ledger: Ledger
    clock: Clock
    current: CurrentJurisdiction
    assess: AssessOrganizations

    async def __call__(
        self, caller: Caller, organization_id: UUID, designation: Designation, attempt: Attempt
    ) -> StoredAnswer:
        """Record the override and everything that follows from it, in one transaction.

        An override in force when the new one begins ends there. Raises Refusal: `not-found` for an
        organization that is not known or not the caller's to see, `invalid-designation` with every
        violation, `idempotency-conflict`; Problem 412, 428 about the assignment's revision.
        """

        async def work() -> Worked:
            jurisdiction = await self.current.hold(connection, "shared")
            held = await lock_organization(connection, caller, organization_id)
            check_if_match(attempt.if_match, held.assignment_revision)
            self._check(jurisdiction, held, designation)
            events = await self._cut_former(connection, caller, held, designation)
            override, told = await self._record(connection, caller, jurisdiction, held, designation)
            events += told
            events += await self.assess.reassess(
                connection, jurisdiction, [held.id], caller.client, _why(designation)
            )
            body = orjson.dumps(override.document).decode()
            answer = StoredAnswer(201, f"/v1/overrides/{override.id}", body)
            return answer, events

        async with self.database.transaction() as connection:
            return await once(connection, self.ledger, caller, attempt, work)

    def _check(
        self, jurisdiction: Jurisdiction, held: StoredOrganization, designation: Designation
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
        if not any(p.facts is not None and holds_on(p, start) for p in held.periods):
            violations.append(Violation("/valid_from", "organization_not_there", start.isoformat()))
        violations += [
            Violation("/valid_from", "override_overlaps", start.isoformat(),
                      {"id": str(override.id), "from": override.valid_from.isoformat()})
            for override in held.overrides
            if start <= override.valid_from < end
        ]  # fmt: skip
        if violations:
            raise Refusal("invalid-designation", *violations)

    async def _cut_former(
        self,
        connection: AsyncConnection,
        caller: Caller,
        held: StoredOrganization,
        designation: Designation,
    ) -> list[NewEvent]:
        events = []
        for override in held.overrides:
            if override.valid_from < designation.valid_from < override.valid_until:
                row = await override_rows.lock_override(connection, override.id)
                assert row is not None
                until = designation.valid_from.isoformat()
                changed = await write_override(connection, row, {"valid_until": until})
                events.append(override_event(changed, caller, _why(designation)))
        return events

    async def _record(
        self,
        connection: AsyncConnection,
        caller: Caller,
        jurisdiction: Jurisdiction,
        held: StoredOrganization,
        designation: Designation,
    ) -> tuple[StoredDocument, list[NewEvent]]:
        # The dispute is about who supervises now: who did in the past does not settle it.
        dispute = (
            await override_rows.lock_open_dispute(connection, held.id)
            if designation.valid_until > self.clock.today()
            else None
        )
        replaces = designation.replaces or _said(jurisdiction, held, designation.valid_from)
        identifier = uuid7()
        document = {
            "id": str(identifier),
            "organization_id": str(held.id),
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
        override = StoredDocument(identifier, held.area_on(designation.valid_from), 1, document)
        await override_rows.put_override(connection, override)
        events = [override_event(override, caller, designation.reason)]
        if dispute is not None:
            settled = await write_dispute(
                connection,
                dispute,
                {"state": "settled", "settled_on": self.clock.today().isoformat(),
                 "settled_by": str(identifier)},
            )  # fmt: skip
            today = self.clock.today()
            events.append(dispute_event(settled, caller, designation.reason, today))
        return override, events


async def write_override(
    connection: AsyncConnection, held: StoredDocument, changed: Mapping[str, Any]
) -> StoredDocument:
    """Store an override with these members changed, as its next revision."""
    return await _write(connection, held, changed, override_rows.put_override)


async def write_dispute(
    connection: AsyncConnection, held: StoredDocument, changed: Mapping[str, Any]
) -> StoredDocument:
    """Store a dispute with these members changed, as its next revision."""
    return await _write(connection, held, changed, override_rows.put_dispute)


async def _write(
    connection: AsyncConnection, held: StoredDocument, changed: Mapping[str, Any], put: Any
) -> StoredDocument:
    revision = held.revision + 1
    document = {**held.document, **changed, "revision": revision}
    written = held._replace(revision=revision, document=document)
    await put(connection, written)
    return written


def override_event(held: StoredDocument, caller: Caller, reason: str | None) -> NewEvent:
    """The event of an override: its document over the days on which it holds."""
    document = held.document
    start, end = (date.fromisoformat(document[name]) for name in ("valid_from", "valid_until"))
    timeline = [Segment(start, end, document)] if start < end else []
    return _event("override", OVERRIDE_EVENT, held, start, timeline, caller, reason)


def dispute_event(held: StoredDocument, caller: Caller, reason: str | None, on: date) -> NewEvent:
    """The event of a dispute: its document from `on`."""
    timeline = [Segment(on, None, held.document)]
    return _event("dispute", DISPUTE_EVENT, held, on, timeline, caller, reason)


def _event(
    what: str,
    event: str,
    held: StoredDocument,
    on: date,
    timeline: Sequence[Segment],
    caller: Caller,
    reason: str | None,
) -> NewEvent:
    return NewEvent(
        subject=f"{what}:{held.id}",
        revision=held.revision,
        type=event,
        effective_on=on,
        actor=caller.client,
        reason=reason,
        change=None,
        timeline=timeline,
        areas=[held.area] if held.area else [],
    )


def _said(jurisdiction: Jurisdiction, held: StoredOrganization, day: date) -> Replaced:
    """What the rules say of an organization on a day."""
    period = next(p for p in held.periods if holds_on(p, day))
    decision = jurisdiction.decide(period.facts, day) if period.facts is not None else None
    if decision is None:
        return Replaced(None, None)
    return Replaced(decision.outcome, decision.body_id)


def _why(designation: Designation) -> str:
    return f"{designation.authority} {designation.reference}"
