"""What may be asked of a forecast, as query parameters."""

from typing import Annotated

from fastapi import Depends, Query

from metrics_api.access import ReadingCaller
from metrics_api.answers.parameters import (
    EditionParameter,
    FiltersParameter,
    HierarchyParameter,
    ValidOn,
)
from metrics_api.core.definitions.forecasts import State
from metrics_api.forecast.question import ForecastRequest
from servicekit.time import CivilDate


async def forecast_request(
    caller: ReadingCaller,
    filters: FiltersParameter,
    hierarchy: HierarchyParameter,
    until: Annotated[CivilDate, Query(description="Last day to look at, YYYY-MM-DD 截止日期")],
    valid_on: ValidOn = None,
    edition: EditionParameter = None,
) -> ForecastRequest:
    """What to look ahead to, limited to the caller's areas."""
    return ForecastRequest(until, (), filters, valid_on, edition, caller.areas, hierarchy)


ForecastParameters = Annotated[ForecastRequest, Depends(forecast_request)]
StatesParameter = Annotated[
    list[State] | None,
    Query(
        description="How they stand, repeated; those who are overdue or fall due by default 状态",
    ),
]
MonthParameter = Annotated[
    str | None,
    Query(
        pattern="^[0-9]{4}-(0[1-9]|1[0-2])$",
        description="Only those who fall due in this month, YYYY-MM 到期月份",
        examples=["2026-09"],
    ),
]
