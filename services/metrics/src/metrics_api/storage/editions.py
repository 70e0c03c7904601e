"""Editions: this service's own counter of knowledge."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import BigInteger, Boolean, bindparam, text
from sqlalchemy.ext.asyncio import AsyncConnection

CHANNEL = "edition"
"""NOTIFY channel that rings at each commit that made an edition."""


@dataclass(frozen=True, slots=True)
class Edition:
    """How much of each feed is included; edition 0 knows nothing."""

    number: int
    registry_position: int
    router_position: int
    recorded_at: datetime | None


NOTHING_KNOWN = Edition(0, 0, 0, None)


async def begin_edition(
    connection: AsyncConnection,
    registry_position: int = 0,
    router_position: int = 0,
    directory: bool = False,
) -> int:
    """Make the next edition, which includes at least the given positions; its number.

    `directory` says whether it changes areas, bodies or rule sets.

    From here to the commit no other page of either feed is applied: both halves of a fact are
    read, joined and written under this lock, and editions commit in their order. NOTIFY reaches
    listeners with the commit.
    """
    await connection.execute(_LOCK)
    told = {"registry": registry_position, "router": router_position, "directory": directory}
    number: int = (await connection.execute(_BEGIN, told)).scalar_one()
    await connection.execute(_NOTIFY, {"channel": CHANNEL, "number": str(number)})
    return number


async def newest_edition(connection: AsyncConnection) -> Edition:
    """The edition of all that is committed."""
    row = (await connection.execute(_NEWEST)).one_or_none()
    return Edition(*row) if row else NOTHING_KNOWN


async def edition_at(connection: AsyncConnection, number: int) -> Edition:
    """The edition with this number, which exists."""
    if number == 0:
        return NOTHING_KNOWN
    return Edition(*(await connection.execute(_AT, {"number": number})).one())


async def directory_changed(connection: AsyncConnection, after: int) -> bool:
    """Whether an edition later than `after` changed an area, a body or a rule set."""
    changed: bool = (await connection.execute(_DIRECTORY_CHANGED, {"after": after})).scalar_one()
    return changed


_LOCK = text("SELECT pg_advisory_xact_lock(hashtextextended('metrics:edition', 0))")
_BEGIN = text(
    "INSERT INTO edition (edition, registry_position, router_position, recorded_at, directory) "
    "SELECT coalesce(max(edition), 0) + 1, "
    "greatest(coalesce(max(registry_position), 0), :registry), "
    "greatest(coalesce(max(router_position), 0), :router), clock_timestamp(), :directory "
    "FROM (SELECT * FROM edition ORDER BY edition DESC LIMIT 1) AS newest RETURNING edition"
).bindparams(
    bindparam("registry", type_=BigInteger),
    bindparam("router", type_=BigInteger),
    bindparam("directory", type_=Boolean),
)
_NOTIFY = text("SELECT pg_notify(:channel, :number)")
_COLUMNS = "SELECT edition, registry_position, router_position, recorded_at FROM edition "
_NEWEST = text(_COLUMNS + "ORDER BY edition DESC LIMIT 1")
_DIRECTORY_CHANGED = text(
    "SELECT EXISTS (SELECT FROM edition WHERE edition > :after AND directory)"
)
_AT = text(_COLUMNS + "WHERE edition = :number")
