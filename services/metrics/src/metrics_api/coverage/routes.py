"""`GET /v1/coverage`: any indicator by any dimensions, on any day, at any edition."""

from typing import Annotated

from fastapi import APIRouter, Depends, Response

from metrics_api.answers.parameters import coverage_request
from metrics_api.answers.respond import ANSWER_FORMS, Respond
from metrics_api.counting.request import CoverageRequest
from metrics_api.coverage.answer import AnswerCoverage
from metrics_api.coverage.schemas import Coverage
from servicekit.errors import responses
from servicekit.http import USUAL, provided

router = APIRouter(tags=["coverage"])

Answers = Annotated[AnswerCoverage, provided(AnswerCoverage)]


@router.get(
    "/v1/coverage",
    operation_id="count_coverage",
    summary="Count coverage 统计覆盖情况",
    response_model=Coverage,
    responses={
        **ANSWER_FORMS,
        **responses(USUAL, AnswerCoverage),
    },
)
async def coverage(
    answer: Answers,
    respond: Respond,
    request: Annotated[CoverageRequest, Depends(coverage_request)],
) -> Response:
    """The whole and its parts. Asking `receipt.request` again answers the same bytes.

    A caller limited to areas counts the organizations in them.
    """
    return respond(await answer(request))
