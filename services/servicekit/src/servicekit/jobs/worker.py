"""Durable jobs: long work that survives a restart and shows how far it is.

A job is a row. Whoever runs it holds a lease that each step renews in the step's own transaction,
so two processes never do the same step: the one that lost its lease rolls back.
"""

import asyncio
import contextlib
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import asynccontextmanager
from typing import Any

import structlog
from prometheus_client import Counter, Gauge

from servicekit.background import Loop
from servicekit.database.engines import Database, is_unavailable
from servicekit.database.notifications import Notifications
from servicekit.jobs import queue, rows
from servicekit.jobs.queue import LeaseLostError
from servicekit.jobs.rows import CHANNEL, Job

log = structlog.get_logger()

JOBS_ENDED = Counter("jobs_ended_total", "Jobs by kind and how they ended", ["kind", "state"])
JOBS_OPEN = Gauge("jobs_open", "Jobs that wait or run", ["state"])
OLDEST_QUEUED = Gauge("jobs_oldest_queued_seconds", "How long the oldest waiting job has waited")

_POLL_SECONDS = 5.0
_OBSERVE_SECONDS = 15.0


class JobFailed(Exception):
    """Raised by a handler that can say why its job can't succeed; `result` tells the caller."""

    def __init__(self, result: Mapping[str, Any]) -> None:
        super().__init__(str(result))
        self.result = dict(result)


Handler = Callable[[Job], Awaitable[dict[str, Any]]]
"""Does a job's work from where it stands (`job.done`) to the end; what it returns is the result."""


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
            job = await rows.claim(connection, self._handlers.keys(), queue.LEASE_SECONDS)
        if job is None:
            return False
        await self._run(job)
        return True

    async def _run(self, job: Job) -> None:
        """Run the handler while the lease is renewed, and record how the job ended."""
        lease = Loop(
            name="job_lease", step=lambda: self._renew(job), every=queue.LEASE_SECONDS / 3,
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
            why = {"failure": "internal_error", "error": repr(error)[:2000]}
            await self._end(job, "failed", why)

    async def _give_up(self) -> None:
        """End the jobs whose processes have died too often."""
        limit = self._crash_limit
        why = f"its process ended {limit} times at the same place; the service's log says why"
        async with self._database.transaction() as connection:
            for job in await rows.lock_dead(connection, self._handlers.keys(), limit):
                so_far = {**(job.result or {}), "failure": "process_died", "error": why}
                await rows.give_up(connection, job, so_far)
                log.error("job_given_up", job=str(job.id), kind=job.kind, crashes=limit)
                JOBS_ENDED.labels(job.kind, "failed").inc()

    async def _observe(self) -> None:
        """Keep the gauges of open jobs up to date, also while a long job runs."""
        async with self._database.reading() as connection:
            open_jobs = await rows.count_open(connection)
        JOBS_OPEN.labels("queued").set(open_jobs.queued)
        JOBS_OPEN.labels("running").set(open_jobs.running)
        OLDEST_QUEUED.set(open_jobs.waited)

    async def _renew(self, job: Job) -> None:
        async with self._database.transaction() as connection:
            await rows.renew(connection, job, queue.LEASE_SECONDS)

    async def _release(self, job: Job) -> None:
        """On shutdown, or without a database: let the next process take the job at once."""
        with contextlib.suppress(Exception):
            async with self._database.transaction() as connection:
                await rows.release(connection, job)

    async def _end(self, job: Job, state: str, result: dict[str, Any]) -> None:
        async with self._database.transaction() as connection:
            ours = await rows.end(connection, job, state, result)
        if not ours:
            log.warning("job_lease_lost", job=str(job.id))
            return
        JOBS_ENDED.labels(job.kind, state).inc()


def _passed_over(error: Exception) -> None:
    """A gauge or a lease that could not be written is written at the next turn."""
