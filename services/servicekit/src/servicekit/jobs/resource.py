"""A job as a resource of the API: who may see it, its document, its route."""

from typing import Annotated, Any, Literal
from uuid import UUID

from fastapi import APIRouter, Depends, Path, Request
from pydantic import BaseModel, Field

from servicekit.auth.caller import Caller
from servicekit.database.engines import Database
from servicekit.errors.declared import responses
from servicekit.errors.standard import NotFound
from servicekit.http.access import require
from servicekit.http.dependencies import USUAL
from servicekit.jobs.rows import Job, find

JobState = Literal["queued", "running", "succeeded", "failed"]


class JobDocument(BaseModel):
    """Long work under way 任务."""

    id: str = Field(description="编号")
    kind: str = Field(description="类别")
    state: JobState = Field(description="状态")
    done: int = Field(description="已处理")
    total: int | None = Field(description="Null until it is known 总数")
    errors: int = Field(description="错误数")
    result: dict[str, Any] | None = Field(description="What came of it so far 结果")
    created_at: str = Field(description="RFC 3339")
    updated_at: str = Field(description="RFC 3339")


async def read_job(database: Database, caller: Caller, identifier: UUID) -> Job:
    """The job, as far as `caller` may see it (`Job.visible_to`). Raises Refusal `not-found`."""
    async with database.reading() as connection:
        job = await find(connection, identifier)
    if job is None or not job.visible_to(caller):
        raise NotFound()
    return job


def job_document(job: Job) -> dict[str, Any]:
    """State, progress and result, as `JobDocument` describes them."""
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


def job_router(scope: str) -> APIRouter:
    """The route `/v1/jobs/{job_id}`, for callers with `scope`; `app.state.database` is read."""
    router = APIRouter(tags=["operation"])

    @router.get(
        "/v1/jobs/{job_id}",
        operation_id="get_job",
        summary="How a job stands 任务进度",
        response_model=JobDocument,
        responses=responses(*USUAL, NotFound),
    )
    async def get_job(
        request: Request,
        caller: Annotated[Caller, Depends(require(scope))],
        job_id: Annotated[UUID, Path(description="任务编号")],
    ) -> dict[str, Any]:
        """State and progress; a caller limited to areas sees only jobs of its own."""
        return job_document(await read_job(request.app.state.database, caller, job_id))

    return router
