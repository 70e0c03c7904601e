"""Long lists and report packs as files: durable jobs, their progress, their result."""

from collections.abc import AsyncIterator
from datetime import date, datetime, timedelta
from typing import Annotated, Any, Literal
from uuid import UUID

from fastapi import APIRouter, Path, Request, Response
from fastapi.responses import StreamingResponse
from pydantic import BaseModel, ConfigDict, Field

from metrics_api.api.answer_jobs import EXPORT, REPORT_PACK, ZIP_MEDIA_TYPE
from metrics_api.api.answers import MEDIA_TYPES
from metrics_api.api.coverage import READ_PROBLEMS
from metrics_api.api.errors import (
    FIGURES_TOO_FINE,
    FILE_NOT_READY,
    PARAMETER_UNDEFINED,
    TOO_MANY_GROUPS,
)
from metrics_api.api.own_answers import (
    NotAnsweredError,
    OwnAnswers,
    as_it_was,
    document_of,
    with_parameters,
)
from metrics_api.api.parameters import ReadingCaller
from metrics_api.storage.job_files import file_pieces
from metrics_api.usecases.count_series import MOST_POINTS
from metrics_api.usecases.start_job import StartJob
from servicekit.auth import Caller
from servicekit.database import Database
from servicekit.errors import (
    IDEMPOTENCY_CONFLICT,
    INVALID_CURSOR,
    MALFORMED_JSON,
    NOT_FOUND,
    OUTSIDE_AREAS,
    PAYLOAD_TOO_LARGE,
    TOO_MANY_JOBS,
    Refusal,
    Violation,
    responses,
)
from servicekit.jobs import Job
from servicekit.ledger import IdempotencyKey, fingerprint
from servicekit.time import FIRST_DAY, LAST_DAY, CivilDate

_HEADLINES = [
    "organizational_coverage", "eligible_coverage", "work_coverage", "charter_inclusion",
]  # fmt: skip
_DIMENSIONS = ["district", "kind", "grade", "body_kind"]
_POST_PROBLEMS = (
    *READ_PROBLEMS, MALFORMED_JSON, PAYLOAD_TOO_LARGE, IDEMPOTENCY_CONFLICT, PARAMETER_UNDEFINED,
    TOO_MANY_GROUPS, FIGURES_TOO_FINE, TOO_MANY_JOBS,
)  # fmt: skip


JobId = Annotated[UUID, Path(description="The job's id 任务编号")]


class ExportOrder(BaseModel):
    """A list to be made a file 导出请求."""

    model_config = ConfigDict(extra="forbid")
    request: str = Field(
        max_length=4000,
        pattern=r"^/v1/[!-~]+$",
        description="Path and query of any answer with a receipt, such as "
        "`/v1/coverage/members?indicator=eligible_coverage&part=gap`; all its pages 请求地址",
    )
    format: Literal["csv", "xlsx"] = Field(default="csv", description="File format 文件格式")
    language: Literal["zh", "en"] = Field(default="zh", description="Of headers, words 表头语言")


class Period(BaseModel):
    """Days, half-open 期间."""

    model_config = ConfigDict(extra="forbid", populate_by_name=True)
    start: CivilDate = Field(alias="from", description="First day 起始日")
    until: CivilDate = Field(description="First day after it 终止日（不含）")


_YEAR = timedelta(days=365)
Name = Annotated[str, Field(min_length=1, max_length=100, pattern=r"^[a-z0-9_]+$")]


class ReportPackOrder(BaseModel):
    """A report to be packed 报告包请求."""

    model_config = ConfigDict(extra="forbid")
    period: Period = Field(description="What it reports on 报告期间")
    area: str | None = Field(
        default=None, pattern=r"^[0-9]{6}([0-9]{3})?$", description="Division code; all 区划"
    )
    under_body: str | None = Field(
        default=None,
        min_length=1,
        max_length=200,
        description="A supervising body, with those beneath it 管理主体及其下级",
    )
    edition: int | None = Field(
        default=None, ge=0, le=2**53, description="The newest by default 版本"
    )
    indicators: list[Name] = Field(
        default=_HEADLINES, min_length=1, max_length=40, description="Ids of indicators 指标"
    )
    group_by: list[Name] = Field(
        default=_DIMENSIONS, max_length=12, description="Tables by these dimensions 分组维度"
    )
    language: Literal["zh", "en"] = Field(default="zh", description="Of headers, words 表头语言")


