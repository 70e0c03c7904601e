"""Answer how indicators went: their series as a document, with its receipt."""

from collections.abc import Iterable
from typing import Any, ClassVar

import orjson
import polars as pl

from metrics_api.answers.answer import Answer
from metrics_api.answers.receipt import IssueReceipt
from metrics_api.answers.tables import TableLayout
from metrics_api.counting.request import pinned_hierarchy
from metrics_api.coverage.series.count import CountSeries, IndicatorSeries, SeriesRequest
from metrics_api.coverage.series.schemas import CoverageSeries


class AnswerSeries:
    """Counts over time, and says what the counts rest on."""

    refusals: ClassVar = (CountSeries,)

    def __init__(self, count: CountSeries, issue_receipt: IssueReceipt) -> None:
        self._count = count
        self._issue_receipt = issue_receipt

    async def __call__(self, request: SeriesRequest) -> Answer:
        """The answer to `request`."""
        result = await self._count.answer(request)
        receipt = self._issue_receipt(
            result.edition, result.days, request.indicators, request.areas
        )
        document = {
            "period": request.period,
            "from": request.first,
            "to": result.days[-1],
            "hierarchy_on": result.hierarchy_on,
            "series": orjson.Fragment(b"[%b]" % b",".join(_lines(result.series, request))),
        }
        pinned = {"to": result.days[-1], **pinned_hierarchy(result.hierarchy_on)}
        return Answer(document, TableLayout(CoverageSeries, "series.points"), receipt, pinned)


def _lines(series: Iterable[IndicatorSeries], request: SeriesRequest) -> Iterable[bytes]:
    for counted in series:
        whole: dict[str, Any] = {"indicator": counted.indicator, "by": None, "labels": None}
        whole["is_share"] = counted.whole.is_share
        whole["divisors"] = counted.whole.divisors._asdict()
        points = orjson.Fragment(counted.whole.rows.select(_shown()).write_json())
        yield orjson.dumps({**whole, "points": points})
        if counted.groups.rows.height:
            yield _groups(counted, request.group_by)[1:-1]


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
