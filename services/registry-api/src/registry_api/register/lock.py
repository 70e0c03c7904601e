"""Lock organizations against other writers, for a caller who means to change them."""

from collections.abc import Iterable, Sequence
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncConnection

from registry_api.register import rows
from registry_api.register.missing import missing
from registry_api.register.stored import StoredOrganization
from servicekit.auth import Caller


async def lock_organization(
    connection: AsyncConnection, caller: Caller, identifier: UUID
) -> StoredOrganization:
    """The organization, locked until the transaction ends.

    Raises NotFound, OrganizationVoid.
    """
    stored = await rows.lock(connection, identifier)
    if stored is None or not caller.may_see(stored.area):
        raise await missing(connection, caller, identifier)
    return stored


async def lock_organizations(
    connection: AsyncConnection, identifiers: Iterable[UUID]
) -> dict[UUID, StoredOrganization]:
    """Those that are there, locked in the order of their ids: nobody waits in a circle."""
    return await rows.lock_many(connection, identifiers)


async def lock_bearers(
    connection: AsyncConnection, codes: Sequence[str], numbers: Sequence[str]
) -> dict[UUID, StoredOrganization]:
    """Who bears one of these credit codes, or one of these filing numbers under any authority.

    Locked in the order of their ids, so that two imports can't wait for each other.
    """
    identifiers = await rows.bearers(connection, codes, numbers)
    return await rows.lock_many(connection, identifiers) if identifiers else {}
