"""`GET /v1/coverage/members`: the organizations behind a count, and why each counts or not."""

from typing import Annotated, Literal

from fastapi import APIRouter, Depends, Query, Response

from metrics_api.access import ReadingCaller
from metrics_api.answers.parameters import (
    EditionParameter,
    FiltersParameter,
    HierarchyParameter,
    IndicatorParameter,
    ValidOn,
)
from metrics_api.answers.respond import ANSWER_FORMS, Respond
from metrics_api.counting.members import Part
from metrics_api.counting.request import CoverageRequest
from metrics_api.coverage.members.answer import AnswerMembers, MembersRequest
from metrics_api.coverage.members.schemas import MemberPage
from servicekit.errors import responses
from servicekit.http import USUAL, CursorText, Limit, provided

router = APIRouter(tags=["coverage"])

Answers = Annotated[AnswerMembers, provided(AnswerMembers)]

PartParameter = Annotated[
    Part,
    Query(description="Who counts, all who are asked about, or who is missing 分子、分母或缺口"),
]


async def members_request(
    caller: ReadingCaller,
    filters: FiltersParameter,
    hierarchy: HierarchyParameter,
    indicator: IndicatorParameter,
    valid_on: ValidOn = None,
    edition: EditionParameter = None,
) -> CoverageRequest:
    """The count whose members are asked for, limited to the caller's areas."""
    return CoverageRequest(indicator, (), filters, valid_on, edition, caller.areas, hierarchy)


@router.get(
    "/v1/coverage/members",
    operation_id="list_members",
    summary="Organizations behind a count 名单",
    response_model=MemberPage,
    responses={
        **ANSWER_FORMS,
        **responses(USUAL, AnswerMembers),
    },
)
async def members(
    answer: Answers,
    respond: Respond,
    counted: Annotated[CoverageRequest, Depends(members_request)],
    part: PartParameter = "gap",
    limit: Limit = 100,
    cursor: CursorText = None,
    count: Annotated[
        Literal["exact"] | None, Query(description="Also count all of them 是否计总数")
    ] = None,
) -> Response:
    """The numerator, the denominator or the gap between them (the work list), by area and id.

    All pages of one walk show the edition and the day of its first page.
    """
    request = MembersRequest(counted, part, limit, cursor, count is not None)
    return respond(await answer(request))
