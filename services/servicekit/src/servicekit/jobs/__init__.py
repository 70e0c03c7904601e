"""Long work as durable jobs that survive a restart and show how far they are."""

from servicekit.jobs.resource import JobDocument, JobState, job_document, job_router, read_job
from servicekit.jobs.worker import (
    CHANNEL,
    JOBS_ENDED,
    JOBS_OPEN,
    OLDEST_QUEUED,
    Handler,
    Job,
    JobFailed,
    LeaseLostError,
    Worker,
    advance,
    enqueue,
    find,
    job_table,
)

__all__ = [
    "CHANNEL",
    "JOBS_ENDED",
    "JOBS_OPEN",
    "OLDEST_QUEUED",
    "Handler",
    "Job",
    "JobDocument",
    "JobFailed",
    "JobState",
    "LeaseLostError",
    "Worker",
    "advance",
    "enqueue",
    "find",
    "job_document",
    "job_router",
    "job_table",
    "read_job",
]
