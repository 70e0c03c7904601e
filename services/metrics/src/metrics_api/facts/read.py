"""Read facts back: the rows behind a list, one organization's timeline, all rows for the copy."""

from collections.abc import Awaitable, Callable, Sequence
from uuid import UUID

import asyncpg
from sqlalchemy.ext.asyncio import AsyncConnection

from metrics_api.core.facts.columns import Fact
from metrics_api.core.facts.timelines import RowKey
from metrics_api.facts.rows import (
    OPEN_TRANSACTION,
    copied_believed,
    copied_closed_after,
    copied_opened_after,
    copied_past,
    read_rows,
    read_rows_of,
)
from servicekit.database import Database
from servicekit.time import Period

Sink = Callable[[bytes], Awaitable[None]]
"""Takes a chunk of lines."""
_CHUNK_BYTES = 8 * 1024 * 1024


class ReadFacts:
    """Reads facts, a connection a question."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def rows(self, keys: Sequence[RowKey]) -> dict[RowKey, Period[Fact]]:
        """The rows that `keys` name; a key whose row is gone (a rebuild) is left out."""
        async with self._database.reading() as connection:
            return await read_rows(connection, keys)

    async def timeline(self, organization: UUID, edition: int) -> list[Period[Fact]]:
        """The whole fact timeline of one organization as `edition` believed it, in order."""
        async with self._database.reading() as connection:
            return await read_rows_of(connection, organization, edition)


async def stream_believed(connection: AsyncConnection, sink: Sink) -> None:
    """Stream the rows that the newest edition believes; see `_stream`."""
    await _stream(connection, copied_believed(), sink)


async def stream_past(connection: AsyncConnection, sink: Sink) -> None:
    """Stream the rows that only earlier editions believed."""
    await _stream(connection, copied_past(), sink)


async def stream_opened_after(connection: AsyncConnection, edition: int, sink: Sink) -> None:
    """Stream the rows that a later edition than `edition` opened."""
    await _stream(connection, copied_opened_after(edition), sink)


async def stream_closed_after(connection: AsyncConnection, edition: int, sink: Sink) -> None:
    """Stream the rows that a later edition than `edition` closed."""
    await _stream(connection, copied_closed_after(edition), sink)


async def _stream(connection: AsyncConnection, query: str, sink: Sink) -> None:
    """COPY what `query` selects into `sink`, as CSV.

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

    await driver.copy_from_query(query, output=take, format="csv")
    if pending:
        await sink(bytes(pending))
