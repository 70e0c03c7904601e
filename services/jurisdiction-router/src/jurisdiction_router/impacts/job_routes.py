"""Route of jobs: how long work stands."""

from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Path

from jurisdiction_router.dependencies import USUAL, Reader, provided
from jurisdiction_router.impacts.read_job import read_job
from jurisdiction_router.impacts.schemas import Job
from servicekit.database import Database
from servicekit.errors import NOT_FOUND, responses

router = APIRouter(tags=["operation"])

Store = Annotated[Database, provided(Database)]


@router.get(
    "/v1/jobs/{job_id}",
    operation_id="get_job",
    summary="How a job stands 任务进度",
    response_model=Job,
    responses=responses(*USUAL, NOT_FOUND),
)
async def get_job(
    caller: Reader, database: Store, job_id: Annotated[UUID, Path(description="任务编号")]
) -> dict[str, Any]:
    """State and progress; a caller limited to areas sees only jobs of its own."""
    return await read_job(database, caller, job_id)
