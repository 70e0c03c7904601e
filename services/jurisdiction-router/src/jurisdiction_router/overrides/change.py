"""Changing when an override expires: sooner, later, or on the day it began (it never held)."""

from dataclasses import dataclass
from datetime import date
from typing import ClassVar
from uuid import UUID

from jurisdiction_router.assessment.assess import AssessOrganizations
from jurisdiction_router.assessment.organization import StoredOrganization
from jurisdiction_router.assessment.read import lock_organization
from jurisdiction_router.core.deciding.designation import read_override
from jurisdiction_router.core.periods import overlap
from jurisdiction_router.core.refusals import InvalidDesignation
from jurisdiction_router.jurisdiction.current import CurrentJurisdiction
from jurisdiction_router.overrides import rows
from jurisdiction_router.overrides.documents import override_event, write_override
from jurisdiction_router.overrides.rows import StoredDocument
from servicekit.auth import Caller
from servicekit.errors import NotFound, PreconditionFailed, PreconditionRequired, Violation
from servicekit.ledger import Attempt, Changes


@dataclass(frozen=True, slots=True)
class ChangeOverride:
    """The use case, with what it needs."""

    refusals: ClassVar = (NotFound, PreconditionFailed, PreconditionRequired, InvalidDesignation)

    changes: Changes
    current: CurrentJurisdiction
    assess: AssessOrganizations

    async def __call__(
        self,
        caller: Caller,
        identifier: UUID,
        valid_until: date,
        reason: str | None,
        if_match: str | None,
    ) -> StoredDocument:
        """Let the override expire on `valid_until` and assess its organization again."""
        attempt = Attempt(if_match)
        async with self.changes.begin(caller, attempt) as change:
            connection = change.connection
            jurisdiction = await self.current.hold(connection, "shared")
            row = await rows.lock_override(connection, identifier)
            if row is None or not caller.may_see(row.area):
                raise NotFound()
            attempt.check(row.revision)
            organization = await lock_organization(
                connection, caller, UUID(row.document["organization_id"])
            )
            until = valid_until.isoformat()
            if until < row.document["valid_from"]:
                raise InvalidDesignation(Violation("/valid_until", "ends_before_start", until))
            override = await write_override(connection, row, {"valid_until": until})
            _refuse_overlap(override, organization)
            events = await self.assess.reassess(
                connection, jurisdiction, [organization.id], caller.client, reason
            )
            change.event(override_event(override, caller, reason), *events)
            change.answer(200, override.document)
        return override


def _refuse_overlap(override: StoredDocument, organization: StoredOrganization) -> None:
    """Raises Refusal `invalid-designation` where another override holds on the same days."""
    changed = read_override(override.document)
    if changed.valid_from == changed.valid_until:
        return
    for other in organization.overrides:
        if other.id != changed.id and overlap(changed, other):
            until = override.document["valid_until"]
            facts = {"id": str(other.id), "from": other.valid_from.isoformat()}
            raise InvalidDesignation(Violation("/valid_until", "override_overlaps", until, facts))
