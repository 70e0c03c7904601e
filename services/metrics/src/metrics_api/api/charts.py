"""`GET /v1/charts/…`: coverage as SVG, for documents."""

from typing import Annotated, Any, Literal

from fastapi import APIRouter, Depends, Query, Request, Response

from metrics_api.api.coverage import READ_PROBLEMS
from metrics_api.api.errors import FIGURES_TOO_FINE, PARAMETER_UNDEFINED, TOO_MANY_GROUPS
from metrics_api.api.parameters import (
    AskedHierarchy,
    AtEdition,
    Filters,
    ReadingCaller,
    ValidOn,
    coverage_filters,
    coverage_request,
)
from metrics_api.dashboard.drawn_charts import DrawnCharts
from metrics_api.dashboard.speech import Language
from metrics_api.dashboard.trend import Step
from metrics_api.usecases.coverage_request import CoverageRequest
from servicekit.errors import Refusal, Violation, preferred_language, responses

MOST_POINTS = 60

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


async def speaking(
    request: Request,
    lang: Annotated[
        Language | None,
        Query(description="Language of the words; else by Accept-Language 文字语言"),
    ] = None,
) -> Language:
    """The language asked for."""
    if lang is not None:
        return lang
    return "en" if preferred_language(request.headers.get("accept-language")) == "en" else "zh"


Speaking = Annotated[Language, Depends(speaking)]
AsStep = Annotated[Step, Query(description="Length of a period 时间步长")]
Points = Annotated[
    int, Query(ge=1, le=MOST_POINTS, description="Points of the line, the last on valid_on 点数")
]


def charts_router() -> APIRouter:
    """The routes of the charts."""
    router = APIRouter(tags=["coverage"])

    @router.get(
        "/v1/charts/bars.svg",
        operation_id="draw_bars",
        summary="Rates by one dimension, as SVG 分组柱状图",
        response_class=Response,
        responses={
            **SVG,
            **responses(*READ_PROBLEMS, PARAMETER_UNDEFINED, TOO_MANY_GROUPS, FIGURES_TOO_FINE),
        },
    )
    async def bars(
        request: Request,
        asked: Annotated[CoverageRequest, Depends(coverage_request)],
        language: Speaking,
    ) -> Response:
        """What `/v1/coverage` answers to the same question, drawn; `group_by` is one dimension.

        The same request at the same edition draws the same bytes. Areas and bodies keep their
        Chinese names.
        """
        if len(asked.group_by) != 1:
            broken = Violation("/group_by", "one_dimension", ",".join(asked.group_by))
            raise Refusal("invalid-request", broken)
        drawn: DrawnCharts = request.app.state.drawn_charts
        return svg(await drawn.bars(asked, language), language)

    @router.get(
        "/v1/charts/trend.svg",
        operation_id="draw_trend",
        summary="A rate over time, as SVG 走势图",
        response_class=Response,
        responses={**SVG, **responses(*READ_PROBLEMS, PARAMETER_UNDEFINED, FIGURES_TOO_FINE)},
    )
    async def trend(
        request: Request,
        caller: ReadingCaller,
        filters: Annotated[Filters, Depends(coverage_filters)],
        hierarchy: AskedHierarchy,
        language: Speaking,
        indicator: Annotated[str, Query(description="Id of an indicator 指标编号")],
        valid_on: ValidOn = None,
        edition: AtEdition = None,
        step: AsStep = "month",
        points: Points = 13,
    ) -> Response:
        """The rate at the ends of months, quarters or years, the last point on `valid_on`."""
        asked = CoverageRequest(indicator, (), filters, valid_on, edition, caller.areas, hierarchy)
        drawn: DrawnCharts = request.app.state.drawn_charts
        return svg(await drawn.trend(asked, step, points, language), language)

    return router


def svg(drawing: str, language: Literal["zh", "en"]) -> Response:
    """A drawing as an answer."""
    headers = {**SVG_HEADERS, "content-language": "en" if language == "en" else "zh-CN"}
    return Response(drawing, media_type="image/svg+xml", headers=headers)
