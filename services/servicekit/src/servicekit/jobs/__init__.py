"""Long work as durable jobs that survive a restart and show how far they are."""

from servicekit.jobs.queue import LeaseLostError, advance, enqueue
from servicekit.jobs.resource import JobDocument, JobState, job_document, job_router, read_job
from servicekit.jobs.rows import CHANNEL, Job, find
from servicekit.jobs.tables import job_table
from servicekit.jobs.worker import Handler, JobFailed, Worker

__all__ = [
    "CHANNEL",
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
