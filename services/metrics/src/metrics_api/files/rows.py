"""Files that jobs made, kept in pieces with their job."""

from collections.abc import AsyncIterator
from typing import BinaryIO
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from servicekit.database import copy_rows

DELETE = text("DELETE FROM job_file WHERE job_id = :job")
PIECE = text("SELECT content FROM job_file WHERE job_id = :job AND number = :number")
PIECE_BYTES = 1024 * 1024


async def store_file(connection: AsyncConnection, job: UUID, file: BinaryIO) -> None:
    """Keep `file`, from its beginning, in place of one that an earlier try left."""
    await connection.execute(DELETE, {"job": job})
    file.seek(0)
    contents = iter(lambda: file.read(PIECE_BYTES), b"")
    rows = ((job, number, content) for number, content in enumerate(contents))
    await copy_rows(connection, "job_file", ("job_id", "number", "content"), rows)


async def file_pieces(connection: AsyncConnection, job: UUID) -> AsyncIterator[bytes]:
    """The pieces in order, one at a time."""
    number = 0
    while True:
        result = await connection.execute(PIECE, {"job": job, "number": number})
        content = result.scalar_one_or_none()
        if content is None:
            return
        yield content
        number += 1
