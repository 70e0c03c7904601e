"""Long lists and report packs as files: durable jobs, their progress, their result."""

from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Path, Response
from fastapi.responses import StreamingResponse

from metrics_api.access import BODY, ReadingCaller
from metrics_api.answers.ask import Ask, NotAnsweredError, as_it_was, with_parameters
from metrics_api.answers.respond import MEDIA_TYPES
from metrics_api.core.refusals import (
    FiguresTooFine,
    FileNotReady,
    ParameterUndefined,
    TooManyGroups,
)
from metrics_api.files.make_files import EXPORT, REPORT_PACK, ZIP_MEDIA_TYPE
from metrics_api.files.pack import pack_requests, sample_of
from metrics_api.files.read_file import ReadFile
from metrics_api.files.schemas import ExportOrder, JobDocument, ReportPackOrder
from metrics_api.files.start_job import StartJob
from servicekit.auth import Caller
from servicekit.errors import (
    InvalidCursor,
    InvalidRequest,
    NotFound,
    OutsideAreas,
    Violation,
    responses,
)
from servicekit.http import USUAL, provided
from servicekit.jobs import Job
from servicekit.ledger import Attempt, Unguarded

_SAMPLED = (ParameterUndefined, TooManyGroups, FiguresTooFine)
"""What the answers that a file is made of may refuse."""


JobId = Annotated[UUID, Path(description="The job's id 任务编号")]

router = APIRouter(tags=["files"])

Jobs = Annotated[StartJob, provided(StartJob)]
Files = Annotated[ReadFile, provided(ReadFile)]


@router.post(
    "/v1/exports",
    operation_id="start_export",
    summary="Make a file of a long list 导出名单",
    status_code=202,
    response_model=JobDocument,
    responses=responses(USUAL, BODY, StartJob.start, _SAMPLED, NotFound, InvalidCursor),
)
async def start_export(
    jobs: Jobs,
    ask: Ask,
    response: Response,
    caller: ReadingCaller,
    body: ExportOrder,
    attempt: Unguarded,
) -> Any:
    """Every page of an answer as one CSV or XLSX, at the edition of now.

    The request is asked once at once: what is wrong with it is answered here.
    """
    first_page = with_parameters(body.request, format=None, headers=None, cursor=None, limit=None)
    try:
        answer = await ask(caller, first_page)
    except NotAnsweredError as error:
        return as_it_was(error)
    params = {
        "request": answer.document()["receipt"]["request"],
        "format": body.format,
        "language": body.language,
    }
    return await _started(jobs, response, caller, EXPORT, params, attempt)


@router.post(
    "/v1/report-packs",
    operation_id="start_report_pack",
    summary="Pack a report for a period 生成报告包",
    status_code=202,
    response_model=JobDocument,
    responses=responses(USUAL, BODY, StartJob.start, _SAMPLED, OutsideAreas),
)
async def start_report_pack(
    jobs: Jobs,
    ask: Ask,
    response: Response,
    caller: ReadingCaller,
    body: ReportPackOrder,
    attempt: Unguarded,
) -> Any:
    """Coverage at the end of the period, the day before it and month by month, targets,
    forecast: a ZIP.

    In it each answer as JSON (its own bytes) and CSV, all as one XLSX, and `receipt.json`. At
    one edition the same order gives the same bytes.
    """  # noqa: D205 - the text of the specification
    _check(body, caller)
    requests = pack_requests(body)
    edition = 0
    try:
        for name in sample_of(body):
            answer = await ask(caller, requests[name], body.language)
            edition = edition or answer.document()["receipt"]["edition"]
    except NotAnsweredError as error:
        return as_it_was(error)
    pinned = [
        {"name": name, "request": with_parameters(it, edition=edition)}
        for name, it in requests.items()
    ]
    period = {"from": body.period.start.isoformat(), "until": body.period.until.isoformat()}
    pack = {"period": period, "area": body.area, "areas": caller.areas, "edition": edition}
    params = {"pack": pack, "answers": pinned, "language": body.language}
    return await _started(jobs, response, caller, REPORT_PACK, params, attempt)


@router.get(
    "/v1/jobs/{job_id}",
    operation_id="read_job",
    summary="How a job stands 任务进度",
    response_model=JobDocument,
    responses=responses(USUAL, StartJob.find),
)
async def read_job(jobs: Jobs, caller: ReadingCaller, job_id: JobId) -> dict[str, Any]:
    """State and progress; the file once it is whole."""
    return _document(await jobs.find(caller, job_id))


@router.get(
    "/v1/jobs/{job_id}/file",
    operation_id="download_job_file",
    summary="The file a job made 下载结果文件",
    response_class=StreamingResponse,
    responses={
        200: {
            "description": "The file 文件",
            "content": {media: {} for media in (*MEDIA_TYPES.values(), ZIP_MEDIA_TYPE)},
        },
        **responses(USUAL, StartJob.find, FileNotReady),
    },
)
async def download(jobs: Jobs, files: Files, caller: ReadingCaller, job_id: JobId) -> Response:
    """The bytes whose size and SHA-256 the job tells."""
    job = await jobs.find(caller, job_id)
    if job.state != "succeeded" or job.result is None:
        raise FileNotReady(state=job.state)
    headers = {
        "content-length": str(job.result["bytes"]),
        "content-disposition": f'attachment; filename="{job.result["name"]}"',
        "etag": f'"{job.result["sha256"]}"',
    }
    pieces = files.pieces(job.id)
    return StreamingResponse(pieces, media_type=job.result["media_type"], headers=headers)


def _check(order: ReportPackOrder, caller: Caller) -> None:
    """Refuse a period without a day, and an area that the caller does not see."""
    start, until = order.period.start, order.period.until
    if until <= start:
        facts = {"start": start.isoformat()}
        empty = Violation("/period/until", "empty_period", until.isoformat(), facts)
        raise InvalidRequest(empty)
    if order.area and caller.areas is not None and not caller.may_see(order.area):
        raise OutsideAreas(area=order.area)


async def _started(
    jobs: StartJob,
    response: Response,
    caller: Caller,
    kind: str,
    params: dict[str, Any],
    attempt: Attempt,
) -> dict[str, Any]:
    job = await jobs.start(caller, kind, params, attempt)
    response.headers["location"] = f"/v1/jobs/{job.id}"
    return _document(job)


def _document(job: Job) -> dict[str, Any]:
    ended = job.result or {}
    file = {**ended, "href": f"/v1/jobs/{job.id}/file"} if job.state == "succeeded" else None
    return {
        "id": job.id,
        "kind": job.kind,
        "state": job.state,
        "done": job.done,
        "total": job.total,
        "request": job.params,
        "file": file,
        "failure": ended if job.state == "failed" else None,
        "created_at": job.created_at,
        "updated_at": job.updated_at,
    }
