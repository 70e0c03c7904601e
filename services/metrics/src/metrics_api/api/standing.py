"""`GET /v1/organizations/{id}/standing`: why one organization counts, or does not."""

from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Path, Request, Response

from metrics_api.api.answer_tables import Sheet
from metrics_api.api.answers import ANSWER_FORMS, Answering
from metrics_api.api.coverage import READ_PROBLEMS
from metrics_api.api.parameters import AtEdition, ReadingCaller, ValidOn
from metrics_api.api.schemas import Standing
from metrics_api.usecases.issue_receipt import IssueReceipt
from metrics_api.usecases.tell_standing import IndicatorStanding, TellStanding
from servicekit.errors import NOT_FOUND, responses


def standing_router() -> APIRouter:
    """The route of the standing."""
    router = APIRouter(tags=["coverage"])

    @router.get(
        "/v1/organizations/{organization_id}/standing",
        operation_id="read_standing",
        summary="One organization in every indicator 单个组织的计数情况",
        response_model=Standing,
        responses={**ANSWER_FORMS, **responses(*READ_PROBLEMS, NOT_FOUND)},
    )
    async def standing(
        request: Request,
        answering: Answering,
        caller: ReadingCaller,
        organization_id: Annotated[UUID, Path(description="Id in the registry 编号")],
        valid_on: ValidOn = None,
        edition: AtEdition = None,
    ) -> Response:
        """Each indicator: whether it asks about the organization, counts it, and by which facts."""
        tell: TellStanding = request.app.state.tell_standing
        answer = await tell.answer(organization_id, valid_on, edition, caller.areas)
        document = {
            "id": str(organization_id),
            "name": answer.name,
            "code": answer.code,
            "valid_on": answer.valid_on,
            "indicators": [_document(standing) for standing in answer.indicators],
        }
        issue: IssueReceipt = request.app.state.issue_receipt
        counted = [standing.indicator.id for standing in answer.indicators]
        receipt = issue(answer.edition, [answer.valid_on], counted, caller.areas)
        pinned = {"valid_on": answer.valid_on}
        return answering.answer(receipt, document, pinned, Sheet(Standing, "indicators.facts"))

    return router


def _document(standing: IndicatorStanding) -> dict[str, Any]:
    title = standing.indicator.title
    return {
        "indicator": standing.indicator.id,
        "title": {"zh": title.zh, "en": title.en},
        "asked": standing.asked,
        "counted": standing.counted,
        "adds": standing.adds
        and {"numerator": str(standing.adds[0]), "denominator": str(standing.adds[1])},
        "facts": [
            {"field": fact.column, "value": fact.value, "since": fact.since}
            for fact in standing.facts
        ],
    }
