"""`GET /v1/forecast`: what falls due, lapses or is overdue until a day."""

from collections.abc import Iterator
from datetime import date
from typing import Annotated, Any

from fastapi import APIRouter, Query, Request, Response
from pydantic import BaseModel, Field

from metrics_api.api.answer_tables import Sheet
from metrics_api.api.answers import ANSWER_FORMS, Answering
from metrics_api.api.coverage import READ_PROBLEMS
from metrics_api.api.errors import PARAMETER_UNDEFINED, TOO_MANY_GROUPS
from metrics_api.api.parameters import (
    AskedHierarchy,
    AtEdition,
    GivenFilters,
    GroupBy,
    ReadingCaller,
    ValidOn,
    pinned_hierarchy,
    split,
)
from metrics_api.api.schemas import ReceiptDocument, Wording
from metrics_api.domain.dimensions import DIMENSIONS, UNASSIGNED_KEY
from metrics_api.domain.forecasts import STATES
from metrics_api.usecases.issue_receipt import IssueReceipt
from metrics_api.usecases.tell_forecast import (
    ForecastAnswer,
    ForecastRequest,
    ObligationForecast,
    States,
    TellForecast,
)
from servicekit.civil_dates import CivilDate
from servicekit.problems import responses


class ForecastStates(BaseModel):
    """How many organizations stand how 各状态数量."""

    overdue: int = Field(description="Their last day was before `valid_on` 已逾期")
    due: int = Field(description="It lies from `valid_on` to `until` 期间到期")
    later: int = Field(description="It comes after `until` 以后到期")
    undated: int = Field(description="No date is recorded to count from 无日期")


class DueMonth(BaseModel):
    """A month in which organizations fall due 到期月份."""

    month: str = Field(description="Year and month 月份")
    due: int = Field(description="How many fall due in it 到期数")


class ForecastObligation(ForecastStates):
    """One obligation, all organizations 义务汇总."""

    obligation: str = Field(description="Its kind, as the registry names obligations 义务")
    version: int = Field(description="Changes when the same facts could count otherwise 定义版本")
    title: Wording = Field(description="What it is 义务名称")
    reference: str = Field(description="Where it comes from 依据")
    months: list[DueMonth] = Field(description="When those that fall due do so 分月到期")


class ForecastGroup(ForecastStates):
    """One obligation, one part of the whole 义务分组."""

    obligation: str = Field(description="Its kind 义务")
    title: Wording = Field(description="What it is 义务名称")
    by: dict[str, str] = Field(
        description="The key, per dimension; `unassigned` where it is not known 分组键"
    )
    labels: dict[str, str | None] = Field(description="Names of areas and bodies in the key 名称")


class ForecastDocument(BaseModel):
    """What is ahead, if nothing else happens 预测."""

    valid_on: date = Field(description="The civil date it is seen from 统计日期")
    until: date = Field(description="The last day looked at 截止日期")
    hierarchy_on: date | None = Field(
        description="The day whose areas were asked for; null for those of `valid_on` 区划口径日期"
    )
    obligations: list[ForecastObligation] = Field(description="The whole, by kind 义务汇总")
    groups: list[ForecastGroup] = Field(description="The parts, which sum to the whole 分组")
    receipt: ReceiptDocument = Field(description="What it rests on 凭据")


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
        request: Request,
        answering: Answering,
        caller: ReadingCaller,
        filters: GivenFilters,
        hierarchy: AskedHierarchy,
        until: Annotated[CivilDate, Query(description="Last day to look at, YYYY-MM-DD 截止日期")],
        group_by: GroupBy = None,
        valid_on: ValidOn = None,
        edition: AtEdition = None,
    ) -> Response:
        """Grades that lapse, terms that end, years on the abnormal list, charters and formations.

        Counted from the facts as they stand on `valid_on`, as if nothing else happened. What each
        organization owes, and whom to call, the registry lists as obligations of the same kinds.
        """
        tell: TellForecast = request.app.state.tell_forecast
        keys = split(group_by)
        asked = ForecastRequest(until, keys, filters, valid_on, edition, caller.areas, hierarchy)
        answer = await tell.answer(asked)
        issue: IssueReceipt = request.app.state.issue_receipt
        receipt = issue(answer.edition, [answer.valid_on], [], caller.areas)
        document = {
            "valid_on": answer.valid_on,
            "until": until,
            "hierarchy_on": answer.hierarchy_on,
            "obligations": [_obligation(told) for told in answer.obligations],
            "groups": list(_groups(answer, asked.group_by)),
        }
        rows = "groups" if asked.group_by else "obligations"
        pinned = {"valid_on": answer.valid_on, **pinned_hierarchy(answer.hierarchy_on)}
        return answering.answer(receipt, document, pinned, Sheet(ForecastDocument, rows))

    return router


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
