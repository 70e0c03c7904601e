"""Settling what a caller means by a day and a moment of knowledge."""

from datetime import date, datetime

from sqlalchemy.ext.asyncio import AsyncConnection

from registry_api.domain.point_in_time import AsOf, PointInTime
from registry_api.storage import history
from servicekit.errors import Refusal, Violation


async def find_point_in_time(connection: AsyncConnection, as_of: AsOf, today: date) -> PointInTime:
    """The day and the position that `as_of` means.

    Raises Refusal `position-ahead` for a position past the ledger's head: what will be known
    there is not known yet, and the answer would not stay the same.
    """
    head = await history.head_position(connection)
    known_at = as_of.known_at
    if isinstance(known_at, datetime):
        position = await history.position_at(connection, known_at)
    else:
        position = head if known_at is None else known_at
    if position > head:
        raise Refusal("position-ahead", after=position, head=head)
    return PointInTime(as_of.valid_on or today, position)


async def as_begun(connection: AsyncConnection, position: int, day: date) -> PointInTime:
    """The point in time of a walk's first page, whose position its cursor has kept.

    Raises Refusal `invalid-cursor` for a position that the ledger does not have.
    """
    if not 0 <= position <= await history.head_position(connection):
        raise Refusal("invalid-cursor", Violation("/cursor", "cursor", None))
    return PointInTime(day, position)
