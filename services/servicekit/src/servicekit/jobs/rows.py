"""Jobs as their table holds them: queued, claimed under a lease, ended."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ARRAY, JSON, BigInteger, Row, Text, bindparam, text
from sqlalchemy.ext.asyncio import AsyncConnection

from servicekit.auth.caller import Caller

CHANNEL = "job"
"""Notified at the commit that queues a job."""

_INSERT = text(
    "INSERT INTO job (id, kind, state, params, client, areas) "
    "VALUES (:id, :kind, 'queued', :params, :client, :areas)"
).bindparams(bindparam("params", type_=JSON), bindparam("areas", type_=ARRAY(Text)))
_NOTIFY = text("SELECT pg_notify(:channel, '')")
_ONE_AT_A_TIME = text("SELECT pg_advisory_xact_lock(hashtextextended(:client, 0))")
_UNFINISHED = text(
    "SELECT count(*) FROM job WHERE client = :client AND state IN ('queued', 'running')"
)
_FIND = text(
    """
    SELECT id, kind, state, done, total, errors, params, result, client, areas, attempt,
        created_at, updated_at
    FROM job WHERE id = :id
    """
).columns(params=JSON, result=JSON)
_CLAIM = text(
    """
    UPDATE job SET state = 'running', attempt = attempt + 1, updated_at = clock_timestamp(),
        crashes = crashes + (state = 'running')::int,
        lease_until = clock_timestamp() + make_interval(secs => :lease)
    WHERE id = (
        SELECT id FROM job
        WHERE kind = ANY(:kinds)
          AND (state = 'queued' OR (state = 'running' AND lease_until < clock_timestamp()))
        ORDER BY created_at LIMIT 1 FOR UPDATE SKIP LOCKED
    )
    RETURNING id, kind, state, done, total, errors, params, result, client, areas, attempt,
        created_at, updated_at
    """
).columns(params=JSON, result=JSON)
_ADVANCE = text(
    "UPDATE job SET crashes = CASE WHEN :done > done THEN 0 ELSE crashes END, "
    "done = :done, errors = :errors, total = coalesce(:total, total), "
    "result = coalesce(:result, result), "
    "updated_at = clock_timestamp(), "
    "lease_until = clock_timestamp() + make_interval(secs => :lease) "
    "WHERE id = :id AND attempt = :attempt AND state = 'running'"
).bindparams(
    bindparam("total", type_=BigInteger), bindparam("result", type_=JSON(none_as_null=True))
)
_DEAD = text(
    """
    SELECT id, kind, result FROM job
    WHERE kind = ANY(:kinds) AND state = 'running' AND lease_until < clock_timestamp()
      AND crashes + 1 >= :limit
    FOR UPDATE SKIP LOCKED
    """
).columns(result=JSON)
_GIVE_UP = text(
    "UPDATE job SET state = 'failed', crashes = crashes + 1, result = :result, "
    "lease_until = NULL, updated_at = clock_timestamp() WHERE id = :id"
).bindparams(bindparam("result", type_=JSON))
_COUNT_OPEN = text(
    """
    SELECT count(*) FILTER (WHERE state = 'queued') AS queued,
        count(*) FILTER (WHERE state = 'running') AS running,
        coalesce(extract(epoch FROM clock_timestamp()
            - min(created_at) FILTER (WHERE state = 'queued')), 0)::float AS waited
    FROM job WHERE state IN ('queued', 'running')
    """
)
_RENEW = text(
    "UPDATE job SET lease_until = clock_timestamp() + make_interval(secs => :lease) "
    "WHERE id = :id AND attempt = :attempt AND state = 'running'"
)
_RELEASE = text(
    "UPDATE job SET state = 'queued', lease_until = NULL "
    "WHERE id = :id AND attempt = :attempt AND state = 'running'"
)
_END = text(
    "UPDATE job SET state = :state, result = :result, lease_until = NULL, "
    "updated_at = clock_timestamp() WHERE id = :id AND attempt = :attempt AND state = 'running'"
).bindparams(bindparam("result", type_=JSON))


@dataclass(frozen=True, slots=True)
class Job:
    """A job as its row says. `state`: queued, running, succeeded, failed."""

    id: UUID
    kind: str
    state: str
    done: int
    total: int | None
    errors: int
    params: dict[str, Any]
    result: dict[str, Any] | None
    client: str
    areas: list[str] | None
    attempt: int
    created_at: datetime
    updated_at: datetime

    def visible_to(self, caller: Caller) -> bool:
        """Whether `caller` may see the job.

        A caller without a limit of areas sees every job. A limited one sees those of its own client
        whose areas its token covers: the counts of others are of other areas.
        """
        return caller.areas is None or (self.client == caller.client and caller.covers(self.areas))


@dataclass(frozen=True, slots=True)
class DeadJob:
    """A job whose processes have died too often, and what had come of it."""

    id: UUID
    kind: str
    result: dict[str, Any] | None


@dataclass(frozen=True, slots=True)
class OpenJobs:
    """How many jobs wait and run, and how many seconds the oldest waiting one has waited."""

    queued: int
    running: int
    waited: float


async def insert(
    connection: AsyncConnection,
    identifier: UUID,
    kind: str,
    params: Mapping[str, Any],
    client: str,
    areas: Sequence[str] | None,
) -> None:
    """Queue a job; workers are notified at the commit."""
    await connection.execute(
        _INSERT,
        {"id": identifier, "kind": kind, "params": dict(params), "client": client,
         "areas": None if areas is None else list(areas)},
    )  # fmt: skip
    await connection.execute(_NOTIFY, {"channel": CHANNEL})


async def count_unfinished(connection: AsyncConnection, client: str) -> int:
    """How many jobs of `client` wait or run; until the commit no other can be counted beside it."""
    await connection.execute(_ONE_AT_A_TIME, {"client": f"jobs of {client}"})
    count = (await connection.execute(_UNFINISHED, {"client": client})).scalar_one()
    return int(count)


async def find(connection: AsyncConnection, identifier: UUID) -> Job | None:
    """The job, or None."""
    return _job((await connection.execute(_FIND, {"id": identifier})).one_or_none())


async def claim(connection: AsyncConnection, kinds: Collection[str], lease: float) -> Job | None:
    """Take the oldest job that waits, or whose lease is over, for `lease` seconds; None without."""
    row = (await connection.execute(_CLAIM, {"kinds": list(kinds), "lease": lease})).one_or_none()
    return _job(row)


async def update_progress(
    connection: AsyncConnection,
    job: Job,
    lease: float,
    *,
    done: int,
    errors: int,
    total: int | None,
    result: Mapping[str, Any] | None,
) -> bool:
    """Record progress and renew the lease; False where another process has the job."""
    updated = await connection.execute(
        _ADVANCE,
        {"id": job.id, "attempt": job.attempt, "done": done, "errors": errors, "total": total,
         "result": None if result is None else dict(result), "lease": lease},
    )  # fmt: skip
    return bool(updated.rowcount)


async def renew(connection: AsyncConnection, job: Job, lease: float) -> None:
    """Renew the lease, where it is still ours."""
    await connection.execute(_RENEW, {"id": job.id, "attempt": job.attempt, "lease": lease})


async def release(connection: AsyncConnection, job: Job) -> None:
    """Let the next process take the job at once."""
    await connection.execute(_RELEASE, {"id": job.id, "attempt": job.attempt})


async def end(connection: AsyncConnection, job: Job, state: str, result: Mapping[str, Any]) -> bool:
    """Record how the job ended; False where another process has it."""
    ended = await connection.execute(
        _END, {"id": job.id, "attempt": job.attempt, "state": state, "result": dict(result)}
    )
    return bool(ended.rowcount)


async def lock_dead(
    connection: AsyncConnection, kinds: Collection[str], limit: int
) -> list[DeadJob]:
    """The jobs whose processes died `limit` times at the same place, locked."""
    rows = await connection.execute(_DEAD, {"kinds": list(kinds), "limit": limit})
    return [DeadJob(row.id, row.kind, row.result) for row in rows]


async def give_up(connection: AsyncConnection, job: DeadJob, result: Mapping[str, Any]) -> None:
    """Record that the job has failed for good."""
    await connection.execute(_GIVE_UP, {"id": job.id, "result": dict(result)})


async def count_open(connection: AsyncConnection) -> OpenJobs:
    """The jobs that wait and run now."""
    row = (await connection.execute(_COUNT_OPEN)).one()
    return OpenJobs(row.queued, row.running, row.waited)


def _job(row: Row[Any] | None) -> Job | None:
    return None if row is None else Job(**row._asdict())
