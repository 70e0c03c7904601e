"""Changing when an override expires: sooner, later, or on the day it began (it never held)."""

from dataclasses import dataclass
from datetime import date
from uuid import UUID

from jurisdiction_router.assessment.assess import AssessOrganizations
from jurisdiction_router.assessment.read import lock_organization
from jurisdiction_router.core.deciding.designation import read_override
from jurisdiction_router.core.periods import overlap
from jurisdiction_router.jurisdiction.current import CurrentJurisdiction
from jurisdiction_router.overrides import rows as override_rows
from jurisdiction_router.overrides.designate import (
    override_event,
    write_override,
)
from jurisdiction_router.overrides.rows import StoredDocument
from servicekit.auth import Caller
from servicekit.database import Database
from servicekit.errors import Refusal, Violation
from servicekit.http import check_if_match
from servicekit.ledger import Ledger


@dataclass(frozen=True, slots=True)
class ChangeOverride:
    """The use case, with what it needs."""

    database: Database
    ledger: Ledger
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
        """Let the override expire on `valid_until` and assess its organization again.

        Raises Refusal `not-found`, `invalid-designation`; Problem 412, 428.
        """
        async with self.database.transaction() as connection:
            jurisdiction = await self.current.hold(connection, "shared")
            row = await override_rows.lock_override(connection, identifier)
            if row is None or not caller.may_see(row.area):
                raise Refusal("not-found")
            check_if_match(if_match, row.revision)
            organization = await lock_organization(
                connection, caller, UUID(row.document["organization_id"])
            )
            until = valid_until.isoformat()
            start = date.fromisoformat(row.document["valid_from"])
            if valid_until < start:
                raise Refusal(
                    "invalid-designation", Violation("/valid_until", "ends_before_start", until)
                )
            changed = await write_override(connection, row, {"valid_until": until})
            new = read_override(changed.document)
            for other in organization.overrides:
                if other.id != identifier and start < valid_until and overlap(new, other):
                    facts = {"id": str(other.id), "from": other.valid_from.isoformat()}
                    raise Refusal(
                        "invalid-designation",
                        Violation("/valid_until", "override_overlaps", until, facts),
                    )
            events = await self.assess.reassess(
                connection, jurisdiction, [organization.id], caller.client, reason
            )
            await self.ledger.append(connection, [override_event(changed, caller, reason), *events])
        return changed
