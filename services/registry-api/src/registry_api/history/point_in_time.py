"""Settle what a caller means by a day and a moment of knowledge."""

from datetime import date, datetime

from sqlalchemy.ext.asyncio import AsyncConnection

from registry_api.core.point_in_time import PointInTime
from registry_api.history import rows
from servicekit.errors import InvalidCursor, PositionAhead, Violation
from servicekit.time import AsOf

IN_FORCE = date.max
"""The day on which every known fact is in force: the state as the current row would show it."""


async def find_point_in_time(connection: AsyncConnection, as_of: AsOf, today: date) -> PointInTime:
    """The day and the position that `as_of` means.

    Raises PositionAhead for a position past the ledger's head: what will be known
    there is not known yet, and the answer would not stay the same.
    """
    head = await rows.head_position(connection)
    known_at = as_of.known_at
    if isinstance(known_at, datetime):
        position = await rows.position_at(connection, known_at)
    else:
        position = head if known_at is None else known_at
    if position > head:
        raise PositionAhead(after=position, head=head)
    return PointInTime(as_of.valid_on or today, position)


async def point_of_walk(
    connection: AsyncConnection, as_of: AsOf, today: date, begun_at: int | None
) -> PointInTime:
    """The point in time that every page of a walk shows: that of its first page.

    `begun_at` is the position of the first page, as the cursor has kept it; None on the first.
    Raises PositionAhead, InvalidCursor.
    """
    point = await find_point_in_time(connection, as_of, today)
    return point if begun_at is None else await as_begun(connection, begun_at, point.day)


async def as_begun(connection: AsyncConnection, position: int, day: date) -> PointInTime:
    """The point in time of a walk's first page, whose position its cursor has kept.

    Raises InvalidCursor for a position that the ledger does not have.
    """
    if not 0 <= position <= await rows.head_position(connection):
        raise InvalidCursor(Violation("/cursor", "cursor", None))
    return PointInTime(day, position)


async def at_head(connection: AsyncConnection) -> PointInTime:
    """All that is known now, on the day on which all of it is in force."""
    return PointInTime(IN_FORCE, await rows.head_position(connection))
