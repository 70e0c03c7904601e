"""Answer why an indicator differs: the contributions, or who made them, with the receipt."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import orjson
import polars as pl

from metrics_api.answers.answer import Answer
from metrics_api.answers.documents import tally
from metrics_api.answers.links import Links
from metrics_api.answers.receipt import IssueReceipt
from metrics_api.answers.tables import TableLayout
from metrics_api.counting.comparison_count import CHANGES, Change
from metrics_api.counting.request import pinned_hierarchy
from metrics_api.coverage.comparison.compare import (
    ChangedMember,
    CompareCoverage,
    ComparisonRequest,
    ComparisonResult,
    Sides,
)
from metrics_api.coverage.comparison.schemas import ChangedOrganizations, Comparison
from metrics_api.coverage.members.answer import member_document
from metrics_api.settings import MetricsSettings
from servicekit.errors import Text, read_texts, refuses


@dataclass(frozen=True, slots=True)
class ChangedRequest:
    """A page of the organizations with one `change`."""

    comparison: ComparisonRequest
    change: Change
    limit: int
    cursor: str | None


class AnswerComparison:
    """Compares, and says what the comparison rests on."""

    def __init__(
        self, compare: CompareCoverage, issue_receipt: IssueReceipt, settings: MetricsSettings
    ) -> None:
        self._compare = compare
        self._issue_receipt = issue_receipt
        self._settings = settings

    @refuses(CompareCoverage.answer)
    async def __call__(self, request: ComparisonRequest) -> Answer:
        """Both counts, and what makes them differ."""
        result = await self._compare.answer(request)
        count = result.count
        whole, difference = count.denominator, count.difference
        relative = None if difference is None or not whole else round(difference / whole, 6)
        document = {
            **_compared(request, result.sides),
            "is_share": count.before.is_share,
            "divisors": count.before.divisors._asdict(),
            "before": tally(count.before),
            "after": tally(count.after),
            "difference": relative,
            "difference_numerator": difference,
            "denominator": whole,
            "parts": orjson.Fragment(_parts(result)),
        }
        return self._answer(request, result.sides, document, TableLayout(Comparison, "parts"))

    @refuses(CompareCoverage.changed)
    async def changed(self, request: ChangedRequest) -> Answer:
        """A page of those who differ."""
        comparison = request.comparison
        page = await self._compare.changed(
            comparison, request.change, request.cursor, request.limit
        )
        after = page.sides.after
        links = Links(self._settings, after.query.valid_on, after.edition)
        document = {
            **_compared(comparison, page.sides),
            "change": request.change,
            "items": [_changed(member, page.sides, links) for member in page.members],
            "next_cursor": page.next_cursor,
            "count": page.count,
        }
        layout = TableLayout(ChangedOrganizations, "items")
        return self._answer(comparison, page.sides, document, layout)

    def _answer(
        self,
        request: ComparisonRequest,
        sides: Sides,
        document: Mapping[str, Any],
        layout: TableLayout,
    ) -> Answer:
        days = [side.query.valid_on for side in (sides.before, sides.after)]
        counted = request.before
        receipt = self._issue_receipt(sides.after.edition, days, [counted.indicator], counted.areas)
        pinned = {"to": days[1], **pinned_hierarchy(sides.after.hierarchy_on)}
        return Answer(document, layout, receipt, pinned)


def _compared(request: ComparisonRequest, sides: Sides) -> dict[str, Any]:
    """The members that both documents begin with."""
    return {
        "indicator": request.before.indicator,
        "from": sides.before.query.valid_on,
        "to": sides.after.query.valid_on,
        "hierarchy_on": sides.after.hierarchy_on,
    }


def _meanings(*, in_sums: bool) -> dict[Change, Text]:
    """Each change in words; `in_sums`: of a ratio of sums."""
    texts = read_texts("metrics_api", "comparison")
    return {
        change: texts.get(f"{change}_in_sums", texts[change]) if in_sums else texts[change]
        for change in CHANGES
    }


def _parts(result: ComparisonResult) -> str:
    """The parts from the frame to text."""
    group_by = result.sides.after.query.group_by
    change = pl.col("change")
    meanings = _meanings(in_sums=not result.count.before.is_share)
    meaning = [
        change.replace_strict({c: getattr(m, language) for c, m in meanings.items()}).alias(
            language
        )
        for language in ("zh", "en")
    ]
    columns = [change, pl.struct(meaning).alias("meaning")]
    if group_by:
        columns.insert(0, pl.struct(group_by).alias("by"))
    if result.labels:
        labels = [pl.lit(series).alias(name) for name, series in result.labels.items()]
        columns.append(pl.struct(labels).alias("labels"))
    figures = result.count.parts.select(pl.exclude(*group_by, "change", "order")).columns
    return result.count.parts.select(*columns, *figures).write_json()


def _changed(changed: ChangedMember, sides: Sides, links: Links) -> dict[str, Any]:
    """An organization as it is on the later side on which it is asked about."""
    shown = {
        name: member_document(member, side, links) if member else None
        for name, member, side in (
            ("before", changed.before, sides.before),
            ("after", changed.after, sides.after),
        )
    }
    latest = shown["after"] or shown["before"]
    assert latest is not None
    document = {k: v for k, v in latest.items() if k not in ("counted", "facts", "since")}
    for name, side in shown.items():
        document[f"counted_{name}"] = side and side["counted"]
        document[f"facts_{name}"] = side["facts"] if side else []
    return document
