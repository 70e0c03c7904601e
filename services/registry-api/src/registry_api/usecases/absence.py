"""Why there is no organization under an id: never was, or void."""

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
    void = await void_organizations.read(connection, identifier)
    if void is None or not caller.may_see(void.area):
        return Refusal("not-found")
    if position is not None and position < void.position:
        return Refusal("not-found")
    return Refusal("organization-void", reason=void.reason, voided_at=void.voided_at)
