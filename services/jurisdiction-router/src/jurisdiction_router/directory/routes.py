"""Routes of the directory: list, read and change areas and bodies."""

from datetime import date
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Path, Query, Response

from jurisdiction_router.dependencies import JSON, AreaCode, AreaPrefixes, Code, Reader
from jurisdiction_router.directory.read import Document, ReadDirectory
from jurisdiction_router.directory.schemas import (
    Area,
    AreaOnDay,
    AreaPage,
    Body,
    BodyPage,
)
from servicekit.errors import responses
from servicekit.http import USUAL, CursorText, Limit, ValidOn, etag, provided

router = APIRouter(tags=["directory"])

Read = Annotated[ReadDirectory, provided(ReadDirectory)]

On = Annotated[
    date | None,
    Query(description="Only those valid on that day; default all 有效日期，缺省为全部"),
]
Count = Annotated[
    Literal["exact"] | None, Query(description="Also count all that match 是否计总数")
]


@router.get(
    "/v1/areas",
    operation_id="list_areas",
    summary="List areas 查询区划",
    response_model=AreaPage,
    responses=responses(USUAL, ReadDirectory.page),
)
async def list_areas(
    caller: Reader,
    read: Read,
    level: Annotated[list[Code] | None, Query(description="级别")] = None,
    parent: Annotated[
        list[Code] | None, Query(description="Code of a direct parent 上级区划")
    ] = None,
    successor: Annotated[
        list[Code] | None, Query(description="Whose predecessors 承接区划（查其前身）")
    ] = None,
    other_code: Annotated[
        list[Code] | None, Query(description="Code in another system 其他编码体系的代码")
    ] = None,
    code_system: Annotated[
        list[Code] | None, Query(description="Of which system, with other_code 编码体系")
    ] = None,
    area: AreaPrefixes = None,
    valid_on: On = None,
    limit: Limit = 100,
    cursor: CursorText = None,
    count: Count = None,
) -> Response:
    """Areas that meet all filters, in the order of their codes, a page at a time.

    With `valid_on`, `name` and `parent` are those of that day.
    """
    requested = {
        "level": level, "parent": parent, "area": area, "successor": successor,
        "other_code": other_code, "code_system": code_system,
    }  # fmt: skip
    filters = {name: values for name, values in requested.items() if values}
    page = await read.page(caller, "areas", filters, valid_on, cursor, limit, count == "exact")
    return Response(page, media_type=JSON)


@router.get(
    "/v1/areas/{code}",
    operation_id="get_area",
    summary="Read an area 读取区划",
    response_model=Area,
    responses=responses(USUAL, ReadDirectory.one),
)
async def get_area(caller: Reader, read: Read, code: AreaCode, valid_on: On = None) -> Response:
    """One area, whatever its dates; with `valid_on` as it is called and placed on that day."""
    return _read(await read.one(caller, "areas", code, valid_on))


@router.get(
    "/v1/areas/{code}/on-day",
    operation_id="get_area_on_day",
    summary="What stands for a code on a day 代码在某日对应的区划",
    response_model=AreaOnDay,
    responses=responses(USUAL, ReadDirectory.on_day),
)
async def get_area_on_day(
    caller: Reader, read: Read, code: AreaCode, valid_on: ValidOn = None
) -> dict[str, Any]:
    """The code itself, or what succeeded it, or what it succeeded; several after a split.

    So organizations registered under a code of another time are placed.
    """
    return await read.on_day(caller, code, valid_on)


@router.get(
    "/v1/bodies",
    operation_id="list_bodies",
    summary="List bodies 查询党组织",
    response_model=BodyPage,
    responses=responses(USUAL, ReadDirectory.page),
)
async def list_bodies(
    caller: Reader,
    read: Read,
    kind: Annotated[list[Code] | None, Query(description="党组织类别")] = None,
    area_code: Annotated[list[Code] | None, Query(description="Exactly this area 所在区划")] = None,
    system: Annotated[list[Code] | None, Query(description="所属系统")] = None,
    area: AreaPrefixes = None,
    valid_on: On = None,
    limit: Limit = 100,
    cursor: CursorText = None,
    count: Count = None,
) -> Response:
    """Bodies that meet all filters, in the order of their ids, a page at a time."""
    requested = {"kind": kind, "area_code": area_code, "system": system, "area": area}
    filters = {name: values for name, values in requested.items() if values}
    page = await read.page(caller, "bodies", filters, valid_on, cursor, limit, count == "exact")
    return Response(page, media_type=JSON)


@router.get(
    "/v1/bodies/{body_id}",
    operation_id="get_body",
    summary="Read a body 读取党组织",
    response_model=Body,
    responses=responses(USUAL, ReadDirectory.one),
)
async def get_body(
    caller: Reader,
    read: Read,
    body_id: Annotated[str, Path(max_length=100, description="编号")],
    valid_on: On = None,
) -> Response:
    """One body, whatever its dates; with `valid_on` as it is called on that day."""
    return _read(await read.one(caller, "bodies", body_id, valid_on))


def _read(document: Document) -> Response:
    return Response(document.document, headers={"etag": etag(document.revision)}, media_type=JSON)
