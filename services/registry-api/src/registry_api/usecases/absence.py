"""Why there is no organization under an id: never was, or void."""

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncConnection

from registry_api.storage import void_organizations
from servicekit.auth import Caller
from servicekit.refusals import Refusal


async def absence(
    connection: AsyncConnection, caller: Caller, identifier: UUID, position: int | None = None
) -> Refusal:
    """The refusal of an organization that is not there, as known at `position` (None: now).

    `organization-void` with the reason to those who saw it while it stood in the register, else
    `not-found`.
    """
    return await absence_of_any(connection, caller, [identifier], position)


async def absence_of_any(
    connection: AsyncConnection,
    caller: Caller,
    identifiers: Sequence[UUID],
    position: int | None = None,
) -> Refusal:
    """The same of several that bore one name: of those that are void, the one voided last."""
    found = [await void_organizations.read(connection, identifier) for identifier in identifiers]
    voids = [
        void
        for void in found
        if void is not None
        and caller.may_see(void.area)
        and (position is None or void.position <= position)
    ]
    if not voids:
        return Refusal("not-found")
    last = max(voids, key=lambda void: void.position)
    return Refusal("organization-void", reason=last.reason, voided_at=last.voided_at)
