"""Routes of the directory: list, read and change areas and bodies."""

from datetime import date
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Path, Query, Response

from jurisdiction_router.assignments.schemas import DIVISION_CODE
from jurisdiction_router.core.directory.change import DirectoryChange
from jurisdiction_router.dependencies import (
    JSON,
    USUAL,
    AcceptHoles,
    AreaPrefixes,
    Code,
    Made,
    Reader,
    ValidOn,
    Writer,
)
from jurisdiction_router.directory.read import Read
from jurisdiction_router.directory.requests import accepted, given_area, given_body
from jurisdiction_router.directory.schemas import (
    Area,
    AreaIn,
    AreaOnDay,
    AreaPage,
    Body,
    BodyIn,
    BodyPage,
    DirectoryImported,
)
from jurisdiction_router.errors import DIRECTORY_INVALID, DIRECTORY_LEAVES_HOLES
from servicekit.pagination import CursorText, Limit
from servicekit.preconditions import IfMatch, etag
from servicekit.problems import responses
from servicekit.refusals import Refusal, Violation
from servicekit.standard_problems import (
    INVALID_CURSOR,
    MALFORMED_JSON,
    NOT_FOUND,
    OUTSIDE_AREAS,
    PAYLOAD_TOO_LARGE,
    PRECONDITION_FAILED,
    PRECONDITION_REQUIRED,
)

router = APIRouter(tags=["directory"])

On = Annotated[
    date | None,
    Query(description="Only those valid on that day; default all 有效日期，缺省为全部"),
]
AreaCode = Annotated[str, Path(pattern=DIVISION_CODE, description="区划代码")]
Count = Annotated[
    Literal["exact"] | None, Query(description="Also count all that match 是否计总数")
]


_CHANGING = {
    202: {"model": DirectoryImported, "description": "A job reassesses 由任务重新判断"},
    **responses(
        *USUAL, DIRECTORY_INVALID, DIRECTORY_LEAVES_HOLES, OUTSIDE_AREAS, MALFORMED_JSON,
        PAYLOAD_TOO_LARGE, PRECONDITION_FAILED, PRECONDITION_REQUIRED,
    ),
}  # fmt: skip
Reason = Annotated[str | None, Query(max_length=500, description="Kept in the ledger 原因")]


@router.put(
    "/v1/areas/{code}",
    operation_id="put_area",
    summary="Add or change an area 新增或变更区划",
    response_model=DirectoryImported,
    responses=_CHANGING,
)
async def put_area(
    response: Response,
    caller: Writer,
    factory: Made,
    code: AreaCode,
    body: AreaIn,
    reason: Reason = None,
    accept_holes: AcceptHoles = False,
    if_match: IfMatch = None,
) -> dict[str, Any]:
    """The area as a whole, over all time; one that is there needs If-Match."""
    _refuse_other_key("/code", code, body.code)
    change = DirectoryChange(areas=[given_area(body)])
    done = await factory.change_directory_entry(
        caller, change, reason, if_match, accept_holes=accept_holes
    )
    return accepted(response, done)


@router.put(
    "/v1/bodies/{body_id}",
    operation_id="put_body",
    summary="Add or change a body 新增或变更党组织",
    response_model=DirectoryImported,
    responses=_CHANGING,
)
async def put_body(
    response: Response,
    caller: Writer,
    factory: Made,
    body_id: Annotated[str, Path(max_length=100, description="编号")],
    body: BodyIn,
    reason: Reason = None,
    accept_holes: AcceptHoles = False,
    if_match: IfMatch = None,
) -> dict[str, Any]:
    """The body as a whole, over all time; one that is there needs If-Match."""
    _refuse_other_key("/id", body_id, body.id)
    change = DirectoryChange(bodies=[given_body(body)])
    done = await factory.change_directory_entry(
        caller, change, reason, if_match, accept_holes=accept_holes
    )
    return accepted(response, done)


def _refuse_other_key(pointer: str, path: str, key: str) -> None:
    if path != key:
        raise Refusal(
            "directory-invalid", Violation(pointer, "other_key", key, {"path": path}), count=1
        )


@router.get(
    "/v1/areas",
    operation_id="list_areas",
    summary="List areas 查询区划",
    response_model=AreaPage,
    responses=responses(*USUAL, INVALID_CURSOR),
)
async def list_areas(
    caller: Reader,
    factory: Made,
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
    given = {
        "level": level, "parent": parent, "area": area, "successor": successor,
        "other_code": other_code, "code_system": code_system,
    }  # fmt: skip
    filters = {name: values for name, values in given.items() if values}
    page = await factory.read_directory.page(
        caller, "areas", filters, valid_on, cursor, limit, count == "exact"
    )
    return Response(page, media_type=JSON)


@router.get(
    "/v1/areas/{code}",
    operation_id="get_area",
    summary="Read an area 读取区划",
    response_model=Area,
    responses=responses(*USUAL, NOT_FOUND),
)
async def get_area(caller: Reader, factory: Made, code: AreaCode, valid_on: On = None) -> Response:
    """One area, whatever its dates; with `valid_on` as it is called and placed on that day."""
    return _read(await factory.read_directory.one(caller, "areas", code, valid_on))


@router.get(
    "/v1/areas/{code}/on-day",
    operation_id="get_area_on_day",
    summary="What stands for a code on a day 代码在某日对应的区划",
    response_model=AreaOnDay,
    responses=responses(*USUAL, NOT_FOUND),
)
async def get_area_on_day(
    caller: Reader, factory: Made, code: AreaCode, valid_on: ValidOn = None
) -> dict[str, Any]:
    """The code itself, or what succeeded it, or what it succeeded; several after a split.

    So organizations registered under a code of another time are placed.
    """
    return await factory.read_directory.on_day(caller, code, valid_on)


@router.get(
    "/v1/bodies",
    operation_id="list_bodies",
    summary="List bodies 查询党组织",
    response_model=BodyPage,
    responses=responses(*USUAL, INVALID_CURSOR),
)
async def list_bodies(
    caller: Reader,
    factory: Made,
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
    given = {"kind": kind, "area_code": area_code, "system": system, "area": area}
    filters = {name: values for name, values in given.items() if values}
    page = await factory.read_directory.page(
        caller, "bodies", filters, valid_on, cursor, limit, count == "exact"
    )
    return Response(page, media_type=JSON)


@router.get(
    "/v1/bodies/{body_id}",
    operation_id="get_body",
    summary="Read a body 读取党组织",
    response_model=Body,
    responses=responses(*USUAL, NOT_FOUND),
)
async def get_body(
    caller: Reader,
    factory: Made,
    body_id: Annotated[str, Path(max_length=100, description="编号")],
    valid_on: On = None,
) -> Response:
    """One body, whatever its dates; with `valid_on` as it is called on that day."""
    return _read(await factory.read_directory.one(caller, "bodies", body_id, valid_on))


def _read(found: Read) -> Response:
    return Response(found.document, headers={"etag": etag(found.revision)}, media_type=JSON)
