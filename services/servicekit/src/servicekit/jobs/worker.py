"""Durable jobs: long work that survives a restart and shows how far it is.

A job is a row. Whoever runs it holds a lease that each step renews in the step's own transaction,
so two processes never do the same step: the one that lost its lease rolls back.
"""

import asyncio
import contextlib
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

import structlog
from prometheus_client import Counter, Gauge
from sqlalchemy import (
    ARRAY,
    JSON,
    TIMESTAMP,
    BigInteger,
    Column,
    Index,
    Integer,
    MetaData,
    Row,
    String,
    Table,
    Text,
    Uuid,
    bindparam,
    func,
    text,
)
from sqlalchemy.ext.asyncio import AsyncConnection

from servicekit.auth.caller import Caller
from servicekit.background import Loop
from servicekit.database.engines import Database, is_unavailable
from servicekit.database.notifications import Notifications
from servicekit.errors.refusal import Refusal
from servicekit.ids import uuid7

log = structlog.get_logger()

CHANNEL = "job"
JOBS_ENDED = Counter("jobs_ended_total", "Jobs by kind and how they ended", ["kind", "state"])
JOBS_OPEN = Gauge("jobs_open", "Jobs that wait or run", ["state"])
OLDEST_QUEUED = Gauge("jobs_oldest_queued_seconds", "How long the oldest waiting job has waited")

_LEASE_SECONDS = 30
_POLL_SECONDS = 5.0
_OBSERVE_SECONDS = 15.0


class LeaseLostError(RuntimeError):
    """Another process took the job over; this one's step must roll back."""


class JobFailed(Exception):
    """Raised by a handler that can say why its job can't succeed; `result` tells the caller."""

    def __init__(self, result: Mapping[str, Any]) -> None:
        super().__init__(str(result))
        self.result = dict(result)


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

    def shows_to(self, caller: Caller) -> bool:
        """Whether it is of the caller's own client, and of no area that this token may not see."""
        return self.client == caller.client and caller.covers(self.areas)


Handler = Callable[[Job], Awaitable[dict[str, Any]]]
"""Does a job's work from where it stands (`job.done`) to the end; what it returns is the result."""


def job_table(metadata: MetaData) -> Table:
    """The table `job`, declared in a service's metadata."""
    return Table(
        "job",
        metadata,
        Column("id", Uuid, primary_key=True),
        Column("kind", Text, nullable=False),
        Column("state", String(16), nullable=False),
        Column("done", BigInteger, nullable=False, server_default="0"),
        Column("total", BigInteger),
        Column("errors", BigInteger, nullable=False, server_default="0"),
        Column("params", JSON, nullable=False),
        Column("result", JSON),
        Column("client", Text, nullable=False),
        Column("areas", ARRAY(Text)),
        Column("attempt", Integer, nullable=False, server_default="0"),
        Column("crashes", Integer, nullable=False, server_default="0"),
        Column("lease_until", TIMESTAMP(timezone=True)),
        Column("created_at", TIMESTAMP(timezone=True), nullable=False, server_default=func.now()),
        Column("updated_at", TIMESTAMP(timezone=True), nullable=False, server_default=func.now()),
        Index(
            "job_waiting_idx", "created_at", postgresql_where=text("state IN ('queued', 'running')")
        ),
        Index(
            "job_ended_idx", "updated_at", postgresql_where=text("state IN ('succeeded', 'failed')")
        ),
    )


async def enqueue(
    connection: AsyncConnection,
    kind: str,
    params: Mapping[str, Any],
    client: str,
    areas: tuple[str, ...] | None,
    most: int | None = None,
) -> UUID:
    """Add a job in the caller's transaction; a worker wakes at its commit.

    Raises Refusal `too-many-jobs` where the client has `most` unfinished ones already; None is for
    what follows from a change that is allowed, and must not stop it.
    """
    if most is not None:
        await connection.execute(_ONE_AT_A_TIME, {"client": f"jobs of {client}"})
        unfinished = (await connection.execute(_UNFINISHED, {"client": client})).scalar_one()
        if unfinished >= most:
            raise Refusal("too-many-jobs", limit=most)
    identifier = uuid7()
    await connection.execute(
        _ENQUEUE,
        {"id": identifier, "kind": kind, "params": dict(params), "client": client,
         "areas": None if areas is None else list(areas)},
    )  # fmt: skip
    await connection.execute(text("SELECT pg_notify(:channel, '')"), {"channel": CHANNEL})
    return identifier


async def find(connection: AsyncConnection, identifier: UUID) -> Job | None:
    """The job, or None."""
    row = (await connection.execute(_FIND, {"id": identifier})).one_or_none()
    return None if row is None else _job(row)


async def advance(
    connection: AsyncConnection,
    job: Job,
    *,
    done: int,
    errors: int,
    total: int | None = None,
    result: Mapping[str, Any] | None = None,
) -> None:
    """Record progress (and what came of it so far) and renew the lease, in the step's transaction.

    Raises LeaseLostError when another process has taken the job over.
    """
    held = await connection.execute(
        _ADVANCE,
        {"id": job.id, "attempt": job.attempt, "done": done, "errors": errors, "total": total,
         "result": None if result is None else dict(result),
         "lease": _LEASE_SECONDS},
    )  # fmt: skip
    if not held.rowcount:
        raise LeaseLostError(str(job.id))


def _job(row: Row[Any]) -> Job:
    return Job(**row._asdict())


