"""`GET /v1/charts/…`: coverage as SVG, for documents."""

from typing import Annotated, Any, Literal

from fastapi import APIRouter, Depends, Query, Response

from metrics_api.access import ReadingCaller
from metrics_api.answers.parameters import (
    EditionParameter,
    Filters,
    HierarchyParameter,
    ValidOn,
    coverage_filters,
    coverage_request,
)
from metrics_api.charts.draw import DrawCharts
from metrics_api.charts.trend import Step
from metrics_api.core.formatting import Language
from metrics_api.counting.request import CoverageRequest
from servicekit.errors import InvalidRequest, Violation, responses
from servicekit.http import USUAL, provided
from servicekit.http import Language as PreferredLanguage

MAX_POINTS = 60

SVG: dict[int | str, dict[str, Any]] = {
    200: {
        "description": "The chart 图表",
        "content": {"image/svg+xml": {"schema": {"type": "string"}}},
    },
}
SVG_HEADERS = {
    "content-security-policy": "default-src 'none'",
    "x-content-type-options": "nosniff",
    "vary": "accept-language",
}


async def _language(
    accepted: PreferredLanguage,
    lang: Annotated[
        Language | None,
        Query(description="Language of the words; else by Accept-Language 文字语言"),
    ] = None,
) -> Language:
    """The language asked for."""
    return lang or ("en" if accepted == "en" else "zh")


LanguageParameter = Annotated[Language, Depends(_language)]
StepParameter = Annotated[Step, Query(description="Length of a period 时间步长")]
PointsParameter = Annotated[
    int, Query(ge=1, le=MAX_POINTS, description="Points of the line, the last on valid_on 点数")
]


router = APIRouter(tags=["coverage"])

Draw = Annotated[DrawCharts, provided(DrawCharts)]


@router.get(
    "/v1/charts/bars.svg",
    operation_id="draw_bars",
    summary="Rates by one dimension, as SVG 分组柱状图",
    response_class=Response,
    responses={
        **SVG,
        **responses(USUAL, DrawCharts.bars),
    },
)
async def bars(
    draw: Draw,
    request: Annotated[CoverageRequest, Depends(coverage_request)],
    language: LanguageParameter,
) -> Response:
    """What `/v1/coverage` answers to the same question, drawn; `group_by` is one dimension.

    The same request at the same edition draws the same bytes. Areas and bodies keep their
    Chinese names.
    """
    if len(request.group_by) != 1:
        broken = Violation("/group_by", "one_dimension", ",".join(request.group_by))
        raise InvalidRequest(broken)
    return svg(await draw.bars(request, language), language)


@router.get(
    "/v1/charts/trend.svg",
    operation_id="draw_trend",
    summary="A rate over time, as SVG 走势图",
    response_class=Response,
    responses={**SVG, **responses(USUAL, DrawCharts.trend)},
)
async def trend(
    draw: Draw,
    caller: ReadingCaller,
    filters: Annotated[Filters, Depends(coverage_filters)],
    hierarchy: HierarchyParameter,
    language: LanguageParameter,
    indicator: Annotated[str, Query(description="Id of an indicator 指标编号")],
    valid_on: ValidOn = None,
    edition: EditionParameter = None,
    step: StepParameter = "month",
    points: PointsParameter = 13,
) -> Response:
    """The rate at the ends of months, quarters or years, the last point on `valid_on`."""
    request = CoverageRequest(indicator, (), filters, valid_on, edition, caller.areas, hierarchy)
    return svg(await draw.trend(request, step, points, language), language)


def svg(drawing: str, language: Literal["zh", "en"]) -> Response:
    """A drawing as an answer."""
    headers = {**SVG_HEADERS, "content-language": "en" if language == "en" else "zh-CN"}
    return Response(drawing, media_type="image/svg+xml", headers=headers)
