"""Reading how a job stands."""

from typing import Any
from uuid import UUID

from servicekit import jobs
from servicekit.auth import Caller
from servicekit.database import Database
from servicekit.errors import Refusal


async def read_job(database: Database, caller: Caller, identifier: UUID) -> dict[str, Any]:
    """State, progress and result of a job. Raises Refusal `not-found`.

    A caller limited to areas sees its own client's of those areas: the counts of others are of
    other areas.
    """
    async with database.reading() as connection:
        job = await jobs.find(connection, identifier)
    if job is None or not (caller.areas is None or job.shows_to(caller)):
        raise Refusal("not-found")
    return {
        "id": str(job.id),
        "kind": job.kind,
        "state": job.state,
        "done": job.done,
        "total": job.total,
        "errors": job.errors,
        "result": job.result,
        "created_at": job.created_at.isoformat(),
        "updated_at": job.updated_at.isoformat(),
    }