class JobFile(BaseModel):
    """A finished file 结果文件."""

    name: str = Field(description="Name 文件名")
    media_type: str = Field(description="Media type 类型")
    rows: int = Field(description="Rows, or answers in a pack 行数")
    bytes: int = Field(description="Size 字节数")
    sha256: str = Field(description="Digest of its bytes 摘要")
    href: str = Field(description="Where to fetch it 下载地址")


class JobDocument(BaseModel):
    """A job under way or done 任务."""

    id: UUID = Field(description="Id 任务编号")
    kind: str = Field(description="`export` or `report_pack` 任务类型")
    state: Literal["queued", "running", "succeeded", "failed"] = Field(description="State 状态")
    done: int = Field(description="Rows or answers so far 已完成")
    total: int | None = Field(description="Of so many, once known 总数")
    request: dict[str, Any] = Field(description="What is made, edition and day pinned 任务内容")
    file: JobFile | None = Field(description="The file, once it is whole 结果文件")
    failure: dict[str, Any] | None = Field(description="Why it failed 失败原因")
    created_at: datetime = Field(description="When it was started 创建时间")
    updated_at: datetime = Field(description="When it last moved 更新时间")


def jobs_router() -> APIRouter:
    """The routes of files that jobs make."""
    router = APIRouter(tags=["files"])

    @router.post(
        "/v1/exports",
        operation_id="start_export",
        summary="Make a file of a long list 导出名单",
        status_code=202,
        response_model=JobDocument,
        responses=responses(*_POST_PROBLEMS, NOT_FOUND, INVALID_CURSOR),
    )
    async def start_export(
        request: Request,
        response: Response,
        caller: ReadingCaller,
        body: ExportOrder,
        idempotency_key: IdempotencyKey = None,
    ) -> Any:
        """Every page of an answer as one CSV or XLSX, at the edition of now.

        The request is asked once at once: what is wrong with it is answered here.
        """
        asked = with_parameters(body.request, format=None, headers=None, cursor=None, limit=None)
        try:
            sent = await _own(request).ask(caller, asked)
        except NotAnsweredError as error:
            return as_it_was(error)
        params = {
            "request": document_of(sent)["receipt"]["request"],
            "format": body.format,
            "language": body.language,
        }
        return await _started(request, response, caller, EXPORT, params, idempotency_key)

    @router.post(
        "/v1/report-packs",
        operation_id="start_report_pack",
        summary="Pack a report for a period 生成报告包",
        status_code=202,
        response_model=JobDocument,
        responses=responses(*_POST_PROBLEMS, OUTSIDE_AREAS),
    )
    async def start_report_pack(
        request: Request,
        response: Response,
        caller: ReadingCaller,
        body: ReportPackOrder,
        idempotency_key: IdempotencyKey = None,
    ) -> Any:
        """Coverage at the end of the period, the day before it and month by month, targets,
        forecast: a ZIP.

        In it each answer as JSON (its own bytes) and CSV, all as one XLSX, and `receipt.json`. At
        one edition the same order gives the same bytes.
        """
        if body.period.until <= body.period.start:
            empty = Violation(
                "/period/until", "empty_period", body.period.until.isoformat(),
                {"start": body.period.start.isoformat()},
            )  # fmt: skip
            raise Refusal("invalid-request", empty)
        if body.area and caller.areas is not None and not caller.may_see(body.area):
            raise Refusal("outside-areas", area=body.area)
        answers = _answers(body)
        edition = 0
        try:
            for name in _telling(body):
                sent = await _own(request).ask(caller, answers[name], body.language)
                edition = edition or document_of(sent)["receipt"]["edition"]
        except NotAnsweredError as error:
            return as_it_was(error)
        pinned = [
            {"name": name, "request": with_parameters(asked, edition=edition)}
            for name, asked in answers.items()
        ]
        period = {"from": body.period.start.isoformat(), "until": body.period.until.isoformat()}
        pack = {"period": period, "area": body.area, "areas": caller.areas, "edition": edition}
        params = {"pack": pack, "answers": pinned, "language": body.language}
        return await _started(request, response, caller, REPORT_PACK, params, idempotency_key)

    @router.get(
        "/v1/jobs/{job_id}",
        operation_id="read_job",
        summary="How a job stands 任务进度",
        response_model=JobDocument,
        responses=responses(*READ_PROBLEMS, NOT_FOUND),
    )
    async def read_job(request: Request, caller: ReadingCaller, job_id: JobId) -> dict[str, Any]:
        """State and progress; the file once it is whole."""
        return _document(await _jobs(request).find(caller, job_id))

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
            **responses(*READ_PROBLEMS, NOT_FOUND, FILE_NOT_READY),
        },
    )
    async def download(request: Request, caller: ReadingCaller, job_id: JobId) -> Response:
        """The bytes whose size and SHA-256 the job tells."""
        job = await _jobs(request).find(caller, job_id)
        if job.state != "succeeded" or job.result is None:
            raise Refusal("file-not-ready", state=job.state)
        headers = {
            "content-length": str(job.result["bytes"]),
            "content-disposition": f'attachment; filename="{job.result["name"]}"',
            "etag": f'"{job.result["sha256"]}"',
        }
        pieces = _pieces(request.app.state.database, job.id)
        return StreamingResponse(pieces, media_type=job.result["media_type"], headers=headers)

    return router


