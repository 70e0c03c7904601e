"""Queueing jobs and recording how far they are, in the transactions of those who do so."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncConnection

from servicekit.errors.standard import TooManyJobs
from servicekit.ids import uuid7
from servicekit.jobs import rows
from servicekit.jobs.rows import Job

LEASE_SECONDS = 30
"""How long a process may give no sign of life before another takes its job over."""


class LeaseLostError(RuntimeError):
    """Another process took the job over; this one's step must roll back."""


async def enqueue(
    connection: AsyncConnection,
    kind: str,
    params: Mapping[str, Any],
    client: str,
    areas: tuple[str, ...] | None,
    max_unfinished: int | None = None,
) -> UUID:
    """Add a job in the caller's transaction; a worker wakes at its commit.

    Raises Refusal `too-many-jobs` where the client has `max_unfinished` of them already; None is
    for what follows from a change that is allowed, and must not stop it.
    """
    if max_unfinished is not None:
        unfinished = await rows.count_unfinished(connection, client)
        if unfinished >= max_unfinished:
            raise TooManyJobs(limit=max_unfinished)
    identifier = uuid7()
    await rows.insert(connection, identifier, kind, params, client, areas)
    return identifier


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
    ours = await rows.update_progress(
        connection, job, LEASE_SECONDS, done=done, errors=errors, total=total, result=result
    )
    if not ours:
        raise LeaseLostError(str(job.id))
