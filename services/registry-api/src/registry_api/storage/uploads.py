"""Uploaded files in pieces, and what is wrong with their rows."""

from collections.abc import AsyncIterator, Sequence
from typing import Any
from uuid import UUID

import orjson
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from servicekit.database import copy_rows
from servicekit.refusals import Violation

PIECE = 1024 * 1024
"""Bytes in a stored piece."""


async def store_piece(connection: AsyncConnection, job: UUID, number: int, content: bytes) -> None:
    """Keep one piece of an upload."""
    await connection.execute(_STORE, {"job": job, "number": number, "content": content})


async def pieces(connection: AsyncConnection, job: UUID) -> AsyncIterator[bytes]:
    """The pieces of an upload in order, one at a time."""
    number = 0
    while True:
        found = await connection.execute(_PIECE, {"job": job, "number": number})
        content = found.scalar_one_or_none()
        if content is None:
            return
        yield bytes(content)
        number += 1


async def forget(connection: AsyncConnection, job: UUID) -> None:
    """Remove an upload whose rows have all been dealt with."""
    await connection.execute(text("DELETE FROM upload_chunk WHERE job_id = :job"), {"job": job})


async def record_errors(
    connection: AsyncConnection, job: UUID, errors: Sequence[tuple[int, Sequence[Violation]]]
) -> None:
    """Keep what is wrong with rows: (line, violations)."""
    rows = [
        (
            job,
            line,
            number,
            v.pointer,
            v.rule,
            _text(v.value),
            orjson.dumps(v.facts, default=str).decode(),
        )
        for line, violations in errors
        for number, v in enumerate(violations)
    ]
    if rows:
        await copy_rows(connection, "import_error", _ERROR_COLUMNS, rows)


async def read_errors(
    connection: AsyncConnection, job: UUID, after: tuple[int, int], limit: int
) -> list[tuple[int, int, Violation]]:
    """(line, number, violation) in the order of the file, after a (line, number)."""
    rows = await connection.execute(
        _READ_ERRORS, {"job": job, "line": after[0], "number": after[1], "limit": limit}
    )
    return [
        (row.line, row.number, Violation(row.field, row.rule, row.value, orjson.loads(row.facts)))
        for row in rows
    ]


def _text(value: Any) -> str | None:
    return None if value is None else str(value)[:500]


_ERROR_COLUMNS = ("job_id", "line", "number", "field", "rule", "value", "facts")
_STORE = text("INSERT INTO upload_chunk (job_id, number, content) VALUES (:job, :number, :content)")
_PIECE = text("SELECT content FROM upload_chunk WHERE job_id = :job AND number = :number")
_READ_ERRORS = text(
    """
    SELECT line, number, field, rule, value, facts::text AS facts FROM import_error
    WHERE job_id = :job AND (line, number) > (:line, :number) ORDER BY line, number LIMIT :limit
    """
)