def _answers(order: ReportPackOrder) -> dict[str, str]:
    """The requests of a pack, by name."""
    last, before = order.period.until - timedelta(days=1), order.period.start - timedelta(days=1)
    within = {"area": order.area, "under_body": order.under_body, "edition": order.edition}
    answers = {}
    for indicator in dict.fromkeys(order.indicators):
        days: dict[str, tuple[date, str | None]] = {"end": (last, None)}
        days |= {"before": (before, None)} if before >= FIRST_DAY else {}
        days |= {f"by_{name}": (last, name) for name in dict.fromkeys(order.group_by)}
        for name, (day, group_by) in days.items():
            counted = {"indicator": indicator, "valid_on": day, "group_by": group_by}
            answers[f"{indicator}-{name}"] = with_parameters("/v1/coverage", **counted, **within)
    asked = {"indicator": ",".join(dict.fromkeys(order.indicators)), "period": _step(order.period)}
    span = {"from": order.period.start, "to": last}
    answers["series"] = with_parameters("/v1/coverage/series", **asked, **span, **within)
    answers["targets"] = with_parameters("/v1/targets", edition=order.edition, valid_on=last)
    ahead = {"valid_on": last, "until": min(last, LAST_DAY - _YEAR) + _YEAR}
    answers["forecast"] = with_parameters("/v1/forecast", **ahead, **within)
    return answers


def _step(period: Period) -> str:
    """Months, or years where there would be too many points."""
    months = (period.until.year - period.start.year + 1) * 12
    return "month" if months <= MOST_POINTS else "year"


def _telling(order: ReportPackOrder) -> list[str]:
    """The few answers that show whether all of them can be answered."""
    ends = [f"{indicator}-end" for indicator in order.indicators]
    return [*ends, *(f"{order.indicators[0]}-by_{name}" for name in order.group_by)]


async def _started(
    request: Request,
    response: Response,
    caller: Caller,
    kind: str,
    params: dict[str, Any],
    key: str | None,
) -> dict[str, Any]:
    print_ = fingerprint(request.url.path, await request.body())
    job = await _jobs(request).start(caller, kind, params, key, print_)
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


async def _pieces(database: Database, job: UUID) -> AsyncIterator[bytes]:
    async with database.reading() as connection:
        async for piece in file_pieces(connection, job):
            yield piece


def _own(request: Request) -> OwnAnswers:
    own: OwnAnswers = request.app.state.own_answers
    return own


def _jobs(request: Request) -> StartJob:
    start: StartJob = request.app.state.start_job
    return start
