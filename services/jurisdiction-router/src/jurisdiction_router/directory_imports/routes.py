"""Routes of imports of the directory: load, look, activate or discard; and its export."""

from collections.abc import Iterable
from typing import Annotated, Any, Literal
from uuid import UUID

import orjson
from fastapi import APIRouter, Depends, Path, Query, Request, Response

from jurisdiction_router.core.refusals import (
    TableUnreadable,
)
from jurisdiction_router.dependencies import JSON, AcceptHoles, Reader, Writer, answered
from jurisdiction_router.directory.read import ReadDirectory
from jurisdiction_router.directory.schemas import DirectoryImport
from jurisdiction_router.directory_imports.activate import ActivateImport
from jurisdiction_router.directory_imports.files import CSV, read_request
from jurisdiction_router.directory_imports.load import LoadImport
from jurisdiction_router.directory_imports.read import ReadDirectoryImports
from jurisdiction_router.directory_imports.report import item_document, report_table
from jurisdiction_router.directory_imports.schemas import (
    Change,
    DirectoryImportPage,
    DirectoryImportRecord,
    ImportItemPage,
)
from jurisdiction_router.directory_imports.template import directory_table, template_table
from jurisdiction_router.jurisdiction.current import CurrentJurisdiction
from servicekit.errors import (
    MalformedJson,
    PayloadTooLarge,
    responses,
)
from servicekit.http import USUAL, CursorText, Language, Limit, etag, provided
from servicekit.ledger import Guarded, Unguarded
from servicekit.tables import BOM, csv_lines

router = APIRouter(tags=["directory"])

Current = Annotated[CurrentJurisdiction, provided(CurrentJurisdiction)]
Load = Annotated[LoadImport, provided(LoadImport)]
Activate = Annotated[ActivateImport, provided(ActivateImport)]
Read = Annotated[ReadDirectoryImports, provided(ReadDirectoryImports)]
ReadAll = Annotated[ReadDirectory, provided(ReadDirectory)]

PATH = "/v1/directory/imports"
ONE = f"{PATH}/{{import_id}}"
ImportId = Annotated[UUID, Path(description="导入编号")]


async def _table_language(
    accepted: Language,
    language: Annotated[
        Literal["zh", "en"] | None, Query(description="Of headers and words 表头及用词的语言")
    ] = None,
) -> str:
    return language or accepted


TableLanguage = Annotated[str, Depends(_table_language)]
_SCHEMA = {
    name: value
    for name, value in DirectoryImport.model_json_schema(
        ref_template="#/components/schemas/{model}"
    ).items()
    if name != "$defs"
}
_CONTENT: dict[str, Any] = {JSON: {"schema": _SCHEMA}, CSV: {"schema": {"type": "string"}}}
_BODY = {
    "requestBody": {
        "required": True,
        "description": "The areas and bodies: JSON, or the table of …/template 区划与党组织",
        "content": _CONTENT,
    }
}
_JOB: dict[int | str, dict[str, Any]] = {
    202: {"model": DirectoryImportRecord, "description": "A job reassesses 由任务重新判断"},
}
_FILE: dict[int | str, dict[str, Any]] = {
    200: {
        "description": "The table, in UTF-8 表格",
        "content": {CSV: {"schema": {"type": "string"}}},
    }
}


@router.post(
    PATH,
    operation_id="import_directory",
    summary="Import areas and bodies 导入区划与党组织",
    status_code=201,
    response_model=DirectoryImportRecord,
    responses={
        **_JOB,
        **responses(USUAL, LoadImport, TableUnreadable, MalformedJson, PayloadTooLarge),
    },
    openapi_extra=_BODY,
)  # fmt: skip
async def import_directory(
    request: Request,
    caller: Writer,
    current: Current,
    load: Load,
    attempt: Unguarded,
    activate: Annotated[
        bool, Query(description="Have it take effect at once, if nothing is wrong 立即启用")
    ] = False,
    accept_holes: AcceptHoles = False,
    reason: Annotated[
        str | None, Query(min_length=1, max_length=2000, description="Kept in the ledger 原因")
    ] = None,
) -> Response:
    """Loaded without effect: the report says what it would add, change and end, and what is wrong.

    Upsert by code and id; what is not named stays. Look at the items and the impact, then activate
    it or withdraw it. The directory that would result must be sound as a whole. A table is CSV with
    Chinese or English headers, in UTF-8 or GB18030, a row for each area and each body. The rule
    sets in force or due are proved over that directory: the report names the holes it would open.
    """
    requested = read_request(
        await request.body(), request.headers.get("content-type"), reason,
        current.vocabulary,
    )  # fmt: skip
    return answered(
        await load(caller, requested, attempt, activate=activate, accept_holes=accept_holes)
    )


@router.get(
    PATH,
    operation_id="list_directory_imports",
    summary="List imports of the directory 查询目录导入",
    response_model=DirectoryImportPage,
    responses=responses(USUAL, ReadDirectoryImports.page),
)
async def list_directory_imports(
    caller: Reader,
    read: Read,
    state: Annotated[
        list[Literal["inactive", "active", "withdrawn"]] | None, Query(description="状态")
    ] = None,
    limit: Limit = 100,
    cursor: CursorText = None,
) -> Response:
    """In the order of their making; a limited caller's own, and those wholly in its areas."""
    page = await read.page(caller, state, cursor, limit)
    return Response(page, media_type=JSON)


