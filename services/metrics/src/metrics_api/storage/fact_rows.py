"""Rows of the fact timeline: opened and closed by page, streamed out for the columnar copy."""

from collections.abc import Awaitable, Callable, Sequence
from uuid import UUID

import asyncpg
from sqlalchemy import ARRAY, BigInteger, Date, Uuid, bindparam, text
from sqlalchemy.ext.asyncio import AsyncConnection

from metrics_api.domain.facts import COLUMNS, COUNTED_COLUMNS, Column, Fact
from metrics_api.domain.timelines import RowKey, Span
from servicekit.database import copy_rows

_FACT_NAMES = tuple(column.name for column in COLUMNS)
_INSERTED = ("organization_id", "valid_from", "valid_until", "edition_from", *_FACT_NAMES)
_ROW_NAMES = ("organization_id", "valid_from", "edition_from", "valid_until", *_FACT_NAMES)
_CHUNK_BYTES = 8 * 1024 * 1024


class TimelineTornError(RuntimeError):
    """A row that should be closed is not there: fact table and timelines no longer agree."""


async def close_rows(
    connection: AsyncConnection, edition: int, rows: Sequence[tuple[UUID, Span[Fact]]]
) -> None:
    """No longer believe `rows` from `edition` on. Raises `TimelineTornError`."""
    if not rows:
        return
    closed = await connection.execute(
        _CLOSE,
        {
            "edition": edition,
            "ids": [organization for organization, _ in rows],
            "starts": [span.start for _, span in rows],
        },
    )
    if closed.rowcount != len(rows):
        raise TimelineTornError(f"{len(rows)} rows to close, {closed.rowcount} found")


async def open_rows(
    connection: AsyncConnection, edition: int, rows: Sequence[tuple[UUID, Span[Fact]]]
) -> None:
    """Believe `rows` from `edition` on."""
    if rows:
        records = [
            (organization, span.start, span.until, edition, *span.value)
            for organization, span in rows
        ]
        await copy_rows(connection, "fact", _INSERTED, records)


async def read_facts(
    connection: AsyncConnection, keys: Sequence[RowKey]
) -> dict[RowKey, Span[Fact]]:
    """The rows that `keys` name; a key whose row is gone (a rebuild) is left out."""
    bound = {
        "ids": [key.organization for key in keys],
        "starts": [key.start for key in keys],
        "editions": [key.edition for key in keys],
    }
    return {
        RowKey(*row[:3]): Span(row[1], row[3], tuple(row[4:]))
        for row in await connection.execute(_READ, bound)
    }


async def read_facts_of(
    connection: AsyncConnection, organization: UUID, edition: int
) -> list[Span[Fact]]:
    """The whole fact timeline of one organization as `edition` believed it, in order."""
    bound = {"organization": organization, "edition": edition}
    return [
        Span(row[1], row[3], tuple(row[4:])) for row in await connection.execute(_READ_OF, bound)
    ]


BELIEVED = "edition_until IS NULL"
PAST = "edition_until IS NOT NULL"


def opened_after(edition: int) -> str:
    """The rows that a later edition than `edition` opened."""
    return f"edition_from > {edition:d}"


def closed_after(edition: int) -> str:
    """The rows that a later edition than `edition` closed."""
    return f"edition_until > {edition:d}"


async def stream_rows(
    connection: AsyncConnection, which: str, sink: Callable[[bytes], Awaitable[None]]
) -> None:
    """COPY the rows of `which` (one of the conditions above) into `sink`, as CSV.

    Columns come in the order of the columnar copy, an open end as 9999-12-31. Chunks end at a
    line's end: no code or id of a fact holds a line break. COPY waits while `sink` works, so memory
    stays at a chunk.
    """
    await connection.execute(text("SELECT"))
    raw = await connection.get_raw_connection()
    driver: asyncpg.Connection = raw.driver_connection  # type: ignore[assignment]
    pending = bytearray()

    async def take(data: bytes) -> None:
        pending.extend(data)
        if len(pending) >= _CHUNK_BYTES:
            cut = pending.rfind(b"\n") + 1
            await sink(bytes(pending[:cut]))
            del pending[:cut]

    query = f"SELECT {_SELECTED} FROM fact WHERE {which}"  # noqa: S608 - conditions of this module
    await driver.copy_from_query(query, output=take, format="csv")
    if pending:
        await sink(bytes(pending))


_HEXADECIMAL = "('x' || translate(organization_id::text, '-', ''))::bit(128)"


def _selected(column: Column) -> str:
    return f"{column.name}::text" if column.type == "boolean" else column.name


_SELECTED = ", ".join(
    (
        "row_id",
        f"{_HEXADECIMAL}::bit(64)::bigint",
        f"substring({_HEXADECIMAL} FROM 65)::bit(64)::bigint",
        "valid_from, least(valid_until, DATE '9999-12-31')",
        "edition_from, edition_until",
        *map(_selected, COUNTED_COLUMNS),
    )
)
_READ = text(
    f"SELECT {', '.join(f'fact.{name}' for name in _ROW_NAMES)} "  # noqa: S608 - columns
    "FROM unnest(:ids, :starts, :editions) AS asked (id, start, edition) "
    "JOIN fact ON fact.organization_id = asked.id AND fact.valid_from = asked.start "
    "AND fact.edition_from = asked.edition"
).bindparams(
    bindparam("ids", type_=ARRAY(Uuid)),
    bindparam("starts", type_=ARRAY(Date)),
    bindparam("editions", type_=ARRAY(BigInteger)),
)
_READ_OF = text(
    f"SELECT {', '.join(_ROW_NAMES)} FROM fact "  # noqa: S608 - columns
    "WHERE organization_id = :organization AND edition_from <= :edition "
    "AND (edition_until IS NULL OR edition_until > :edition) ORDER BY valid_from"
).bindparams(bindparam("organization", type_=Uuid), bindparam("edition", type_=BigInteger))
_CLOSE = text(
    "UPDATE fact SET edition_until = :edition FROM unnest(:ids, :starts) AS gone (id, start) "
    "WHERE fact.organization_id = gone.id AND fact.valid_from = gone.start "
    "AND fact.edition_until IS NULL"
).bindparams(
    bindparam("edition", type_=BigInteger),
    bindparam("ids", type_=ARRAY(Uuid)),
    bindparam("starts", type_=ARRAY(Date)),
)
