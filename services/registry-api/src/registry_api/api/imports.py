"""Routes of imports: upload a file, watch its job, read what is wrong with its rows."""

from datetime import UTC
from typing import Annotated, Literal
from uuid import UUID

from fastapi import APIRouter, Query, Request, Response

from registry_api.api.dependencies import USUAL, Made, Reader, Writer
from registry_api.api.errors import EMPTY_UPLOAD, ERRORS, INVALID_ORGANIZATION, UPLOAD_TOO_LARGE
from registry_api.api.schemas import ImportJob, ImportResult, RowError, RowErrorPage
from registry_api.domain.field_types import CivilDate
from registry_api.usecases.start_import import ImportRequest
from servicekit.idempotency import IdempotencyKey
from servicekit.jobs import Job
from servicekit.pagination import CursorText, Limit
from servicekit.problems import explain, responses
from servicekit.standard_problems import IDEMPOTENCY_CONFLICT, INVALID_CURSOR, NOT_FOUND
from servicekit.text import preferred_language
from servicekit.violations import RULE_TEXTS

PATH = "/v1/imports"

router = APIRouter(tags=["imports"])


@router.post(
    PATH,
    operation_id="start_import",
    summary="Import a file 批量导入",
    status_code=202,
    response_model=ImportJob,
    responses=responses(
        *USUAL, EMPTY_UPLOAD, UPLOAD_TOO_LARGE, INVALID_ORGANIZATION, IDEMPOTENCY_CONFLICT
    ),
    openapi_extra={
        "requestBody": {
            "required": True,
            "description": "The file itself 文件内容",
            "content": {
                media: {"schema": {"type": "string", "format": "binary"}}
                for media in ("text/csv", "application/x-ndjson", "application/octet-stream")
            },
        }
    },
)
async def start_import(
    request: Request,
    response: Response,
    caller: Writer,
    factory: Made,
    format: Annotated[Literal["csv", "ndjson"], Query(description="文件格式")] = "csv",  # noqa: A002
    effective_on: Annotated[
        CivilDate | None,
        Query(description="From this day on the file's facts hold; default today 数据日期"),
    ] = None,
    dry_run: Annotated[bool, Query(description="Check only, land nothing 试运行")] = False,
    reason: Annotated[
        str | None, Query(min_length=1, max_length=500, description="Kept in the ledger 原因")
    ] = None,
    idempotency_key: IdempotencyKey = None,
) -> ImportJob:
    """Bring in what already exists: upsert by credit code or filing number, in a durable job.

    Headers are the fields' dotted paths or their Chinese names, in any order; UTF-8 or GB18030.
    Columns that the file does not have stay as they are. The same file twice changes nothing.
    """
    wanted = ImportRequest(format, effective_on, dry_run, reason, idempotency_key)
    identifier = await factory.start_import(caller, wanted, request.stream())
    response.headers["location"] = f"{PATH}/{identifier}"
    return _job(await factory.read_import.job(caller, identifier))


@router.get(
    f"{PATH}/{{import_id}}",
    operation_id="read_import",
    summary="How an import stands 导入进度",
    response_model=ImportJob,
    responses=responses(*USUAL, NOT_FOUND),
)
async def read_import(caller: Reader, factory: Made, import_id: UUID) -> ImportJob:
    """The job's state, its progress, and what became of the rows so far."""
    return _job(await factory.read_import.job(caller, import_id))


@router.get(
    f"{PATH}/{{import_id}}/errors",
    operation_id="list_import_errors",
    summary="What is wrong with the rows 导入错误",
    response_model=RowErrorPage,
    responses=responses(*USUAL, NOT_FOUND, INVALID_CURSOR),
)
async def list_import_errors(
    request: Request,
    caller: Reader,
    factory: Made,
    import_id: UUID,
    limit: Limit = 100,
    cursor: CursorText = None,
) -> RowErrorPage:
    """Each broken rule with line, field, value and how to mend it, in the caller's language."""
    language = preferred_language(request.headers.get("accept-language"))
    rules = {**RULE_TEXTS, **ERRORS.rules}
    page = await factory.read_import.errors(caller, import_id, cursor, limit)
    return RowErrorPage(
        items=[
            RowError(
                line=line,
                field=violation.pointer,
                rule=violation.rule,
                value=violation.value,
                detail=explain(violation, language, rules),
            )
            for line, violation in page.items
        ],
        next_cursor=page.next_cursor,
    )


def _job(job: Job) -> ImportJob:
    counts = {name: int((job.result or {}).get(name, 0)) for name in ImportResult.model_fields}
    return ImportJob(
        id=job.id,
        state=job.state,
        format=job.params["format"],
        effective_on=job.params["effective_on"],
        dry_run=job.params["dry_run"],
        done=job.done,
        total=job.total,
        errors=job.errors,
        result=ImportResult(**counts),
        created_at=job.created_at.astimezone(UTC).isoformat(),
        updated_at=job.updated_at.astimezone(UTC).isoformat(),
    )
