"""Routes of imports: a template, upload a file, watch its job, read what is said of its rows."""

from collections.abc import AsyncIterator
from contextlib import aclosing
from datetime import UTC
from typing import Annotated, Any, Literal
from uuid import UUID

from fastapi import APIRouter, Path, Query, Request, Response
from fastapi.responses import StreamingResponse

from registry_api.api.dependencies import USUAL, Made, Reader, Writer
from registry_api.api.errors import EMPTY_UPLOAD, ERRORS, INVALID_ORGANIZATION, UPLOAD_TOO_LARGE
from registry_api.api.schemas import ImportJob, ImportResult, RowRemark, RowRemarkPage
from registry_api.domain.columns import REASON_COLUMN, columns
from registry_api.domain.field_types import CivilDate
from registry_api.files.formats import MEDIA_TYPES, Form
from registry_api.files.template import template
from registry_api.usecases.read_import import RefusedRows, Remarks
from registry_api.usecases.start_import import ImportRequest
from servicekit.idempotency import IdempotencyKey
from servicekit.jobs import Job
from servicekit.pagination import CursorText, Limit
from servicekit.places import takes_transfer_place
from servicekit.problems import explain, responses
from servicekit.refusals import Violation
from servicekit.standard_problems import (
    IDEMPOTENCY_CONFLICT,
    INVALID_CURSOR,
    NOT_FOUND,
    TOO_MANY_JOBS,
    TOO_MANY_REQUESTS,
)
from servicekit.tables import BOM, csv_lines, guarded, unguarded
from servicekit.text import preferred_language
from servicekit.violations import RULE_TEXTS

PATH = "/v1/imports"
_TEXTS = {**RULE_TEXTS, **ERRORS.rules}

ImportId = Annotated[UUID, Path(description="The import's id 导入任务编号")]

router = APIRouter(tags=["imports"])


