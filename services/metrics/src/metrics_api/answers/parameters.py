"""Query parameters of coverage, made from the list of dimensions."""

import inspect
from collections.abc import Callable, Coroutine
from contextlib import suppress
from datetime import date
from typing import Annotated, Any

from fastapi import Depends, Query
from pydantic import TypeAdapter, ValidationError

from metrics_api.access import ReadingCaller
from metrics_api.core.definitions.dimensions import DIMENSIONS, FILTERS, UNDER_BODY
from metrics_api.counting.request import CoverageRequest, Hierarchy
from servicekit.errors import InvalidRequest, Violation
from servicekit.time import CivilDate

Filters = dict[str, tuple[str, ...]]

_CIVIL_DATE: TypeAdapter[date] = TypeAdapter(CivilDate)

ValidOn = Annotated[
    CivilDate | None,
    Query(description="Civil date to count, YYYY-MM-DD; today by default 统计日期"),
]
EditionParameter = Annotated[
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
    raise InvalidRequest(Violation("/hierarchy", "unknown_hierarchy", hierarchy))


HierarchyParameter = Annotated[Hierarchy, Depends(asked_hierarchy)]


def split(values: list[str] | None) -> tuple[str, ...]:
    """Values given repeatedly, joined by commas, or both; empty ones are left out."""
    return tuple(
        value.strip() for joined in values or () for value in joined.split(",") if value.strip()
    )


def _filters() -> Callable[..., Coroutine[Any, Any, Filters]]:
    """A dependency with one query parameter per dimension: adding a dimension adds its filter."""

    async def filters(**requested: list[str] | None) -> Filters:
        values = {name: split(parts) for name, parts in requested.items()}
        return {name: it for name, it in values.items() if it}

    filters.__signature__ = inspect.Signature(  # type: ignore[attr-defined]
        [_parameter(name) for name in FILTERS]
    )
    return filters


def _parameter(name: str) -> inspect.Parameter:
    dimension = DIMENSIONS.get(name)
    if name == UNDER_BODY:
        description = (
            "Bodies: what they or those beneath them supervise on the day 管理主体及其下级"
        )
    elif dimension is None:
        description = "Areas of any level: what lies in them 区划（含下级）"
    elif dimension.codes:
        description = "One of 可选: " + ", ".join((*dimension.codes, "unassigned"))
    else:
        description = "Only these; `unassigned` for the unknown 仅统计所列"
    return inspect.Parameter(
        name,
        inspect.Parameter.KEYWORD_ONLY,
        default=None,
        annotation=Annotated[list[str] | None, Query(description=description)],
    )


coverage_filters = _filters()
"""The filters of a request, by dimension."""

FiltersParameter = Annotated[Filters, Depends(coverage_filters)]
IndicatorParameter = Annotated[str, Query(description="Id of an indicator 指标编号")]


async def coverage_request(
    caller: ReadingCaller,
    filters: FiltersParameter,
    hierarchy: HierarchyParameter,
    indicator: IndicatorParameter,
    group_by: GroupBy = None,
    valid_on: ValidOn = None,
    edition: EditionParameter = None,
) -> CoverageRequest:
    """The question as it came in, limited to the caller's areas."""
    keys = split(group_by)
    return CoverageRequest(indicator, keys, filters, valid_on, edition, caller.areas, hierarchy)