@router.get(
    f"{PATH}/template",
    operation_id="download_directory_template",
    summary="A table to fill in 目录导入模板",
    response_class=Response,
    responses={**_FILE, **responses(USUAL)},
)
async def download_directory_template(
    language: TableLanguage, caller: Reader, current: Current
) -> Response:
    """Every column, with an area and two bodies to write over.

    `/v1/directory/export?format=csv` is the same table, filled with the directory as it is.
    """
    return _table("directory-template", template_table(language, current.vocabulary))


@router.get(
    "/v1/directory/export",
    operation_id="export_directory",
    summary="The directory as a file 导出目录",
    response_class=Response,
    responses={
        200: {
            "description": "As an import takes it: JSON, or a table 导出文件",
            "content": _CONTENT,
        },
        **responses(USUAL),
    },
)
async def export_directory(
    language: TableLanguage,
    caller: Reader,
    directory: ReadAll,
    current: Current,
    file_format: Annotated[
        Literal["json", "csv"], Query(alias="format", description="文件格式")
    ] = "json",
) -> Response:
    """All areas and bodies that the caller may see, over all time, to change and import again."""
    documents = await directory.all(caller)
    if file_format == "json":
        body = orjson.dumps(documents)
        name = 'attachment; filename="directory.json"'
        return Response(body, headers={"content-disposition": name}, media_type=JSON)
    items = [
        *(("area", area) for area in documents["areas"]),
        *(("body", body) for body in documents["bodies"]),
    ]
    return _table("directory", directory_table(items, language, current.vocabulary))


@router.get(
    ONE,
    operation_id="get_directory_import",
    summary="Read an import of the directory 读取目录导入",
    response_model=DirectoryImportRecord,
    responses=responses(USUAL, ReadDirectoryImports.one),
)
async def get_directory_import(caller: Reader, read: Read, import_id: ImportId) -> Response:
    """One import with its report."""
    row = await read.one(caller, import_id)
    body = orjson.dumps(row.document)
    return Response(body, headers={"etag": etag(row.revision)}, media_type=JSON)


@router.get(
    f"{ONE}/items",
    operation_id="list_directory_import_items",
    summary="What an import would do, item by item 导入条目",
    response_model=ImportItemPage,
    responses={
        200: {"description": "JSON a page at a time, or all as a table", "content": {CSV: {}}},
        **responses(USUAL, ReadDirectoryImports.items),
    },
)
async def list_directory_import_items(
    language: TableLanguage,
    caller: Reader,
    read: Read,
    current: Current,
    import_id: ImportId,
    change: Annotated[list[Change] | None, Query(description="What becomes of them 变化")] = None,
    file_format: Annotated[
        Literal["json", "csv"],
        Query(alias="format", description="csv: all of them, to mend and send again 格式"),
    ] = "json",
    limit: Limit = 100,
    cursor: CursorText = None,
) -> Any:
    """Each area and body beside what is held, with line and errors in Chinese and English."""
    if file_format == "csv":
        rows = await read.all_items(caller, import_id, change)
        return _table(
            f"directory-import-{import_id}", report_table(rows, language, current.vocabulary)
        )
    items_page = await read.items(caller, import_id, change, cursor, limit)
    page = {
        "items": [item_document(row) for row in items_page.items],
        "next_cursor": items_page.next_cursor,
    }
    return Response(orjson.dumps(page), media_type=JSON)


@router.post(
    f"{ONE}/comparison",
    operation_id="compare_directory_import",
    summary="Compare an import anew 重新比对",
    response_model=DirectoryImportRecord,
    responses=responses(USUAL, LoadImport.compare_again, PayloadTooLarge),
)
async def compare_directory_import(
    caller: Writer, load: Load, import_id: ImportId, attempt: Guarded
) -> Response:
    """With the directory as it is now: another report, and another impact."""
    return answered(await load.compare_again(caller, import_id, attempt))


@router.post(
    f"{ONE}/activation",
    operation_id="activate_directory_import",
    summary="Activate an import 启用导入",
    response_model=DirectoryImportRecord,
    responses={
        **_JOB,
        **responses(USUAL, ActivateImport, PayloadTooLarge),
    },
)  # fmt: skip
async def activate_directory_import(
    caller: Writer,
    activate: Activate,
    import_id: ImportId,
    attempt: Guarded,
    accept_holes: AcceptHoles = False,
) -> Response:
    """All or nothing, as the report says; organizations it touches are assessed again.

    If the directory or a rule set has changed since the comparison, nothing happens: `errors`
    names the items for which that makes a difference. Compare it anew, look, and activate then.
    Nothing happens either if it would leave holes in rule sets that are in force or due, unless
    they are accepted.
    """
    return answered(await activate(caller, import_id, attempt, accept_holes=accept_holes))


@router.post(
    f"{ONE}/withdrawal",
    operation_id="withdraw_directory_import",
    summary="Discard an import 放弃导入",
    response_model=DirectoryImportRecord,
    responses=responses(USUAL, ActivateImport.withdraw, PayloadTooLarge),
)
async def withdraw_directory_import(
    caller: Writer, activate: Activate, import_id: ImportId, attempt: Guarded
) -> Response:
    """One that is not active; it stays as a record."""
    return answered(await activate.withdraw(caller, import_id, attempt))


def _table(name: str, rows: Iterable[list[str]]) -> Response:
    return Response(
        BOM + csv_lines(rows),
        headers={"content-disposition": f'attachment; filename="{name}.csv"'},
        media_type=f"{CSV}; charset=utf-8",
    )
