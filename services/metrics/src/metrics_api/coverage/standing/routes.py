"""`GET /v1/organizations/{id}/standing`: why one organization counts, or does not."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Path, Response

from metrics_api.access import ReadingCaller
from metrics_api.answers.parameters import EditionParameter, ValidOn
from metrics_api.answers.respond import ANSWER_FORMS, Respond
from metrics_api.coverage.standing.answer import AnswerStanding
from metrics_api.coverage.standing.schemas import Standing
from servicekit.errors import responses
from servicekit.http import USUAL, provided

router = APIRouter(tags=["coverage"])

Answers = Annotated[AnswerStanding, provided(AnswerStanding)]


@router.get(
    "/v1/organizations/{organization_id}/standing",
    operation_id="read_standing",
    summary="One organization in every indicator 单个组织的计数情况",
    response_model=Standing,
    responses={**ANSWER_FORMS, **responses(USUAL, AnswerStanding)},
)
async def standing(
    answer: Answers,
    respond: Respond,
    caller: ReadingCaller,
    organization_id: Annotated[UUID, Path(description="Id in the registry 编号")],
    valid_on: ValidOn = None,
    edition: EditionParameter = None,
) -> Response:
    """Each indicator: whether it asks about the organization, counts it, and by which facts."""
    return respond(await answer(organization_id, valid_on, edition, caller.areas))