class Worker:
    """Runs queued jobs, one at a time per process, and those whose process has died.

    A job whose process dies `crash_limit` times without having come further has failed: it may be
    what kills them.
    """

    def __init__(
        self,
        database: Database,
        notifications: Notifications,
        handlers: Mapping[str, Handler],
        crash_limit: int = 5,
    ) -> None:
        self._database = database
        self._notifications = notifications
        self._handlers = handlers
        self._crash_limit = crash_limit
        for kind in handlers:  # from 0, so that monitoring sees the first failure as an increase
            JOBS_ENDED.labels(kind, "failed").inc(0)

    @asynccontextmanager
    async def running(self) -> AsyncIterator[None]:
        """Work while the context is open."""
        work = Loop(
            name="job_worker", step=self.run_one, every=_POLL_SECONDS, retry=1,
            wakes=self._notifications, channel=CHANNEL,
        )  # fmt: skip
        gauges = Loop(
            name="job_gauges", step=self._observe, every=_OBSERVE_SECONDS, failed=_passed_over
        )
        async with work.running(), gauges.running():
            yield

    async def run_one(self) -> bool:
        """Claim and run a job; False when none waits.

        Raises what the database's absence raises: the job then stays for another try.
        """
        await self._give_up()
        async with self._database.transaction() as connection:
            row = (
                await connection.execute(
                    _CLAIM, {"kinds": list(self._handlers), "lease": _LEASE_SECONDS}
                )
            ).one_or_none()
        if row is None:
            return False
        await self._run(_job(row))
        return True

    async def _run(self, job: Job) -> None:
        """Run the handler while the lease is renewed, and record how the job ended."""
        lease = Loop(
            name="job_lease", step=lambda: self._renew(job), every=_LEASE_SECONDS / 3,
            at_once=False, failed=_passed_over,
        )  # fmt: skip
        try:
            async with lease.running():
                result = await self._handlers[job.kind](job)
            await self._end(job, "succeeded", result)
        except LeaseLostError:
            log.warning("job_lease_lost", job=str(job.id))
        except JobFailed as failed:
            await self._end(job, "failed", failed.result)
        except asyncio.CancelledError:
            await asyncio.shield(self._release(job))
            raise
        except Exception as error:
            if is_unavailable(error):
                await self._release(job)
                raise
            log.exception("job_failed", job=str(job.id), kind=job.kind)
            told = {"failure": "internal_error", "error": repr(error)[:2000]}
            await self._end(job, "failed", told)

    async def _give_up(self) -> None:
        """End the jobs whose processes have died too often."""
        limit = self._crash_limit
        why = f"its process ended {limit} times at the same place; the service's log says why"
        async with self._database.transaction() as connection:
            dead = await connection.execute(
                _CRASHED, {"kinds": list(self._handlers), "limit": limit}
            )
            for job in dead.all():
                so_far = {**(job.result or {}), "failure": "process_died", "error": why}
                await connection.execute(_GIVE_UP, {"id": job.id, "result": so_far})
                log.error("job_given_up", job=str(job.id), kind=job.kind, crashes=limit)
                JOBS_ENDED.labels(job.kind, "failed").inc()

    async def _observe(self) -> None:
        """Keep the gauges of open jobs up to date, also while a long job runs."""
        async with self._database.reading() as connection:
            row = (await connection.execute(_OPEN)).one()
        JOBS_OPEN.labels("queued").set(row.queued)
        JOBS_OPEN.labels("running").set(row.running)
        OLDEST_QUEUED.set(row.waited)

    async def _renew(self, job: Job) -> None:
        async with self._database.transaction() as connection:
            await connection.execute(
                _RENEW, {"id": job.id, "attempt": job.attempt, "lease": _LEASE_SECONDS}
            )

    async def _release(self, job: Job) -> None:
        """On shutdown, or without a database: let the next process take the job at once."""
        with contextlib.suppress(Exception):
            async with self._database.transaction() as connection:
                await connection.execute(_RELEASE, {"id": job.id, "attempt": job.attempt})

    async def _end(self, job: Job, state: str, result: dict[str, Any]) -> None:
        async with self._database.transaction() as connection:
            ended = await connection.execute(
                _END, {"id": job.id, "attempt": job.attempt, "state": state, "result": result}
            )
        if not ended.rowcount:
            log.warning("job_lease_lost", job=str(job.id))
            return
        JOBS_ENDED.labels(job.kind, state).inc()


def _passed_over(error: Exception) -> None:
    """A gauge or a lease that could not be written is written at the next turn."""


_FIELDS = (
    "id, kind, state, done, total, errors, params, result, client, areas, attempt, "
    "created_at, updated_at"
)
_ENQUEUE = text(
    "INSERT INTO job (id, kind, state, params, client, areas) "
    "VALUES (:id, :kind, 'queued', :params, :client, :areas)"
).bindparams(bindparam("params", type_=JSON), bindparam("areas", type_=ARRAY(Text)))
_ONE_AT_A_TIME = text("SELECT pg_advisory_xact_lock(hashtextextended(:client, 0))")
_UNFINISHED = text(
    "SELECT count(*) FROM job WHERE client = :client AND state IN ('queued', 'running')"
)
_FIND = text(f"SELECT {_FIELDS} FROM job WHERE id = :id").columns(  # noqa: S608
    params=JSON, result=JSON
)
_CLAIM = text(
    f"""
    UPDATE job SET state = 'running', attempt = attempt + 1, updated_at = clock_timestamp(),
        crashes = crashes + (state = 'running')::int,
        lease_until = clock_timestamp() + make_interval(secs => :lease)
    WHERE id = (
        SELECT id FROM job
        WHERE kind = ANY(:kinds)
          AND (state = 'queued' OR (state = 'running' AND lease_until < clock_timestamp()))
        ORDER BY created_at LIMIT 1 FOR UPDATE SKIP LOCKED
    )
    RETURNING {_FIELDS}
    """  # noqa: S608
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
_CRASHED = text(
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
_OPEN = text(
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