@router.post(
    PATH,
    operation_id="start_import",
    summary="Import a file 批量导入",
    status_code=202,
    response_model=ImportJob,
    responses=responses(
        *USUAL,
        EMPTY_UPLOAD,
        UPLOAD_TOO_LARGE,
        INVALID_ORGANIZATION,
        IDEMPOTENCY_CONFLICT,
        TOO_MANY_JOBS,
        TOO_MANY_REQUESTS,
    ),
    dependencies=[takes_transfer_place(Writer)],
    openapi_extra={
        "requestBody": {
            "required": True,
            "description": "The file itself 文件内容",
            "content": {
                media: {"schema": {"type": "string", "format": "binary"}}
                for media in (*MEDIA_TYPES.values(), "application/octet-stream")
            },
        }
    },
)
async def start_import(
    request: Request,
    response: Response,
    caller: Writer,
    factory: Made,
    format: Annotated[  # noqa: A002
        Form | None,
        Query(description="Decided by Content-Type and content when left out 文件格式"),
    ] = None,
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
    With an `effective_on` before the first day of an organization its beginning is moved back.
    """
    media_type = request.headers.get("content-type")
    wanted = ImportRequest(format, media_type, effective_on, dry_run, reason, idempotency_key)
    identifier = await factory.start_import(caller, wanted, request.stream())
    response.headers["location"] = f"{PATH}/{identifier}"
    return _job(await factory.read_import.job(caller, identifier))


@router.get(
    f"{PATH}/template",
    operation_id="download_import_template",
    summary="A template to fill in 导入模板",
    response_class=Response,
    responses={
        200: {
            "description": "A file with Chinese headers and one example row 模板文件",
            "content": {MEDIA_TYPES["csv"]: {}, MEDIA_TYPES["xlsx"]: {}},
        },
        **responses(*USUAL),
    },
)
async def download_import_template(
    caller: Reader,
    format: Annotated[Literal["csv", "xlsx"], Query(description="文件格式")] = "xlsx",  # noqa: A002
) -> Response:
    """Every column with its Chinese header, and the words that coded columns take.

    The example row need not be removed: an import passes over it.
    """
    return Response(
        template(format),
        media_type=MEDIA_TYPES[format],
        headers={"content-disposition": f'attachment; filename="import-template.{format}"'},
    )


@router.get(
    f"{PATH}/{{import_id}}",
    operation_id="read_import",
    summary="How an import stands 导入进度",
    response_model=ImportJob,
    responses=responses(*USUAL, NOT_FOUND),
)
async def read_import(caller: Reader, factory: Made, import_id: ImportId) -> ImportJob:
    """The job's state, its progress, and what became of the rows so far."""
    return _job(await factory.read_import.job(caller, import_id))


@router.get(
    f"{PATH}/{{import_id}}/errors",
    operation_id="list_import_errors",
    summary="What is wrong with the rows 导入错误",
    response_model=RowRemarkPage,
    responses={
        200: {
            "description": "JSON, or a CSV of the refused rows with a column 错误原因",
            "content": {"text/csv": {}},
        },
        **responses(*USUAL, NOT_FOUND, INVALID_CURSOR),
    },
)
async def list_import_errors(
    request: Request,
    caller: Reader,
    factory: Made,
    import_id: ImportId,
    format: Annotated[  # noqa: A002
        Literal["json", "csv"],
        Query(description="csv: the refused rows to mend and send again 文件格式"),
    ] = "json",
    limit: Limit = 100,
    cursor: CursorText = None,
) -> Any:
    """Each broken rule with line, field, value and how to mend it, in the caller's language.

    As CSV it is the refused rows as they were, all of them, with the reasons in a last column that
    an import ignores: mend them and send the file again.
    """
    language = preferred_language(request.headers.get("accept-language"))
    if format == "csv":
        rows = await factory.read_import.refused_rows(caller, import_id)
        name = f"import-{import_id}-errors.csv"
        return StreamingResponse(
            _refused_csv(rows, language),
            media_type="text/csv; charset=utf-8",
            headers={"content-disposition": f'attachment; filename="{name}"'},
        )
    page = await factory.read_import.remarks(caller, import_id, "error", cursor, limit)
    return _remarks(page, language)


@router.get(
    f"{PATH}/{{import_id}}/notices",
    operation_id="list_import_notices",
    summary="What was interpreted in the rows 导入提示",
    response_model=RowRemarkPage,
    responses=responses(*USUAL, NOT_FOUND, INVALID_CURSOR),
)
async def list_import_notices(
    request: Request,
    caller: Reader,
    factory: Made,
    import_id: ImportId,
    limit: Limit = 100,
    cursor: CursorText = None,
) -> RowRemarkPage:
    """What was read otherwise than it was written, and gates of establishment not met.

    Nothing was refused for these. All are counted; the first ten thousand or so are listed.
    """
    language = preferred_language(request.headers.get("accept-language"))
    page = await factory.read_import.remarks(caller, import_id, "notice", cursor, limit)
    return _remarks(page, language)


def _remarks(page: Remarks, language: str) -> RowRemarkPage:
    return RowRemarkPage(
        items=[
            RowRemark(
                line=remark.line or None,
                field=remark.violation.pointer,
                rule=remark.violation.rule,
                value=remark.violation.value,
                detail=explain(remark.violation, language, _TEXTS),
            )
            for remark in page.items
        ],
        next_cursor=page.next_cursor,
    )


async def _refused_csv(rows: RefusedRows, language: str) -> AsyncIterator[bytes]:
    """The file's own columns but an earlier list's reasons; with a mark for spreadsheets."""
    places = [n for n, cell in enumerate(rows.header) if cell.strip() != REASON_COLUMN]
    yield BOM + csv_lines([[*(rows.header[n] for n in places), REASON_COLUMN]])
    async with aclosing(rows.pages) as pages:
        async for page in pages:
            yield csv_lines(
                [*(_harmless(row.cells[n]) if n < len(row.cells) else "" for n in places),
                 " ".join(_reason(violation, language) for violation in row.violations),
                 *map(_harmless, row.cells[len(rows.header):])]
                for row in page
            )  # fmt: skip


def _harmless(cell: str) -> str:
    """A cell that somebody wrote, no formula; guarded cells stay as they are."""
    return guarded(unguarded(cell))


def _reason(violation: Violation, language: str) -> str:
    """What is wrong, after the name of its column."""
    titles = {column.pointer: column.header("en" if language == "en" else "zh")
              for column in columns()}  # fmt: skip
    title = titles.get(violation.pointer)
    words = explain(violation, language, _TEXTS)
    return f"{title}: {words}" if title else words


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
        notices=int((job.result or {}).get("notices", 0)),
        result=ImportResult(**counts),
        failure=(job.result or {}).get("failure"),
        created_at=job.created_at.astimezone(UTC).isoformat(),
        updated_at=job.updated_at.astimezone(UTC).isoformat(),
    )
