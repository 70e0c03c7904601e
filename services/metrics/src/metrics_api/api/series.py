"""`GET /v1/coverage/series`: how indicators went, period by period."""

from collections.abc import Iterable
from typing import Annotated, Any

import orjson
import polars as pl
from fastapi import APIRouter, Depends, Request, Response

from metrics_api.api.answer_tables import Sheet
from metrics_api.api.answers import ANSWER_FORMS, Answering
from metrics_api.api.coverage import READ_PROBLEMS
from metrics_api.api.errors import FIGURES_TOO_FINE, PARAMETER_UNDEFINED, TOO_MANY_GROUPS
from metrics_api.api.parameters import pinned_hierarchy, series_request
from metrics_api.api.schemas import CoverageSeries
from metrics_api.usecases.count_series import CountSeries, IndicatorSeries, SeriesRequest
from metrics_api.usecases.issue_receipt import IssueReceipt
from servicekit.errors import responses


def series_router() -> APIRouter:
    """The route of the series."""
    router = APIRouter(tags=["coverage"])

    @router.get(
        "/v1/coverage/series",
        operation_id="count_series",
        summary="Coverage over time 时间序列",
        response_model=CoverageSeries,
        responses={
            **ANSWER_FORMS,
            **responses(*READ_PROBLEMS, PARAMETER_UNDEFINED, TOO_MANY_GROUPS, FIGURES_TOO_FINE),
        },
    )
    async def series(
        request: Request,
        answering: Answering,
        asked: Annotated[SeriesRequest, Depends(series_request)],
    ) -> Response:
        """Counts on the last day of each period between two dates, and on the last date itself.

        For each indicator first the whole, then each group, all on the same days and as known now
        (or at `edition`): a correction that came later is in every point. Areas are those of each
        day, or by `hierarchy` those of one day for all.
        """
        count: CountSeries = request.app.state.count_series
        answer = await count.answer(asked)
        issue: IssueReceipt = request.app.state.issue_receipt
        receipt = issue(answer.edition, answer.days, asked.indicators, asked.areas)
        document = {
            "period": asked.period,
            "from": asked.first,
            "to": answer.days[-1],
            "hierarchy_on": answer.hierarchy_on,
            "series": orjson.Fragment(b"[%b]" % b",".join(_documents(answer.series, asked))),
        }
        pinned = {"to": answer.days[-1], **pinned_hierarchy(answer.hierarchy_on)}
        return answering.answer(receipt, document, pinned, Sheet(CoverageSeries, "series.points"))

    return router


def _documents(series: Iterable[IndicatorSeries], asked: SeriesRequest) -> Iterable[bytes]:
    for counted in series:
        whole: dict[str, Any] = {"indicator": counted.indicator, "by": None, "labels": None}
        whole["is_share"] = counted.whole.is_share
        whole["divisors"] = counted.whole.divisors._asdict()
        points = orjson.Fragment(counted.whole.rows.select(_shown()).write_json())
        yield orjson.dumps({**whole, "points": points})
        if counted.groups.rows.height:
            yield _groups(counted, asked.group_by)[1:-1]


def _groups(counted: IndicatorSeries, group_by: tuple[str, ...]) -> bytes:
    """The groups from the frame to text, a list of documents."""
    labels = [pl.lit(names).alias(f"label:{name}") for name, names in counted.labels.items()]
    keys = [*group_by, *(f"label:{name}" for name in counted.labels)]
    grouped = (
        counted.groups.rows.with_columns(labels)
        .group_by(keys, maintain_order=True)
        .agg(pl.struct(_shown()).alias("points"))
    )
    named = [pl.col(f"label:{name}").alias(name) for name in counted.labels]
    divisors = [pl.lit(by).alias(name) for name, by in counted.groups.divisors._asdict().items()]
    columns = [
        pl.lit(counted.indicator).alias("indicator"),
        pl.struct(group_by).alias("by"),
        (pl.struct(named) if named else pl.lit(None)).alias("labels"),
        pl.lit(counted.groups.is_share).alias("is_share"),
        pl.struct(divisors).alias("divisors"),
        pl.col("points"),
    ]
    return grouped.select(columns).write_json().encode()


def _shown() -> list[pl.Expr]:
    return [pl.col("valid_on").cast(pl.String), pl.col("numerator", "denominator", "rate")]
