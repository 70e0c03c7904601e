"""`GET /v1/coverage/comparison`: two days or two areas, and which organizations differ."""

from typing import Annotated, Any

import orjson
import polars as pl
from fastapi import APIRouter, Depends, Query, Request, Response

from metrics_api.api.answer_tables import Sheet
from metrics_api.api.answers import ANSWER_FORMS, Answering, Pinned
from metrics_api.api.comparison_schemas import ChangedOrganizations, Comparison
from metrics_api.api.coverage import READ_PROBLEMS, tally
from metrics_api.api.errors import (
    FIGURES_TOO_FINE,
    PARAMETER_UNDEFINED,
    TIMELINE_REBUILT,
    TOO_MANY_GROUPS,
)
from metrics_api.api.members import member_document
from metrics_api.api.parameters import (
    AskedHierarchy,
    AskedIndicator,
    AtEdition,
    GivenFilters,
    GroupBy,
    ReadingCaller,
    pinned_hierarchy,
    split,
)
from metrics_api.counting.comparison_count import Change
from metrics_api.domain.indicators import Wording
from metrics_api.usecases.compare_coverage import (
    ChangedMember,
    CompareCoverage,
    ComparisonAnswer,
    ComparisonRequest,
    Sides,
)
from metrics_api.usecases.coverage_request import CoverageRequest
from metrics_api.usecases.issue_links import Links
from metrics_api.usecases.issue_receipt import IssueReceipt, Receipt
from servicekit.errors import INVALID_CURSOR, responses
from servicekit.http import CursorText, Limit
from servicekit.time import CivilDate

MEANINGS: dict[Change, Wording] = {
    "entered": Wording("新计入分母", "Into the denominator"),
    "left": Wording("不再计入分母", "Out of the denominator"),
    "gained": Wording("新计入分子", "Into the numerator"),
    "lost": Wording("不再计入分子", "Out of the numerator"),
}
MEANINGS_IN_SUMS: dict[Change, Wording] = {
    **MEANINGS,
    "gained": Wording("使数值上升", "Raises the figure"),
    "lost": Wording("使数值下降", "Lowers the figure"),
}
"""Those of a ratio of sums."""


async def comparison_request(
    caller: ReadingCaller,
    filters: GivenFilters,
    hierarchy: AskedHierarchy,
    indicator: AskedIndicator,
    first: Annotated[
        CivilDate, Query(alias="from", description="Day of the first count 对比起点日期")
    ],
    to: Annotated[
        CivilDate | None, Query(description="Day of the second; today by default 对比终点日期")
    ] = None,
    to_area: Annotated[
        list[str] | None,
        Query(description="Areas of the second; as in `area` by default 对比终点区划"),
    ] = None,
    edition: AtEdition = None,
) -> ComparisonRequest:
    """The comparison asked for, limited to the caller's areas on both sides."""
    asked = CoverageRequest(indicator, (), filters, first, edition, caller.areas, hierarchy)
    return ComparisonRequest(asked, to, split(to_area))


Asked = Annotated[ComparisonRequest, Depends(comparison_request)]


