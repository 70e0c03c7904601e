"""Answer how far an indicator is covered: the count as a document, with its receipt."""

from typing import Any, ClassVar

import orjson
import polars as pl

from metrics_api.answers.answer import Answer
from metrics_api.answers.documents import tally
from metrics_api.answers.receipt import IssueReceipt
from metrics_api.answers.tables import TableLayout
from metrics_api.counting.request import CoverageRequest, pinned_hierarchy
from metrics_api.coverage.count import CountCoverage, CoverageResult
from metrics_api.coverage.schemas import Coverage


class AnswerCoverage:
    """Counts, and says what the count rests on."""

    refusals: ClassVar = (CountCoverage,)

    def __init__(self, count: CountCoverage, issue_receipt: IssueReceipt) -> None:
        self._count = count
        self._issue_receipt = issue_receipt

    async def __call__(self, request: CoverageRequest) -> Answer:
        """The answer to `request`."""
        result = await self._count.answer(request)
        receipt = self._issue_receipt(
            result.edition, [result.valid_on], [result.indicator], request.areas
        )
        pinned = {"valid_on": result.valid_on, **pinned_hierarchy(result.hierarchy_on)}
        return Answer(
            _document(result, request.group_by), TableLayout(Coverage, "groups"), receipt, pinned
        )


def _document(result: CoverageResult, group_by: tuple[str, ...]) -> dict[str, Any]:
    """The count; groups go from the frame to text without becoming Python objects."""
    return {
        "indicator": result.indicator,
        "valid_on": result.valid_on,
        "hierarchy_on": result.hierarchy_on,
        "is_share": result.count.total.is_share,
        "divisors": result.count.total.divisors._asdict(),
        "total": tally(result.count.total),
        "groups": orjson.Fragment(_groups(result, group_by)),
    }


def _groups(result: CoverageResult, group_by: tuple[str, ...]) -> str:
    if not group_by:
        return "[]"
    columns: list[pl.Expr] = [pl.struct(group_by).alias("by")]
    columns += [pl.col("numerator"), pl.col("denominator"), pl.col("rate")]
    if result.labels:
        labels = [pl.lit(series).alias(name) for name, series in result.labels.items()]
        columns.append(pl.struct(labels).alias("labels"))
    return result.count.groups.select(columns).write_json()
