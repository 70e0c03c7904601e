"""Routes of imports: a template, upload a file, watch its job, read what is said of its rows."""

from datetime import UTC
from typing import Annotated, Any, Literal
from uuid import UUID

from fastapi import APIRouter, Path, Query, Request, Response
from fastapi.responses import StreamingResponse

from registry_api.core.field_types import CivilDate
from registry_api.dependencies import Reader, Writer
from registry_api.imports.read import ReadImport, Remarks
from registry_api.imports.refused_file import refused_file, row_error
from registry_api.imports.schemas import ImportJob, ImportResult, RowRemark, RowRemarkPage
from registry_api.imports.start import ImportRequest, StartImport
from registry_api.imports.template import template
from servicekit.errors import (
    TooManyRequests,
    responses,
)
from servicekit.http import USUAL, CursorText, Language, Limit, provided, takes_transfer_slot
from servicekit.jobs import Job
from servicekit.ledger import IdempotencyKey
from servicekit.tables import MEDIA_TYPES, FileFormat

PATH = "/v1/imports"

ImportId = Annotated[UUID, Path(description="The import's id 导入任务编号")]

router = APIRouter(tags=["imports"])

_Start = Annotated[StartImport, provided(StartImport)]
_Read = Annotated[ReadImport, provided(ReadImport)]


@router.post(
    PATH,
    operation_id="start_import",
    summary="Import a file 批量导入",
    status_code=202,
    response_model=ImportJob,
    responses=responses(USUAL, StartImport, TooManyRequests),
    dependencies=[takes_transfer_slot(Writer)],
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
    start: _Start,
    read: _Read,
    form: Annotated[
        FileFormat | None,
        Query(
            alias="format", description="Decided by Content-Type and content when left out 文件格式"
        ),
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
    import_request = ImportRequest(form, media_type, effective_on, dry_run, reason, idempotency_key)
    identifier = await start(caller, import_request, request.stream())
    response.headers["location"] = f"{PATH}/{identifier}"
    return _job(await read.job(caller, identifier))


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
        **responses(USUAL),
    },
)
async def download_import_template(
    caller: Reader,
    form: Annotated[Literal["csv", "xlsx"], Query(alias="format", description="文件格式")] = "xlsx",
) -> Response:
    """Every column with its Chinese header, and the words that coded columns take.

    The example row need not be removed: an import passes over it.
    """
    return Response(
        template(form),
        media_type=MEDIA_TYPES[form],
        headers={"content-disposition": f'attachment; filename="import-template.{form}"'},
    )


@router.get(
    f"{PATH}/{{import_id}}",
    operation_id="read_import",
    summary="How an import stands 导入进度",
    response_model=ImportJob,
    responses=responses(USUAL, ReadImport.job),
)
async def read_import(caller: Reader, read: _Read, import_id: ImportId) -> ImportJob:
    """The job's state, its progress, and what became of the rows so far."""
    return _job(await read.job(caller, import_id))


@router.get(
    f"{PATH}/{{import_id}}/errors",
    operation_id="list_import_errors",
    summary="What is wrong with the rows 导入错误",
    response_model=RowRemarkPage,
    responses={
        200: {
            "description": "JSON, or the refused rows as a file with a column 错误原因",
            "content": {media: {} for media in MEDIA_TYPES.values()},
        },
        **responses(USUAL, ReadImport.remarks, ReadImport.refused_rows),
    },
)
async def list_import_errors(
    caller: Reader,
    language: Language,
    read: _Read,
    import_id: ImportId,
    form: Annotated[
        Literal["json", "csv", "xlsx", "ndjson"],
        Query(
            alias="format",
            description="All but json: the refused rows, to mend and send again; ndjson where the "
            "import was NDJSON 文件格式",
        ),
    ] = "json",
    limit: Limit = 100,
    cursor: CursorText = None,
) -> Any:
    """Each broken rule with line, field, value and how to mend it, in the caller's language.

    As a file it is the refused rows as they were, all of them, with the reasons in a last column
    错误原因, of NDJSON in a member `import_errors` (in a table each document is one cell, under
    原文). Mend a row, clear its reasons, and send the file again: a row whose reasons still stand
    counts as not mended and is refused.
    """
    if form != "json":
        rows = await read.refused_rows(caller, import_id, form)
        name = f"import-{import_id}-errors.{form}"
        return StreamingResponse(
            refused_file(rows, form, language),
            media_type=MEDIA_TYPES[form],
            headers={"content-disposition": f'attachment; filename="{name}"'},
        )
    page = await read.remarks(caller, import_id, "error", cursor, limit)
    return _remarks(page, language)


@router.get(
    f"{PATH}/{{import_id}}/notices",
    operation_id="list_import_notices",
    summary="What was interpreted in the rows 导入提示",
    response_model=RowRemarkPage,
    responses=responses(USUAL, ReadImport.remarks),
)
async def list_import_notices(
    caller: Reader,
    language: Language,
    read: _Read,
    import_id: ImportId,
    limit: Limit = 100,
    cursor: CursorText = None,
) -> RowRemarkPage:
    """What was read otherwise than it was written, and gates of establishment not met.

    Nothing was refused for these. All are counted; the first ten thousand or so are listed.
    """
    page = await read.remarks(caller, import_id, "notice", cursor, limit)
    return _remarks(page, language)


def _remarks(page: Remarks, language: str) -> RowRemarkPage:
    return RowRemarkPage(
        items=[
            RowRemark(**row_error(remark.line, remark.violation, language)) for remark in page.items
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
        notices=int((job.result or {}).get("notices", 0)),
        result=ImportResult(**counts),
        failure=(job.result or {}).get("failure"),
        created_at=job.created_at.astimezone(UTC).isoformat(),
        updated_at=job.updated_at.astimezone(UTC).isoformat(),
    )
