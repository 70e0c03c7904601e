"""Read the file that a job made, piece by piece."""

from collections.abc import AsyncIterator
from uuid import UUID

from metrics_api.files.rows import file_pieces
from servicekit.database import Database


class ReadFile:
    """Reads a file over one connection, which is held until its last piece is sent."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def pieces(self, job: UUID) -> AsyncIterator[bytes]:
        """The pieces of the file of `job`, in order."""
        async with self._database.reading() as connection:
            async for piece in file_pieces(connection, job):
                yield piece
