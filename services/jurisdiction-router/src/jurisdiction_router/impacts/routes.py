"""Routes of impacts: how the job stands, its sums, who moves."""

from operator import attrgetter
from typing import Annotated, Any, Literal
from uuid import UUID

from fastapi import APIRouter, Path, Query, Response
from fastapi.responses import StreamingResponse

from jurisdiction_router.dependencies import JSON, Reader
from jurisdiction_router.impacts.read import ReadImpact
from jurisdiction_router.impacts.schemas import Impact, MovePage
from servicekit.errors import responses
from servicekit.http import USUAL, CursorText, Limit, provided
from servicekit.tables import Column, TableForm, table_file, table_form

router = APIRouter(tags=["impacts"])

Read = Annotated[ReadImpact, provided(ReadImpact)]

ImpactId = Annotated[UUID, Path(description="影响编号")]
_NAMES = (
    "organization_id", "area", "area_after", "valid_from", "valid_until",
    "outcome_before", "body_before", "name_before", "outcome_after", "body_after", "name_after",
)  # fmt: skip
_FORM: TableForm[Any] = table_form([Column(name, attrgetter(name)) for name in _NAMES])


@router.get(
    "/v1/impacts/{impact_id}",
    operation_id="get_impact",
    summary="What a proposal would change 影响",
    response_model=Impact,
    responses=responses(USUAL, ReadImpact.one),
)
async def get_impact(caller: Reader, read: Read, impact_id: ImpactId) -> dict[str, Any]:
    """The job's progress and, once it has succeeded, its sums and samples."""
    return await read.one(caller, impact_id)


@router.get(
    "/v1/impacts/{impact_id}/moves",
    operation_id="list_impact_moves",
    summary="Who would move 变动清单",
    response_model=MovePage,
    responses={
        200: {"description": "JSON a page at a time, or all as CSV", "content": {"text/csv": {}}},
        **responses(USUAL, ReadImpact.moves),
    },
)
async def list_impact_moves(
    caller: Reader,
    read: Read,
    impact_id: ImpactId,
    file_format: Annotated[
        Literal["json", "csv"], Query(alias="format", description="csv: the whole list 文件格式")
    ] = "json",
    limit: Limit = 100,
    cursor: CursorText = None,
) -> Response:
    """Every organization that would move, from whom to whom, and over which days.

    Empty until the job has succeeded.
    """
    if file_format == "csv":
        rows = await read.all_moves(caller, impact_id)
        return StreamingResponse(
            table_file("csv", rows, _FORM),
            media_type="text/csv; charset=utf-8",
            headers={"content-disposition": f'attachment; filename="impact-{impact_id}.csv"'},
        )
    page = await read.moves(caller, impact_id, cursor, limit)
    return Response(page, media_type=JSON)
