"""Correct editions while the fact timeline is rebuilt, and announce the rebuild."""

from sqlalchemy.ext.asyncio import AsyncConnection

from metrics_api.editions import rows
from metrics_api.editions.begin import CHANNEL


async def correct_edition(
    connection: AsyncConnection, number: int, registry: int, router: int, *, directory: bool
) -> None:
    """What an edition includes now that it is made again."""
    bound = {"number": number, "registry": registry, "router": router, "directory": directory}
    await connection.execute(rows.CORRECT, bound)


async def record_rebuild(connection: AsyncConnection) -> None:
    """Tell every process that serves, with the commit, to load its copy anew."""
    await connection.execute(rows.RECORD_REBUILD)
    await connection.execute(rows.NOTIFY, {"channel": CHANNEL, "payload": "rebuilt"})
