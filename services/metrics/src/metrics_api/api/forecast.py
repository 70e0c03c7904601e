"""`GET /v1/forecast`: what falls due, lapses or is overdue until a day."""

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

from fastapi import APIRouter, Request, Response

from metrics_api.api.answer_tables import Sheet
from metrics_api.api.answers import ANSWER_FORMS, Answering, Pinned
from metrics_api.api.coverage import READ_PROBLEMS
from metrics_api.api.errors import PARAMETER_UNDEFINED, TOO_MANY_GROUPS
from metrics_api.api.forecast_schemas import ForecastDocument
from metrics_api.api.parameters import AskedForecast, GroupBy, pinned_hierarchy, split
from metrics_api.domain.dimensions import DIMENSIONS, UNASSIGNED_KEY
from metrics_api.domain.forecasts import STATES
from metrics_api.usecases.forecast_question import ForecastQuestion, ForecastRequest
from metrics_api.usecases.issue_receipt import IssueReceipt, Receipt
from metrics_api.usecases.tell_forecast import (
    ForecastAnswer,
    ObligationForecast,
    States,
    TellForecast,
)
from servicekit.errors import responses


def forecast_router() -> APIRouter:
    """The route of the forecast."""
    router = APIRouter(tags=["targets"])

    @router.get(
        "/v1/forecast",
        operation_id="tell_forecast",
        summary="What falls due until a day 到期预测",
        response_model=ForecastDocument,
        responses={
            **ANSWER_FORMS,
            **responses(*READ_PROBLEMS, PARAMETER_UNDEFINED, TOO_MANY_GROUPS),
        },
    )
    async def forecast(
        request: Request, answering: Answering, asked: AskedForecast, group_by: GroupBy = None
    ) -> Response:
        """Grades that lapse, terms that end, years on the abnormal list, charters and formations.

        Counted from the facts as they stand on `valid_on`, as if nothing else happened. Whom each
        number counts, `/v1/forecast/members` lists; what each organization owes, and by which
        steps, the registry tells as obligations of the same kinds.
        """
        tell: TellForecast = request.app.state.tell_forecast
        asked = replace(asked, group_by=split(group_by))
        answer = await tell.answer(asked)
        receipt, told, pinned = rests_on(request, answer.question, asked)
        document = {
            **told,
            "obligations": [_obligation(told) for told in answer.obligations],
            "groups": list(_groups(answer, asked.group_by)),
        }
        rows = "groups" if asked.group_by else "obligations"
        return answering.answer(receipt, document, pinned, Sheet(ForecastDocument, rows))

    return router


def rests_on(
    request: Request, question: ForecastQuestion, asked: ForecastRequest
) -> tuple[Receipt, dict[str, Any], Pinned]:
    """The receipt, the members that a forecast and its lists begin with, and what was left open."""
    issue: IssueReceipt = request.app.state.issue_receipt
    receipt = issue(question.edition, [question.valid_on], [], asked.areas)
    told = {
        "valid_on": question.valid_on,
        "until": asked.until,
        "hierarchy_on": question.hierarchy_on,
    }
    pinned = {"valid_on": question.valid_on, **pinned_hierarchy(question.hierarchy_on)}
    return receipt, told, pinned


def _obligation(told: ObligationForecast) -> dict[str, Any]:
    forecast = told.forecast
    return {
        "obligation": forecast.id,
        "version": forecast.version,
        "title": _title(told),
        "reference": forecast.reference,
        **_states(told.total),
        "months": [{"month": month, "due": n} for month, n in sorted(told.months.items())],
    }


def _title(told: ObligationForecast) -> dict[str, str]:
    return {"zh": told.forecast.title.zh, "en": told.forecast.title.en}


def _groups(answer: ForecastAnswer, group_by: tuple[str, ...]) -> Iterator[dict[str, Any]]:
    """Ordered by obligation and key, the unassigned last."""
    for told in answer.obligations:
        for key in sorted(
            told.groups, key=lambda it: [(part == UNASSIGNED_KEY, part) for part in it]
        ):
            yield {
                "obligation": told.forecast.id,
                "title": _title(told),
                "by": dict(zip(group_by, key, strict=True)),
                "labels": _labels(answer, group_by, key),
                **_states(told.groups[key]),
            }


def _labels(
    answer: ForecastAnswer, group_by: tuple[str, ...], key: tuple[str, ...]
) -> dict[str, str | None]:
    versions = answer.directory.areas.versions
    labels: dict[str, str | None] = {}
    for name, part in zip(group_by, key, strict=True):
        if DIMENSIONS[name].area_level:
            labels[name] = versions.name(part, answer.areas_on)
        elif name == "body":
            labels[name] = answer.directory.bodies.name(part, answer.valid_on)
    return labels


def _states(states: States) -> dict[str, int]:
    return {state: states[state] for state in STATES}
