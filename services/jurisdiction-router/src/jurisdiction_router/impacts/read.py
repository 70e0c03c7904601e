"""Reading an impact: how its job stands, its sums, and the list of who moves."""

from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import date
from typing import Any, Final
from uuid import UUID

import orjson

from jurisdiction_router.impacts import rows as impact_rows
from jurisdiction_router.impacts.compute import JOB_KIND
from jurisdiction_router.impacts.differences import balance_of_bodies, balance_of_outcomes
from servicekit import jobs
from servicekit.auth import Caller
from servicekit.database import Database
from servicekit.errors import InvalidCursor, NotFound, refuses
from servicekit.http import decode_cursor, next_cursor, page_json
from servicekit.jobs import Job

SAMPLED_FLOWS: Final = 20
SAMPLES_EACH: Final = 3


@dataclass(frozen=True, slots=True)
class ReadImpact:
    """The use case, with what it needs. A caller limited to areas sees the part that lies there."""

    database: Database

    @refuses(NotFound)
    async def one(self, caller: Caller, impact: UUID) -> dict[str, Any]:
        """The job's state and, once it has succeeded, `result`.

        For a caller limited to areas, the counts of the job, `assessed` and `digest` are null: they
        are of all areas. Who may apply a restructuring, since it lies in its areas as a whole, is
        told the digest: the application is bound to it.
        """
        job = await self._job(impact)
        return {
            "id": str(job.id),
            "of": {name: value for name, value in job.params.items() if name != "areas"},
            "state": job.state,
            "done": job.done if caller.areas is None else None,
            "total": job.total if caller.areas is None else None,
            "error": (job.result or {}).get("error"),
            "created_at": job.created_at.isoformat(),
            "updated_at": job.updated_at.isoformat(),
            "result": await self._result(caller, job) if job.state == "succeeded" else None,
        }

    @refuses(NotFound, InvalidCursor)
    async def moves(self, caller: Caller, impact: UUID, cursor: str | None, limit: int) -> str:
        """A page of who moves, as JSON text."""
        await self._job(impact)
        query = {"impact": str(impact)}
        key = decode_cursor(cursor, query, [UUID, date])
        async with self.database.reading() as connection:
            page = await impact_rows.moves(
                connection, impact, caller.like_patterns(), (key[0], key[1]) if key else None, limit
            )
        cursor = next_cursor(page.last, query, size=page.size, limit=limit)
        return page_json(page.documents, cursor)

    async def all_moves(self, caller: Caller, impact: UUID) -> AsyncIterator[Any]:
        """Every move as a row, in order, many at a time. Raises Refusal `not-found`."""
        await self._job(impact)
        return self._rows(caller, impact)

    async def _rows(self, caller: Caller, impact: UUID) -> AsyncIterator[Any]:
        async with self.database.snapshot() as connection:
            async for part in impact_rows.move_rows(connection, impact, caller.like_patterns()):
                yield part

    async def _job(self, impact: UUID) -> Job:
        async with self.database.reading() as connection:
            job = await jobs.find(connection, impact)
        if job is None or job.kind != JOB_KIND:
            raise NotFound()
        return job

    async def _result(self, caller: Caller, job: Job) -> dict[str, Any]:
        patterns = caller.like_patterns()
        async with self.database.reading() as connection:
            row = await impact_rows.find(connection, job.id)
            flows = await impact_rows.flows_on(connection, job.id, row.valid_on, patterns)
            moved = await impact_rows.count_moved(connection, job.id, patterns)
            samples = await impact_rows.samples(
                connection, job.id, patterns, SAMPLED_FLOWS, SAMPLES_EACH
            )
        whole = caller.areas is None
        return {
            "valid_on": row.valid_on.isoformat(),
            "assessed": row.assessed if whole else None,
            "digest": row.digest if whole or _lies_in(caller, job) else None,
            "moved": sum(flow.organizations for flow in flows),
            "moved_on_any_day": moved,
            "flows": [flow._asdict() for flow in flows],
            "bodies": balance_of_bodies(flows),
            "outcomes": balance_of_outcomes(flows),
            "samples": orjson.loads(samples),
        }


def _lies_in(caller: Caller, job: Job) -> bool:
    """Whether what is proposed lies in the caller's areas as a whole, as restructurings can."""
    return "areas" in job.params and caller.covers(job.params["areas"])
