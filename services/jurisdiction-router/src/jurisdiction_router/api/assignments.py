"""Routes of assignments: find, count, read one with its decision."""

from typing import Annotated, Any, Literal
from uuid import UUID

from fastapi import APIRouter, Depends, Path, Query, Response

from jurisdiction_router.api.dependencies import (
    JSON,
    USUAL,
    AreaPrefixes,
    Code,
    Made,
    Reader,
    ValidOn,
)
from jurisdiction_router.api.errors import NO_ASSIGNMENT
from jurisdiction_router.api.schemas import (
    AssignmentPage,
    AssignmentSummary,
    AssignmentWithDecision,
)
from servicekit.pagination import CursorText, Limit
from servicekit.preconditions import etag
from servicekit.problems import responses
from servicekit.standard_problems import INVALID_CURSOR, NOT_FOUND

router = APIRouter(tags=["assignments"])


def _filters(
    outcome: Annotated[
        list[Literal["assigned", "needs_decision", "out_of_scope"]] | None,
        Query(description="结论"),
    ] = None,
    body_id: Annotated[list[Code] | None, Query(description="领导和管理的党组织")] = None,
    body_kind: Annotated[list[Code] | None, Query(description="党组织类别")] = None,
    rule_set: Annotated[list[Code] | None, Query(description="规则集")] = None,
    rule: Annotated[list[Code] | None, Query(description="规则")] = None,
    basis: Annotated[list[Code] | None, Query(description="S, N, L, I, S/I… 依据性质")] = None,
    area: AreaPrefixes = None,
) -> dict[str, list[str]]:
    """Filters by field; a repeated parameter means "one of these", different ones "and"."""
    return {key: value for key, value in locals().items() if value}


Filters = Annotated[dict[str, list[str]], Depends(_filters)]


@router.get(
    "/v1/assignments",
    operation_id="find_assignments",
    summary="Find assignments 查询归口",
    response_model=AssignmentPage,
    responses=responses(*USUAL, INVALID_CURSOR),
)
async def find_assignments(
    caller: Reader,
    factory: Made,
    filters: Filters,
    valid_on: ValidOn = None,
    limit: Limit = 100,
    cursor: CursorText = None,
    count: Annotated[
        Literal["exact"] | None, Query(description="Also count all that match 是否计总数")
    ] = None,
) -> Response:
    """What holds on a day and meets all filters, in the order of the organizations' ids."""
    page = await factory.find_assignments.page(
        caller, filters, valid_on, cursor, limit, count == "exact"
    )
    return Response(page, media_type=JSON)


@router.get(
    "/v1/assignments/summary",
    operation_id="summarize_assignments",
    summary="Count assignments 归口汇总",
    response_model=AssignmentSummary,
    responses=responses(*USUAL),
)
async def summarize_assignments(
    caller: Reader, factory: Made, filters: Filters, valid_on: ValidOn = None
) -> dict[str, Any]:
    """Counts by outcome, by rule and by kind of body; each list adds up to the total."""
    return await factory.find_assignments.summary(caller, filters, valid_on)


@router.get(
    "/v1/assignments/{organization_id}",
    operation_id="get_assignment",
    summary="Who supervises an organization, and why 查询归口及理由",
    response_model=AssignmentWithDecision,
    responses=responses(*USUAL, NOT_FOUND, NO_ASSIGNMENT),
)
async def get_assignment(
    caller: Reader,
    factory: Made,
    organization_id: Annotated[UUID, Path(description="社会组织编号")],
    valid_on: ValidOn = None,
) -> Response:
    """The assignment on a day with the stored decision behind it, and the whole history."""
    found, revision = await factory.find_assignments.one(caller, organization_id, valid_on)
    return Response(found, headers={"etag": etag(revision)}, media_type=JSON)
