"""`GET /v1/coverage/comparison`: two days or two areas, and which organizations differ."""

from typing import Annotated

from fastapi import APIRouter, Depends, Query, Response

from metrics_api.access import ReadingCaller
from metrics_api.answers.parameters import (
    EditionParameter,
    FiltersParameter,
    GroupBy,
    HierarchyParameter,
    IndicatorParameter,
    split,
)
from metrics_api.answers.respond import ANSWER_FORMS, Respond
from metrics_api.counting.comparison_count import Change
from metrics_api.counting.request import CoverageRequest
from metrics_api.coverage.comparison.answer import AnswerComparison, ChangedRequest
from metrics_api.coverage.comparison.compare import ComparisonRequest
from metrics_api.coverage.comparison.schemas import ChangedOrganizations, Comparison
from servicekit.errors import responses
from servicekit.http import USUAL, CursorText, Limit, provided
from servicekit.time import CivilDate

router = APIRouter(tags=["coverage"])

Answers = Annotated[AnswerComparison, provided(AnswerComparison)]


async def comparison_request(
    caller: ReadingCaller,
    filters: FiltersParameter,
    hierarchy: HierarchyParameter,
    indicator: IndicatorParameter,
    first: Annotated[
        CivilDate, Query(alias="from", description="Day of the first count 对比起点日期")
    ],
    to: Annotated[
        CivilDate | None, Query(description="Day of the second; today by default 对比终点日期")
    ] = None,
    to_area: Annotated[
        list[str] | None,
        Query(description="Areas of the second; as in `area` by default 对比终点区划"),
    ] = None,
    edition: EditionParameter = None,
) -> ComparisonRequest:
    """The comparison asked for, limited to the caller's areas on both sides."""
    before = CoverageRequest(indicator, (), filters, first, edition, caller.areas, hierarchy)
    return ComparisonRequest(before, to, split(to_area))


ComparisonParameters = Annotated[ComparisonRequest, Depends(comparison_request)]


@router.get(
    "/v1/coverage/comparison",
    operation_id="compare_coverage",
    summary="Compare two days or areas 对比",
    response_model=Comparison,
    responses={
        **ANSWER_FORMS,
        **responses(USUAL, AnswerComparison.__call__),
    },
)
async def comparison(
    answer: Answers,
    respond: Respond,
    request: ComparisonParameters,
    group_by: GroupBy = None,
) -> Response:
    """Both counts, and what the organizations that entered, left, gained or lost contribute.

    `contribution_numerator` ÷ `denominator` sums to the difference of the rates exactly; who
    stayed as it was contributes nothing. Of a ratio of sums those gain who stay and raise it,
    and those lose who lower it; its counts are to be divided by `divisors`. By a dimension, an
    organization that moved from one group to another leaves the one and enters the other. Two
    areas: `area` and `to_area`.
    """
    return respond(await answer(request.by(split(group_by))))


@router.get(
    "/v1/coverage/comparison/members",
    operation_id="list_changed_organizations",
    summary="Organizations behind a difference 变化名单",
    response_model=ChangedOrganizations,
    responses={
        **ANSWER_FORMS,
        **responses(USUAL, AnswerComparison.changed),
    },
)
async def changed(
    answer: Answers,
    respond: Respond,
    comparison: ComparisonParameters,
    change: Annotated[Change, Query(description="Which of them 变化类型")],
    limit: Limit = 100,
    cursor: CursorText = None,
) -> Response:
    """Those who entered, left, gained or lost, by id, with what decides before and after."""
    request = ChangedRequest(comparison, change, limit, cursor)
    return respond(await answer.changed(request))
