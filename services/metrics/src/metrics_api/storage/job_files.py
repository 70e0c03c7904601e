"""Files that jobs made, kept in pieces with their job."""

from collections.abc import AsyncIterator
from typing import BinaryIO
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from servicekit.database import copy_rows

PIECE = 1024 * 1024
"""Bytes in a stored piece."""


async def store_file(connection: AsyncConnection, job: UUID, file: BinaryIO) -> None:
    """Keep `file`, from its beginning, in place of one that an earlier try left."""
    await connection.execute(text("DELETE FROM job_file WHERE job_id = :job"), {"job": job})
    file.seek(0)
    contents = iter(lambda: file.read(PIECE), b"")
    rows = ((job, number, content) for number, content in enumerate(contents))
    await copy_rows(connection, "job_file", ("job_id", "number", "content"), rows)


async def file_pieces(connection: AsyncConnection, job: UUID) -> AsyncIterator[bytes]:
    """The pieces in order, one at a time."""
    number = 0
    while True:
        found = await connection.execute(_PIECE, {"job": job, "number": number})
        content = found.scalar_one_or_none()
        if content is None:
            return
        yield content
        number += 1


_PIECE = text("SELECT content FROM job_file WHERE job_id = :job AND number = :number")
