"""How an import stands, and what is wrong with its rows."""

from dataclasses import dataclass
from uuid import UUID

from registry_api.storage import uploads
from servicekit import jobs
from servicekit.auth import Caller
from servicekit.database import Database
from servicekit.jobs import Job
from servicekit.pagination import decode_cursor, encode_cursor
from servicekit.refusals import Refusal, Violation


@dataclass(frozen=True, slots=True)
class RowErrors:
    """A page of errors: (line, violation), and where the next page starts."""

    items: list[tuple[int, Violation]]
    next_cursor: str | None


@dataclass(frozen=True, slots=True)
class ReadImport:
    """The use case, with what it needs; an import shows to the client that started it."""

    database: Database

    async def job(self, caller: Caller, identifier: UUID) -> Job:
        """The import's job. Raises Refusal `not-found`."""
        async with self.database.reading() as connection:
            job = await jobs.find(connection, identifier)
        if job is None or job.client != caller.client:
            raise Refusal("not-found")
        return job

    async def errors(
        self, caller: Caller, identifier: UUID, cursor: str | None, limit: int
    ) -> RowErrors:
        """What is wrong with the rows, in the order of the file. Raises Refusal `not-found`."""
        await self.job(caller, identifier)
        query = {"import": str(identifier)}
        after = decode_cursor(cursor, query, [int, int]) or [0, -1]
        async with self.database.reading() as connection:
            found = await uploads.read_errors(connection, identifier, (after[0], after[1]), limit)
        following = encode_cursor(found[-1][:2], query) if len(found) == limit else None
        return RowErrors([(line, violation) for line, _, violation in found], following)
