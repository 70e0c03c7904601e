"""The edition that says whether a loaded jurisdiction is still the newest."""

from typing import Literal

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection


async def edition(
    connection: AsyncConnection, lock: Literal["shared", "alone"] | None = None
) -> int:
    """The edition of directory and rule sets, locked until the transaction ends if asked for.

    With a lock, the transaction has no statement timeout: whoever waits here waits for a
    reassessment, which may take minutes, and giving up would park a follower's events.
    """
    if lock is not None:
        await connection.execute(text("SET LOCAL statement_timeout = 0"))
    found = await connection.execute(_EDITION[lock])
    return int(found.scalar_one())


_EDITION = {
    None: text("SELECT edition FROM jurisdiction_edition"),
    "shared": text("SELECT edition FROM jurisdiction_edition FOR SHARE"),
    "alone": text("SELECT edition FROM jurisdiction_edition FOR UPDATE"),
}


async def next_edition(connection: AsyncConnection) -> None:
    """Say that directory or rule sets have changed; the caller holds the edition alone."""
    await connection.execute(text("UPDATE jurisdiction_edition SET edition = edition + 1"))
