"""Why there is no organization under an id: never was, or void."""

from collections.abc import Sequence
from uuid import UUID

import orjson
from sqlalchemy.ext.asyncio import AsyncConnection

from registry_api.domain.point_in_time import PointInTime
from registry_api.storage import past_listing, void_organizations
from registry_api.storage.void_organizations import Void
from servicekit.auth import Caller
from servicekit.errors import Refusal


async def absence(
    connection: AsyncConnection, caller: Caller, identifier: UUID, position: int | None = None
) -> Refusal:
    """The refusal of an organization that is not there, as known at `position` (None: now).

    `organization-void` with the reason to those who saw it while it stood in the register, else
    `not-found`.
    """
    void = await _void(connection, caller, identifier, position)
    return Refusal("not-found") if void is None else _is_void(void)


async def absence_by_code(
    connection: AsyncConnection,
    caller: Caller,
    code: str,
    bearers: Sequence[UUID],
    point: PointInTime,
) -> Refusal:
    """The same by credit code: void is who would bear it at `point`, had it not been voided.

    `bearers` are those that ever bore it; of several the one voided last.
    """
    found: list[Void] = []
    for identifier in bearers:
        void = await _void(connection, caller, identifier, point.position)
        if void is not None:
            before = PointInTime(point.day, void.position - 1)
            row = await past_listing.read(connection, identifier, before)
            if row is not None and orjson.loads(row.state)["credit_code"] == code:
                found.append(void)
    if not found:
        return Refusal("not-found")
    return _is_void(max(found, key=lambda void: void.position))


async def _void(
    connection: AsyncConnection, caller: Caller, identifier: UUID, position: int | None
) -> Void | None:
    void = await void_organizations.read(connection, identifier)
    if void is None or not caller.may_see(void.area):
        return None
    return void if position is None or void.position <= position else None


def _is_void(void: Void) -> Refusal:
    return Refusal("organization-void", reason=void.reason, voided_at=void.voided_at)
