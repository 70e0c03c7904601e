"""Why there is no organization under an id: never was, or void."""

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

import orjson
from sqlalchemy.ext.asyncio import AsyncConnection

from registry_api.core.point_in_time import PointInTime
from registry_api.core.refusals import OrganizationVoid
from registry_api.register import rows
from registry_api.selection import past
from servicekit.auth import Caller
from servicekit.errors import NotFound, Refusal


@dataclass(frozen=True, slots=True)
class _Void:
    """Since which position of the ledger an organization is void, since when (RFC 3339), and why.

    `area` is the access area it had last.
    """

    area: str
    position: int
    voided_at: str
    reason: str


async def missing(
    connection: AsyncConnection, caller: Caller, identifier: UUID, position: int | None = None
) -> Refusal:
    """The refusal of an organization that is not there, as known at `position` (None: now).

    `organization-void` with the reason to those who saw it while it stood in the register, else
    `not-found`.
    """
    void = await _void(connection, caller, identifier, position)
    return NotFound() if void is None else _is_void(void)


async def missing_by_code(
    connection: AsyncConnection,
    caller: Caller,
    code: str,
    bearers: Sequence[UUID],
    point: PointInTime,
) -> Refusal:
    """The same by credit code: void is who would bear it at `point`, had it not been voided.

    `bearers` are those that ever bore it; of several the one voided last.
    """
    voided: list[_Void] = []
    for identifier in bearers:
        void = await _void(connection, caller, identifier, point.position)
        if void is not None:
            before = PointInTime(point.day, void.position - 1)
            row = await past.read(connection, identifier, before)
            if row is not None and orjson.loads(row.state)["credit_code"] == code:
                voided.append(void)
    if not voided:
        return NotFound()
    return _is_void(max(voided, key=lambda void: void.position))


async def _void(
    connection: AsyncConnection, caller: Caller, identifier: UUID, position: int | None
) -> _Void | None:
    row = await rows.read_void(connection, identifier)
    if row is None or not caller.may_see(row.area):
        return None
    void = _Void(row.area, row.position, row.voided_at, row.reason)
    return void if position is None or void.position <= position else None


def _is_void(void: _Void) -> Refusal:
    return OrganizationVoid(reason=void.reason, voided_at=void.voided_at)
