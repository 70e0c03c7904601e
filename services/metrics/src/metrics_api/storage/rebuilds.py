"""Rebuilding the fact timeline: what is dropped, which editions are made again, how often."""

from sqlalchemy import BigInteger, bindparam, delete, text
from sqlalchemy.ext.asyncio import AsyncConnection

from metrics_api.storage.editions import CHANNEL, Edition
from metrics_api.storage.tables import (
    area_version,
    body_version,
    fact,
    rule_set_version,
    subject_timeline,
)


async def unhurried(connection: AsyncConnection) -> None:
    """Let this transaction take as long as it takes."""
    for setting in ("statement_timeout", "idle_in_transaction_session_timeout"):
        await connection.execute(text(f"SET LOCAL {setting} = 0"))


async def drop_everything_fed(connection: AsyncConnection) -> None:
    """Drop all that is made from the feeds; who reads meanwhile sees it until the commit."""
    for table in (fact, subject_timeline, area_version, body_version, rule_set_version):
        await connection.execute(delete(table))


async def every_edition(connection: AsyncConnection) -> list[Edition]:
    """All editions in their order."""
    return [Edition(*row) for row in await connection.execute(_EDITIONS)]


async def correct_edition(
    connection: AsyncConnection, number: int, registry: int, router: int, *, directory: bool
) -> None:
    """What an edition includes now that it is made again."""
    bound = {"number": number, "registry": registry, "router": router, "directory": directory}
    await connection.execute(_CORRECT, bound)


async def note_rebuild(connection: AsyncConnection) -> None:
    """Tell every process that serves, with the commit, to load its copy anew."""
    await connection.execute(_NOTE)
    await connection.execute(_NOTIFY, {"channel": CHANNEL})


async def newest_rebuild(connection: AsyncConnection) -> int:
    """How often the fact timeline was rebuilt."""
    number: int = (await connection.execute(_NEWEST)).scalar_one()
    return number


_EDITIONS = text(
    "SELECT edition, registry_position, router_position, recorded_at FROM edition ORDER BY edition"
)
_CORRECT = text(
    "UPDATE edition SET registry_position = :registry, router_position = :router, "
    "directory = :directory WHERE edition = :number AND (registry_position, router_position, "
    "directory) IS DISTINCT FROM (:registry, :router, :directory)"
).bindparams(bindparam("registry", type_=BigInteger), bindparam("router", type_=BigInteger))
_NOTE = text("INSERT INTO rebuild (recorded_at) VALUES (clock_timestamp())")
_NOTIFY = text("SELECT pg_notify(:channel, 'rebuilt')")
_NEWEST = text("SELECT coalesce(max(rebuild), 0) FROM rebuild")
