"""Read facts back: the rows behind a list, one organization's timeline, all rows for the copy."""

from collections.abc import Awaitable, Callable, Sequence
from uuid import UUID

import asyncpg
from sqlalchemy import ColumnElement
from sqlalchemy.ext.asyncio import AsyncConnection

from metrics_api.core.facts.columns import Fact
from metrics_api.core.facts.timelines import RowKey, Span
from metrics_api.facts.rows import OPEN_TRANSACTION, copied, read_rows, read_rows_of
from metrics_api.tables import fact
from servicekit.database import Database

BELIEVED = fact.c.edition_until.is_(None)
PAST = fact.c.edition_until.is_not(None)
_CHUNK_BYTES = 8 * 1024 * 1024


class ReadFacts:
    """Reads facts, a connection a question."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def rows(self, keys: Sequence[RowKey]) -> dict[RowKey, Span[Fact]]:
        """The rows that `keys` name; a key whose row is gone (a rebuild) is left out."""
        async with self._database.reading() as connection:
            return await read_rows(connection, keys)

    async def timeline(self, organization: UUID, edition: int) -> list[Span[Fact]]:
        """The whole fact timeline of one organization as `edition` believed it, in order."""
        async with self._database.reading() as connection:
            return await read_rows_of(connection, organization, edition)


def opened_after(edition: int) -> ColumnElement[bool]:
    """The rows that a later edition than `edition` opened."""
    return fact.c.edition_from > edition


def closed_after(edition: int) -> ColumnElement[bool]:
    """The rows that a later edition than `edition` closed."""
    return fact.c.edition_until > edition


async def stream_rows(
    connection: AsyncConnection,
    which: ColumnElement[bool],
    sink: Callable[[bytes], Awaitable[None]],
) -> None:
    """COPY the rows of `which` (one of the conditions above) into `sink`, as CSV.

    Columns come in the order of the columnar copy. Chunks end at a line's end: no code or id of a
    fact holds a line break. COPY waits while `sink` works, so memory stays at a chunk.
    """
    await connection.execute(OPEN_TRANSACTION)
    raw = await connection.get_raw_connection()
    driver: asyncpg.Connection = raw.driver_connection  # type: ignore[assignment]
    pending = bytearray()

    async def take(data: bytes) -> None:
        pending.extend(data)
        if len(pending) >= _CHUNK_BYTES:
            cut = pending.rfind(b"\n") + 1
            await sink(bytes(pending[:cut]))
            del pending[:cut]

    await driver.copy_from_query(copied(which), output=take, format="csv")
    if pending:
        await sink(bytes(pending))
