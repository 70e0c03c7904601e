"""`GET /v1/forecast`: what falls due, lapses or is overdue until a day, and who is behind it."""

from dataclasses import replace
from typing import Annotated

from fastapi import APIRouter, Query, Response

from metrics_api.answers.parameters import GroupBy, split
from metrics_api.answers.respond import ANSWER_FORMS, Respond
from metrics_api.core.definitions.forecasts import WORK
from metrics_api.forecast.answer import AnswerForecast
from metrics_api.forecast.list_due import DueRequest
from metrics_api.forecast.parameters import ForecastParameters, MonthParameter, StatesParameter
from metrics_api.forecast.schemas import ForecastDocument, ForecastMembers
from servicekit.errors import responses
from servicekit.http import USUAL, CursorText, Limit, provided

router = APIRouter(tags=["targets"])

Answers = Annotated[AnswerForecast, provided(AnswerForecast)]


@router.get(
    "/v1/forecast",
    operation_id="tell_forecast",
    summary="What falls due until a day 到期预测",
    response_model=ForecastDocument,
    responses={
        **ANSWER_FORMS,
        **responses(USUAL, AnswerForecast.__call__),
    },
)
async def forecast(
    answer: Answers,
    respond: Respond,
    request: ForecastParameters,
    group_by: GroupBy = None,
) -> Response:
    """Grades that lapse, terms that end, years on the abnormal list, charters and formations.

    Counted from the facts as they stand on `valid_on`, as if nothing else happened. Whom each
    number counts, `/v1/forecast/members` lists; what each organization owes, and by which
    steps, the registry tells as obligations of the same kinds.
    """
    return respond(await answer(replace(request, group_by=split(group_by))))


@router.get(
    "/v1/forecast/members",
    operation_id="list_forecast_members",
    summary="Organizations behind a forecast 到期名单",
    response_model=ForecastMembers,
    responses={
        **ANSWER_FORMS,
        **responses(USUAL, AnswerForecast.members),
    },
)
async def members(
    answer: Answers,
    respond: Respond,
    forecast: ForecastParameters,
    obligation: Annotated[str, Query(description="Its kind, as the forecast names it 义务编号")],
    state: StatesParameter = None,
    month: MonthParameter = None,
    limit: Limit = 100,
    cursor: CursorText = None,
) -> Response:
    """Whom a number of `/v1/forecast` counts: by their last day, the longest overdue first.

    The same filters give the same organizations; all pages of one walk show the edition and
    the day of its first page.
    """
    states = tuple(dict.fromkeys(state or WORK))
    request = DueRequest(forecast, obligation, states, month)
    return respond(await answer.members(request, cursor, limit))
