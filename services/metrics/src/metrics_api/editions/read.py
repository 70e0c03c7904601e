"""Read editions, and how often the fact timeline was rebuilt."""

from sqlalchemy.ext.asyncio import AsyncConnection

from metrics_api.core.facts.edition import NOTHING_KNOWN, Edition
from metrics_api.editions import rows


async def newest_edition(connection: AsyncConnection) -> Edition:
    """The edition of all that is committed."""
    row = (await connection.execute(rows.NEWEST)).one_or_none()
    return Edition(*row) if row else NOTHING_KNOWN


async def edition_at(connection: AsyncConnection, number: int) -> Edition:
    """The edition with this number, which exists."""
    if number == 0:
        return NOTHING_KNOWN
    return Edition(*(await connection.execute(rows.AT, {"number": number})).one())


async def every_edition(connection: AsyncConnection) -> list[Edition]:
    """All editions in their order."""
    return [Edition(*row) for row in await connection.execute(rows.EVERY)]


async def directory_changed(connection: AsyncConnection, after: int) -> bool:
    """Whether an edition later than `after` changed an area, a body or a rule set."""
    result = await connection.execute(rows.DIRECTORY_CHANGED, {"after": after})
    changed: bool = result.scalar_one()
    return changed


async def newest_rebuild(connection: AsyncConnection) -> int:
    """How often the fact timeline was rebuilt."""
    number: int = (await connection.execute(rows.NEWEST_REBUILD)).scalar_one()
    return number