def comparison_router() -> APIRouter:
    """The routes of the comparison."""
    router = APIRouter(tags=["coverage"])

    @router.get(
        "/v1/coverage/comparison",
        operation_id="compare_coverage",
        summary="Compare two days or areas 对比",
        response_model=Comparison,
        responses={
            **ANSWER_FORMS,
            **responses(*READ_PROBLEMS, PARAMETER_UNDEFINED, TOO_MANY_GROUPS, FIGURES_TOO_FINE),
        },
    )
    async def comparison(
        request: Request, answering: Answering, asked: Asked, group_by: GroupBy = None
    ) -> Response:
        """Both counts, and what the organizations that entered, left, gained or lost contribute.

        `contribution_numerator` ÷ `denominator` sums to the difference of the rates exactly; who
        stayed as it was contributes nothing. Of a ratio of sums those gain who stay and raise it,
        and those lose who lower it; its counts are to be divided by `divisors`. By a dimension, an
        organization that moved from one group to another leaves the one and enters the other. Two
        areas: `area` and `to_area`.
        """
        compare: CompareCoverage = request.app.state.compare_coverage
        answer = await compare.answer(asked.by(split(group_by)))
        receipt, told, pinned = _rests_on(request, answer.sides, asked)
        count = answer.count
        whole, difference = count.denominator, count.difference
        document = {
            **told,
            "is_share": count.before.is_share,
            "divisors": count.before.divisors._asdict(),
            "before": tally(count.before),
            "after": tally(count.after),
            "difference": round(difference / whole, 6)
            if whole and difference is not None
            else None,
            "difference_numerator": difference,
            "denominator": whole,
            "parts": orjson.Fragment(_parts(answer)),
        }
        return answering.answer(receipt, document, pinned, Sheet(Comparison, "parts"))

    @router.get(
        "/v1/coverage/comparison/members",
        operation_id="list_changed_organizations",
        summary="Organizations behind a difference 变化名单",
        response_model=ChangedOrganizations,
        responses={
            **ANSWER_FORMS,
            **responses(
                *READ_PROBLEMS,
                PARAMETER_UNDEFINED,
                INVALID_CURSOR,
                TIMELINE_REBUILT,
                FIGURES_TOO_FINE,
            ),
        },
    )
    async def changed(
        request: Request,
        answering: Answering,
        asked: Asked,
        change: Annotated[Change, Query(description="Which of them 变化类型")],
        limit: Limit = 100,
        cursor: CursorText = None,
    ) -> Response:
        """Those who entered, left, gained or lost, by id, with what decides before and after."""
        compare: CompareCoverage = request.app.state.compare_coverage
        found = await compare.changed(asked, change, cursor, limit)
        receipt, told, pinned = _rests_on(request, found.sides, asked)
        after = found.sides.after
        links = Links(request.app.state.settings, after.query.valid_on, after.edition)
        document = {
            **told,
            "change": change,
            "items": [_changed(member, found.sides, links) for member in found.members],
            "next_cursor": found.next_cursor,
            "count": found.count,
        }
        return answering.answer(receipt, document, pinned, Sheet(ChangedOrganizations, "items"))

    return router


def _rests_on(
    request: Request, sides: Sides, asked: ComparisonRequest
) -> tuple[Receipt, dict[str, Any], Pinned]:
    """The receipt, the members that both answers begin with, and what was left open."""
    issue: IssueReceipt = request.app.state.issue_receipt
    days = [side.query.valid_on for side in (sides.before, sides.after)]
    indicator = asked.before.indicator
    receipt = issue(sides.after.edition, days, [indicator], asked.before.areas)
    hierarchy_on = sides.after.hierarchy_on
    told = {
        "indicator": indicator,
        "from": days[0],
        "to": days[1],
        "hierarchy_on": hierarchy_on,
    }
    return receipt, told, {"to": days[1], **pinned_hierarchy(hierarchy_on)}


def _parts(answer: ComparisonAnswer) -> str:
    """The parts from the frame to text."""
    group_by = answer.sides.after.query.group_by
    change = pl.col("change")
    meanings = MEANINGS if answer.count.before.is_share else MEANINGS_IN_SUMS
    meaning = [
        change.replace_strict({c: getattr(m, language) for c, m in meanings.items()}).alias(
            language
        )
        for language in ("zh", "en")
    ]
    columns = [change, pl.struct(meaning).alias("meaning")]
    if group_by:
        columns.insert(0, pl.struct(group_by).alias("by"))
    if answer.labels:
        labels = [pl.lit(series).alias(name) for name, series in answer.labels.items()]
        columns.append(pl.struct(labels).alias("labels"))
    figures = answer.count.parts.select(pl.exclude(*group_by, "change", "order")).columns
    return answer.count.parts.select(*columns, *figures).write_json()


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
    kept = {k: v for k, v in latest.items() if k not in ("counted", "facts", "since")}
    for name, document in shown.items():
        kept[f"counted_{name}"] = document and document["counted"]
        kept[f"facts_{name}"] = document["facts"] if document else []
    return kept
