"""`GET /v1/coverage`: any indicator by any dimensions, on any day, at any edition."""

from typing import Annotated, Any

import orjson
import polars as pl
from fastapi import APIRouter, Depends, Request, Response

from metrics_api.api.answer_tables import Sheet
from metrics_api.api.answers import ANSWER_FORMS, Answering
from metrics_api.api.errors import FIGURES_TOO_FINE, PARAMETER_UNDEFINED, TOO_MANY_GROUPS
from metrics_api.api.parameters import coverage_request, pinned_hierarchy
from metrics_api.api.schemas import Coverage
from metrics_api.domain.indicators import Tally
from metrics_api.usecases.count_coverage import CountCoverage, CoverageAnswer
from metrics_api.usecases.coverage_request import CoverageRequest
from metrics_api.usecases.issue_receipt import IssueReceipt
from servicekit.errors import FORBIDDEN, INVALID_REQUEST, UNAUTHORIZED, UNKNOWN_PARAMETER, responses

READ_PROBLEMS = (UNAUTHORIZED, FORBIDDEN, UNKNOWN_PARAMETER, INVALID_REQUEST)


def coverage_router() -> APIRouter:
    """The route of coverage."""
    router = APIRouter(tags=["coverage"])

    @router.get(
        "/v1/coverage",
        operation_id="count_coverage",
        summary="Count coverage 统计覆盖情况",
        response_model=Coverage,
        responses={
            **ANSWER_FORMS,
            **responses(*READ_PROBLEMS, PARAMETER_UNDEFINED, TOO_MANY_GROUPS, FIGURES_TOO_FINE),
        },
    )
    async def coverage(
        request: Request,
        answering: Answering,
        asked: Annotated[CoverageRequest, Depends(coverage_request)],
    ) -> Response:
        """The whole and its parts. Asking `receipt.request` again answers the same bytes.

        A caller limited to areas counts the organizations in them.
        """
        count: CountCoverage = request.app.state.count_coverage
        answer = await count.answer(asked)
        issue: IssueReceipt = request.app.state.issue_receipt
        receipt = issue(answer.edition, [answer.valid_on], [answer.indicator], asked.areas)
        document = coverage_document(answer, asked.group_by)
        pinned = {"valid_on": answer.valid_on, **pinned_hierarchy(answer.hierarchy_on)}
        return answering.answer(receipt, document, pinned, Sheet(Coverage, "groups"))

    return router


def coverage_document(answer: CoverageAnswer, group_by: tuple[str, ...]) -> dict[str, Any]:
    """The answer; groups go from the frame to text without becoming Python objects."""
    return {
        "indicator": answer.indicator,
        "valid_on": answer.valid_on,
        "hierarchy_on": answer.hierarchy_on,
        "is_share": answer.count.total.is_share,
        "divisors": answer.count.total.divisors._asdict(),
        "total": tally(answer.count.total),
        "groups": orjson.Fragment(_groups(answer, group_by)),
    }


def tally(counted: Tally) -> dict[str, Any]:
    """A tally as answers show it."""
    return {
        "numerator": counted.numerator,
        "denominator": counted.denominator,
        "rate": counted.rate,
    }


def _groups(answer: CoverageAnswer, group_by: tuple[str, ...]) -> str:
    if not group_by:
        return "[]"
    columns: list[pl.Expr] = [pl.struct(group_by).alias("by")]
    columns += [pl.col("numerator"), pl.col("denominator"), pl.col("rate")]
    if answer.labels:
        labels = [pl.lit(series).alias(name) for name, series in answer.labels.items()]
        columns.append(pl.struct(labels).alias("labels"))
    return answer.count.groups.select(columns).write_json()
