"""Routes of the directory: import, list and read areas and bodies."""

from collections.abc import Iterable
from dataclasses import asdict
from datetime import date
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Path, Query, Response

from jurisdiction_router.api.dependencies import (
    JSON,
    USUAL,
    AreaPrefixes,
    Code,
    Made,
    Reader,
    Writer,
)
from jurisdiction_router.api.errors import DIRECTORY_INVALID
from jurisdiction_router.api.schemas import (
    DIVISION_CODE,
    Area,
    AreaIn,
    AreaPage,
    Body,
    BodyIn,
    BodyPage,
    DirectoryImport,
    DirectoryImported,
)
from jurisdiction_router.domain import directory as domain
from jurisdiction_router.usecases.import_directory import GivenArea
from servicekit.pagination import CursorText, Limit
from servicekit.problems import responses
from servicekit.refusals import Refusal, Violation
from servicekit.standard_problems import (
    INVALID_CURSOR,
    MALFORMED_JSON,
    NOT_FOUND,
    OUTSIDE_AREAS,
    PAYLOAD_TOO_LARGE,
)

router = APIRouter(tags=["directory"])

On = Annotated[
    date | None,
    Query(description="Only those valid on that day; default all 有效日期，缺省为全部"),
]
Count = Annotated[
    Literal["exact"] | None, Query(description="Also count all that match 是否计总数")
]


@router.post(
    "/v1/directory/imports",
    operation_id="import_directory",
    summary="Import areas and bodies 导入区划与党组织",
    response_model=DirectoryImported,
    responses=responses(
        *USUAL, DIRECTORY_INVALID, OUTSIDE_AREAS, MALFORMED_JSON, PAYLOAD_TOO_LARGE
    ),
)
async def import_directory(caller: Writer, factory: Made, body: DirectoryImport) -> dict[str, Any]:
    """Upsert by code and id, all or nothing; the same import again changes nothing.

    The directory that would result must be sound as a whole. Organizations it touches are
    assessed again before the answer.
    """
    _refuse_doubles("areas", "code", (area.code for area in body.areas))
    _refuse_doubles("bodies", "id", (item.id for item in body.bodies))
    done = await factory.import_directory(
        caller,
        [_area(area) for area in body.areas],
        [_body(item) for item in body.bodies],
        body.reason,
    )
    return asdict(done)


def _area(given: AreaIn) -> GivenArea:
    edges = tuple(
        domain.ParentEdge(given.code, edge.parent, edge.valid_from, edge.valid_until)
        for edge in given.parents or ()
    )
    if given.parents is None and given.parent is not None:
        edges = (domain.ParentEdge(given.code, given.parent, given.valid_from, given.valid_until),)
    area = domain.Area(given.code, given.name, given.level, given.valid_from, given.valid_until)
    return GivenArea(area, edges)


def _body(given: BodyIn) -> domain.Body:
    return domain.Body(**given.model_dump())


def _refuse_doubles(name: str, field: str, keys: Iterable[str]) -> None:
    seen: set[str] = set()
    doubles = []
    for index, key in enumerate(keys):
        if key in seen:
            doubles.append(Violation(f"/{name}/{index}/{field}", "duplicate_key", key))
        seen.add(key)
    if doubles:
        raise Refusal("directory-invalid", *doubles[:100], count=len(doubles))


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
    area: AreaPrefixes = None,
    valid_on: On = None,
    limit: Limit = 100,
    cursor: CursorText = None,
    count: Count = None,
) -> Response:
    """Areas that meet all filters, in the order of their codes, a page at a time."""
    given = {"level": level, "parent": parent, "area": area}
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
async def get_area(
    caller: Reader,
    factory: Made,
    code: Annotated[str, Path(pattern=DIVISION_CODE, description="区划代码")],
) -> Response:
    """One area, whatever its dates."""
    return Response(await factory.read_directory.one(caller, "areas", code), media_type=JSON)


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
    caller: Reader, factory: Made, body_id: Annotated[str, Path(max_length=100, description="编号")]
) -> Response:
    """One body, whatever its dates."""
    return Response(await factory.read_directory.one(caller, "bodies", body_id), media_type=JSON)
