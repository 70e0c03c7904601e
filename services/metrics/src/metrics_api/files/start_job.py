"""Start a durable job, once for each idempotency key, and read how it stands."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from servicekit import jobs
from servicekit.auth import Caller
from servicekit.database import Database
from servicekit.jobs import Job, read_job
from servicekit.ledger import StoredAnswer, store_answer, take_key


class StartJob:
    """Jobs belong to the client that started them, with the areas it had then."""

    def __init__(self, database: Database, jobs_per_client: int) -> None:
        self._database = database
        self._max_jobs = jobs_per_client

    async def start(
        self, caller: Caller, kind: str, params: Mapping[str, Any], key: str | None, print_: str
    ) -> Job:
        """Queue a job; the same key and request give the job that is there already.

        Raises Refusal `idempotency-conflict`, `too-many-jobs`.
        """
        async with self._database.transaction() as connection:
            known = await take_key(connection, caller, key, print_)
            if known is not None:
                identifier = UUID(known.body)
            else:
                identifier = await jobs.enqueue(
                    connection, kind, params, caller.client, caller.areas, self._max_jobs
                )
                answer = StoredAnswer(202, f"/v1/jobs/{identifier}", str(identifier))
                await store_answer(connection, caller, key, answer)
        return await self.find(caller, identifier)

    async def find(self, caller: Caller, identifier: UUID) -> Job:
        """The job, as far as `caller` may see it. Refuses `not-found`."""
        return await read_job(self._database, caller, identifier)
