"""Start a durable job, once for each idempotency key, and read how it stands."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from servicekit import jobs
from servicekit.auth import Caller
from servicekit.database import Database
from servicekit.errors import IdempotencyConflict, NotFound, TooManyJobs, refuses
from servicekit.jobs import Job, read_job
from servicekit.ledger import Attempt, Changes


class StartJob:
    """Jobs belong to the client that started them, with the areas it had then."""

    def __init__(self, database: Database, jobs_per_client: int) -> None:
        self._database = database
        self._changes = Changes(database)
        self._max_jobs = jobs_per_client

    @refuses(IdempotencyConflict, TooManyJobs)
    async def start(
        self, caller: Caller, kind: str, params: Mapping[str, Any], attempt: Attempt
    ) -> Job:
        """Queue a job; the same attempt again gives the job that is there already."""
        async with self._changes.begin(caller, attempt) as change:
            if change.replayed is not None:
                identifier = UUID(change.replayed.body)
            else:
                identifier = await jobs.enqueue(
                    change.connection, kind, params, caller.client, caller.areas, self._max_jobs
                )
                change.answer(202, str(identifier), f"/v1/jobs/{identifier}")
        return await self.find(caller, identifier)

    @refuses(NotFound)
    async def find(self, caller: Caller, identifier: UUID) -> Job:
        """The job, as far as `caller` may see it."""
        return await read_job(self._database, caller, identifier)
