"""Reading what is assessed: one organization for a change of it, whom overrides place, counts."""

from collections.abc import AsyncIterator, Collection, Mapping, Sequence
from typing import NamedTuple
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncConnection

from jurisdiction_router.assessment import rows
from jurisdiction_router.assessment.organization import StoredOrganization
from jurisdiction_router.core.deciding.designation import Override
from jurisdiction_router.core.rules.facts import FactPeriod
from servicekit.auth import Caller
from servicekit.errors import NotFound


class Overridden(NamedTuple):
    """Organizations that an override places: their overrides, and their facts over time."""

    overrides: Mapping[UUID, Sequence[Override]]
    periods: Mapping[UUID, Sequence[FactPeriod]]


async def lock_organization(
    connection: AsyncConnection, caller: Caller, organization_id: UUID
) -> StoredOrganization:
    """The organization, locked. Raises Refusal `not-found` where it is not the caller's to see."""
    stored = (await rows.load_organizations(connection, [organization_id])).get(organization_id)
    if stored is None or not caller.may_see(*(segment.area for segment in stored.segments)):
        raise NotFound()
    return stored


async def overridden_organizations(
    connection: AsyncConnection, size: int
) -> AsyncIterator[Overridden]:
    """The organizations that an override places on any day, `size` at a time."""
    identifiers = await rows.overridden(connection)
    for first in range(0, len(identifiers), size):
        part = identifiers[first : first + size]
        yield Overridden(
            await rows.load_overrides(connection, part), await rows.load_periods(connection, part)
        )


async def count_organizations(connection: AsyncConnection, places: Collection[str]) -> int:
    """How many organizations ever have one of these division codes."""
    return await rows.count_organizations(connection, places)
