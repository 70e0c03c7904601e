"""Query parameters of coverage, made from the list of dimensions."""

import inspect
from collections.abc import Callable, Coroutine
from contextlib import suppress
from datetime import date
from typing import Annotated, Any

from fastapi import Depends, Query
from pydantic import TypeAdapter, ValidationError

from metrics_api.domain.dimensions import DIMENSIONS, FILTERS, UNDER_BODY
from metrics_api.domain.periods import Period
from metrics_api.usecases.count_series import SeriesRequest
from metrics_api.usecases.coverage_request import CoverageRequest, Hierarchy
from metrics_api.usecases.forecast_question import ForecastRequest
from servicekit.auth import Caller
from servicekit.errors import Refusal, Violation
from servicekit.http import require
from servicekit.time import CivilDate

ReadingCaller = Annotated[Caller, Depends(require("metrics:read"))]
WritingCaller = Annotated[Caller, Depends(require("metrics:write"))]

Filters = dict[str, tuple[str, ...]]

_CIVIL_DATE: TypeAdapter[date] = TypeAdapter(CivilDate)

ValidOn = Annotated[
    CivilDate | None,
    Query(description="Civil date to count, YYYY-MM-DD; today by default 统计日期"),
]
AtEdition = Annotated[
    int | None,
    Query(ge=0, le=2**53, description="Edition to answer from; the newest by default 版本"),
]
GroupBy = Annotated[
    list[str] | None,
    Query(
        description="Dimensions, repeated or joined by commas 分组维度: " + ", ".join(DIMENSIONS),
        examples=[["district", "kind"]],
    ),
]


async def asked_hierarchy(
    hierarchy: Annotated[
        str,
        Query(
            max_length=10,
            description="Whose areas: `as_was`, of each day that is counted; `as_is`, today's; or "
            "a date's, YYYY-MM-DD 区划口径：当时、现行或指定日期",
        ),
    ] = "as_was",
) -> Hierarchy:
    """Whose areas facts are counted in; refuses what is no date either."""
    if hierarchy == "as_was":
        return "as_was"
    if hierarchy == "as_is":
        return "as_is"
    with suppress(ValidationError):
        return _CIVIL_DATE.validate_python(hierarchy)
    raise Refusal("invalid-request", Violation("/hierarchy", "unknown_hierarchy", hierarchy))


AskedHierarchy = Annotated[Hierarchy, Depends(asked_hierarchy)]


def pinned_hierarchy(hierarchy_on: date | None) -> dict[str, object]:
    """The parameter that asks for the same areas again, whatever day it is by then."""
    return {"hierarchy": hierarchy_on} if hierarchy_on else {}


def split(values: list[str] | None) -> tuple[str, ...]:
    """Values given repeatedly, joined by commas, or both; empty ones are left out."""
    return tuple(
        value.strip() for joined in values or () for value in joined.split(",") if value.strip()
    )


def _filters() -> Callable[..., Coroutine[Any, Any, Filters]]:
    """A dependency with one query parameter per dimension: adding a dimension adds its filter."""

    async def filters(**given: list[str] | None) -> Filters:
        split_values = {name: split(values) for name, values in given.items()}
        return {name: values for name, values in split_values.items() if values}

    filters.__signature__ = inspect.Signature(  # type: ignore[attr-defined]
        [_parameter(name) for name in FILTERS]
    )
    return filters


def _parameter(name: str) -> inspect.Parameter:
    dimension = DIMENSIONS.get(name)
    if name == UNDER_BODY:
        told = "Bodies: what they or those beneath them supervise on the day 管理主体及其下级"
    elif dimension is None:
        told = "Areas of any level: what lies in them 区划（含下级）"
    elif dimension.codes:
        told = "One of 可选: " + ", ".join((*dimension.codes, "unassigned"))
    else:
        told = "Only these; `unassigned` for the unknown 仅统计所列"
    return inspect.Parameter(
        name,
        inspect.Parameter.KEYWORD_ONLY,
        default=None,
        annotation=Annotated[list[str] | None, Query(description=told)],
    )


coverage_filters = _filters()
"""The filters of a request, by dimension."""

GivenFilters = Annotated[Filters, Depends(coverage_filters)]
AskedIndicator = Annotated[str, Query(description="Id of an indicator 指标编号")]


async def coverage_request(
    caller: ReadingCaller,
    filters: GivenFilters,
    hierarchy: AskedHierarchy,
    indicator: AskedIndicator,
    group_by: GroupBy = None,
    valid_on: ValidOn = None,
    edition: AtEdition = None,
) -> CoverageRequest:
    """The question as it came in, limited to the caller's areas."""
    keys = split(group_by)
    return CoverageRequest(indicator, keys, filters, valid_on, edition, caller.areas, hierarchy)


async def members_request(
    caller: ReadingCaller,
    filters: GivenFilters,
    hierarchy: AskedHierarchy,
    indicator: AskedIndicator,
    valid_on: ValidOn = None,
    edition: AtEdition = None,
) -> CoverageRequest:
    """The count whose members are asked for, limited to the caller's areas."""
    return CoverageRequest(indicator, (), filters, valid_on, edition, caller.areas, hierarchy)


async def forecast_request(
    caller: ReadingCaller,
    filters: GivenFilters,
    hierarchy: AskedHierarchy,
    until: Annotated[CivilDate, Query(description="Last day to look at, YYYY-MM-DD 截止日期")],
    valid_on: ValidOn = None,
    edition: AtEdition = None,
) -> ForecastRequest:
    """What to look ahead to, limited to the caller's areas."""
    return ForecastRequest(until, (), filters, valid_on, edition, caller.areas, hierarchy)


AskedForecast = Annotated[ForecastRequest, Depends(forecast_request)]


async def series_request(
    caller: ReadingCaller,
    filters: GivenFilters,
    hierarchy: AskedHierarchy,
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
    edition: AtEdition = None,
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
