"""`GET /v1/coverage/series`: how indicators went, period by period."""

from typing import Annotated

from fastapi import APIRouter, Depends, Query, Response

from metrics_api.access import ReadingCaller
from metrics_api.answers.parameters import (
    EditionParameter,
    FiltersParameter,
    GroupBy,
    HierarchyParameter,
    split,
)
from metrics_api.answers.respond import ANSWER_FORMS, Respond
from metrics_api.core.facts.calendar_periods import Period
from metrics_api.coverage.series.answer import AnswerSeries
from metrics_api.coverage.series.count import SeriesRequest
from metrics_api.coverage.series.schemas import CoverageSeries
from servicekit.errors import responses
from servicekit.http import USUAL, provided
from servicekit.time import CivilDate

router = APIRouter(tags=["coverage"])

Answers = Annotated[AnswerSeries, provided(AnswerSeries)]


async def series_request(
    caller: ReadingCaller,
    filters: FiltersParameter,
    hierarchy: HierarchyParameter,
    indicator: Annotated[
        list[str], Query(description="Ids of indicators, repeated or joined by commas 指标编号")
    ],
    first: Annotated[
        CivilDate,
        Query(alias="from", description="First day; the end of its period is counted 起始日期"),
    ],
    last: Annotated[
        CivilDate | None,
        Query(alias="to", description="Last day, itself counted; today by default 截止日期"),
    ] = None,
    period: Annotated[Period, Query(description="Length of a period 时间步长")] = "month",
    group_by: GroupBy = None,
    edition: EditionParameter = None,
) -> SeriesRequest:
    """The series asked for, limited to the caller's areas."""
    return SeriesRequest(
        split(indicator),
        first,
        last,
        period,
        group_by=split(group_by),
        filters=filters,
        edition=edition,
        areas=caller.areas,
        hierarchy=hierarchy,
    )


@router.get(
    "/v1/coverage/series",
    operation_id="count_series",
    summary="Coverage over time 时间序列",
    response_model=CoverageSeries,
    responses={
        **ANSWER_FORMS,
        **responses(USUAL, AnswerSeries),
    },
)
async def series(
    answer: Answers,
    respond: Respond,
    request: Annotated[SeriesRequest, Depends(series_request)],
) -> Response:
    """Counts on the last day of each period between two dates, and on the last date itself.

    For each indicator first the whole, then each group, all on the same days and as known now
    (or at `edition`): a correction that came later is in every point. Areas are those of each
    day, or by `hierarchy` those of one day for all.
    """
    return respond(await answer(request))
