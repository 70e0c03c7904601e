"""`GET /v1/coverage`: any indicator by any dimensions, on any day, at any edition."""

from typing import Annotated, Any

import orjson
import polars as pl
from fastapi import APIRouter, Depends, Request, Response

from metrics_api.api.errors import PARAMETER_UNDEFINED, TOO_MANY_GROUPS
from metrics_api.api.parameters import coverage_request
from metrics_api.api.schemas import Coverage
from metrics_api.domain.indicators import Tally
from metrics_api.storage.editions import Edition
from metrics_api.usecases.count_coverage import CountCoverage, CoverageAnswer
from metrics_api.usecases.coverage_request import CoverageRequest
from servicekit.problems import responses
from servicekit.standard_problems import (
    FORBIDDEN,
    INVALID_REQUEST,
    UNAUTHORIZED,
    UNKNOWN_PARAMETER,
)

READ_PROBLEMS = (UNAUTHORIZED, FORBIDDEN, UNKNOWN_PARAMETER, INVALID_REQUEST)


def coverage_router() -> APIRouter:
    """The route of coverage."""
    router = APIRouter(tags=["coverage"])

    @router.get(
        "/v1/coverage",
        operation_id="count_coverage",
        summary="Count coverage 统计覆盖情况",
        response_model=Coverage,
        responses=responses(*READ_PROBLEMS, PARAMETER_UNDEFINED, TOO_MANY_GROUPS),
    )
    async def coverage(
        request: Request, asked: Annotated[CoverageRequest, Depends(coverage_request)]
    ) -> Response:
        """The whole and its parts. The same request at the same edition answers the same bytes.

        A caller limited to areas counts the organizations in them.
        """
        count: CountCoverage = request.app.state.count_coverage
        answer = await count.answer(asked)
        return Response(coverage_bytes(answer, asked.group_by), media_type="application/json")

    return router


def coverage_bytes(answer: CoverageAnswer, group_by: tuple[str, ...]) -> bytes:
    """The answer as JSON; groups go from the frame to text without becoming Python objects."""
    return orjson.dumps(
        {
            "indicator": answer.indicator,
            "valid_on": answer.valid_on,
            "edition": answer.edition.number,
            "positions": positions(answer.edition),
            "total": tally(answer.count.total),
            "groups": orjson.Fragment(_groups(answer, group_by)),
        }
    )


def tally(counted: Tally) -> dict[str, Any]:
    """A tally as answers show it."""
    return {
        "numerator": counted.numerator,
        "denominator": counted.denominator,
        "rate": counted.rate,
    }


def positions(edition: Edition) -> dict[str, int]:
    """The ledger positions that an edition includes."""
    return {"registry": edition.registry_position, "router": edition.router_position}


def _groups(answer: CoverageAnswer, group_by: tuple[str, ...]) -> str:
    if not group_by:
        return "[]"
    columns: list[pl.Expr] = [pl.struct(group_by).alias("by")]
    columns += [pl.col("numerator"), pl.col("denominator"), pl.col("rate")]
    if answer.labels:
        labels = [pl.lit(series).alias(name) for name, series in answer.labels.items()]
        columns.append(pl.struct(labels).alias("labels"))
    return answer.count.groups.select(columns).write_json()
