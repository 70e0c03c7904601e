"""`GET /v1/forecast/members`: the organizations behind a number of the forecast, and why."""

from typing import Annotated, Any

from fastapi import APIRouter, Query, Request, Response

from metrics_api.api.answer_tables import Sheet
from metrics_api.api.answers import ANSWER_FORMS, Answering
from metrics_api.api.coverage import READ_PROBLEMS
from metrics_api.api.errors import PARAMETER_UNDEFINED
from metrics_api.api.forecast import rests_on
from metrics_api.api.forecast_schemas import ForecastMembers
from metrics_api.api.members import fact_documents, organization_document
from metrics_api.api.parameters import AskedForecast
from metrics_api.domain.forecasts import WORK, State
from metrics_api.usecases.forecast_question import ForecastQuestion
from metrics_api.usecases.issue_links import Links
from metrics_api.usecases.list_due import DueMember, DueRequest, ListDue
from servicekit.errors import INVALID_CURSOR, responses
from servicekit.http import CursorText, Limit

AskedStates = Annotated[
    list[State] | None,
    Query(
        description="How they stand, repeated; those who are overdue or fall due by default 状态",
    ),
]
AskedMonth = Annotated[
    str | None,
    Query(
        pattern="^[0-9]{4}-(0[1-9]|1[0-2])$",
        description="Only those who fall due in this month, YYYY-MM 到期月份",
        examples=["2026-09"],
    ),
]


def forecast_members_router() -> APIRouter:
    """The route of the lists behind the forecast."""
    router = APIRouter(tags=["targets"])

    @router.get(
        "/v1/forecast/members",
        operation_id="list_forecast_members",
        summary="Organizations behind a forecast 到期名单",
        response_model=ForecastMembers,
        responses={
            **ANSWER_FORMS,
            **responses(*READ_PROBLEMS, PARAMETER_UNDEFINED, INVALID_CURSOR),
        },
    )
    async def members(
        request: Request,
        answering: Answering,
        asked: AskedForecast,
        obligation: Annotated[
            str, Query(description="Its kind, as the forecast names it 义务编号")
        ],
        state: AskedStates = None,
        month: AskedMonth = None,
        limit: Limit = 100,
        cursor: CursorText = None,
    ) -> Response:
        """Whom a number of `/v1/forecast` counts: by their last day, the longest overdue first.

        The same filters give the same organizations; all pages of one walk show the edition and
        the day of its first page.
        """
        lists: ListDue = request.app.state.list_due
        wanted = DueRequest(asked, obligation, tuple(dict.fromkeys(state or WORK)), month)
        found = await lists.page(wanted, cursor, limit)
        question, title = found.question, found.forecast.title
        receipt, told, pinned = rests_on(request, question, asked)
        links = Links(request.app.state.settings, question.valid_on, question.edition)
        document = {
            "obligation": obligation,
            "title": {"zh": title.zh, "en": title.en},
            "state": wanted.states,
            "month": month,
            **told,
            "items": [_document(member, question, links) for member in found.members],
            "next_cursor": found.next_cursor,
            "count": found.count,
        }
        return answering.answer(receipt, document, pinned, Sheet(ForecastMembers, "items"))

    return router


def _document(member: DueMember, question: ForecastQuestion, links: Links) -> dict[str, Any]:
    row = member.row
    told = {
        "state": row.state,
        "due_on": row.due_on,
        "facts": fact_documents(row.span.value, member.columns),
    }
    return organization_document(row.organization, row.span, told, question, links)
