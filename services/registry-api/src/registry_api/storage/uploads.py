"""Uploaded files in pieces, and what there is to say about their rows."""

from collections.abc import AsyncIterator, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, BinaryIO, Literal
from uuid import UUID

import orjson
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from servicekit.database import copy_rows
from servicekit.errors import Violation

PIECE = 1024 * 1024
"""Bytes in a stored piece."""
HEADER_LINE = 0
"""Where the header is kept among refused rows; no row of a file has this line."""

Severity = Literal["error", "notice"]


@dataclass(frozen=True, slots=True)
class Remark:
    """Something to say about a row: a broken rule, or a notice of what was interpreted."""

    line: int
    number: int
    severity: Severity
    violation: Violation


async def store(connection: AsyncConnection, job: UUID, file: BinaryIO) -> None:
    """Keep an upload, from its beginning, in pieces; one of them at a time is in memory."""
    file.seek(0)
    contents = iter(lambda: file.read(PIECE), b"")
    rows = ((job, number, content) for number, content in enumerate(contents))
    await copy_rows(connection, "upload_chunk", ("job_id", "number", "content"), rows)


async def pieces(connection: AsyncConnection, job: UUID) -> AsyncIterator[bytes]:
    """The pieces of an upload in order, one at a time."""
    number = 0
    while True:
        found = await connection.execute(_PIECE, {"job": job, "number": number})
        content = found.scalar_one_or_none()
        if content is None:
            return
        yield content
        number += 1


async def forget(connection: AsyncConnection, job: UUID) -> None:
    """Remove an upload whose rows have all been dealt with."""
    await connection.execute(text("DELETE FROM upload_chunk WHERE job_id = :job"), {"job": job})


async def record_remarks(
    connection: AsyncConnection,
    job: UUID,
    remarks: Mapping[Severity, Sequence[tuple[int, Sequence[Violation]]]],
) -> None:
    """Keep what there is to say about rows: by severity, (line, violations)."""
    rows = [
        (job, line, number, severity, _storable(v.pointer), v.rule, _text(v.value),
         orjson.dumps(v.facts, default=str).decode())
        for severity, listed in remarks.items()
        for line, violations in listed
        for number, v in enumerate(violations)
    ]  # fmt: skip
    if rows:
        await copy_rows(connection, "import_remark", _REMARK_COLUMNS, rows)


async def record_refused_rows(
    connection: AsyncConnection, job: UUID, rows: Iterable[tuple[int, Sequence[str]]]
) -> None:
    """Keep rows as they were written, (line, cells), for those who have to mend them."""
    listed = [(job, line, list(map(_storable, cells))) for line, cells in rows]
    if listed:
        await copy_rows(connection, "import_refused_row", ("job_id", "line", "cells"), listed)


async def read_remarks(
    connection: AsyncConnection,
    job: UUID,
    severity: Severity,
    after: tuple[int, int],
    limit: int,
) -> list[Remark]:
    """Remarks of one severity in the order of the file, after a (line, number)."""
    rows = await connection.execute(
        _READ_REMARKS,
        {"job": job, "severity": severity, "line": after[0], "number": after[1], "limit": limit},
    )
    return [
        Remark(
            row.line,
            row.number,
            severity,
            Violation(row.field, row.rule, row.value, orjson.loads(row.facts)),
        )
        for row in rows
    ]


async def read_refused_rows(
    connection: AsyncConnection, job: UUID, lines: Sequence[int]
) -> dict[int, list[str]]:
    """The cells of refused rows, by line."""
    rows = await connection.execute(_READ_REFUSED, {"job": job, "lines": list(lines)})
    return {row.line: list(row.cells) for row in rows}


def _text(value: Any) -> str | None:
    return None if value is None else _storable(str(value)[:500])


def _storable(text_: str) -> str:
    """PostgreSQL holds no U+0000: a mark stands in its place."""
    return text_.replace("\0", "\N{REPLACEMENT CHARACTER}")


_REMARK_COLUMNS = (
    "job_id", "line", "number", "severity", "field", "rule", "value", "facts",
)  # fmt: skip
_PIECE = text("SELECT content FROM upload_chunk WHERE job_id = :job AND number = :number")
_READ_REMARKS = text(
    """
    SELECT line, number, field, rule, value, facts::text AS facts FROM import_remark
    WHERE job_id = :job AND severity = :severity AND (line, number) > (:line, :number)
    ORDER BY line, number LIMIT :limit
    """
)
_READ_REFUSED = text(
    "SELECT line, cells FROM import_refused_row WHERE job_id = :job AND line = ANY(:lines)"
)
