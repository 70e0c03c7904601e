"""Route of decisions for facts in the request."""

from typing import Annotated

import orjson
from fastapi import APIRouter, Response

from jurisdiction_router.decisions.decide import DecideOrganization
from jurisdiction_router.decisions.schemas import Decision, Decisions, Question, Questions
from jurisdiction_router.dependencies import JSON, Reader
from servicekit.errors import MalformedJson, PayloadTooLarge, responses
from servicekit.http import USUAL, provided

router = APIRouter(tags=["decisions"])

Decide = Annotated[DecideOrganization, provided(DecideOrganization)]


@router.post(
    "/v1/decisions",
    operation_id="decide",
    summary="Decide for given facts 按所给事实判断",
    response_model=Decision,
    responses=responses(USUAL, DecideOrganization, MalformedJson, PayloadTooLarge),
)
async def decide(caller: Reader, decision: Decide, body: Question) -> Response:
    """Who would supervise such an organization, with the trace, the clause and what would flip it.

    With facts missing: the answers still open, and the facts that would decide. Where only the
    street is missing, what each street of the registration authority's territory would give.
    """
    state = body.organization.model_dump(mode="json", exclude_unset=True)
    document = await decision(state, body.valid_on)
    return Response(orjson.dumps(document), media_type=JSON)


@router.post(
    "/v1/decisions/batch",
    operation_id="decide_many",
    summary="Decide for many 批量判断",
    response_model=Decisions,
    responses=responses(USUAL, MalformedJson, PayloadTooLarge),
)
async def decide_many(caller: Reader, decision: Decide, body: Questions) -> Response:
    """Who would supervise each of up to 1,000 organizations; equal facts are decided once."""
    states = [o.model_dump(mode="json", exclude_unset=True) for o in body.organizations]
    documents = await decision.many(states, body.valid_on, trace=body.trace)
    return Response(orjson.dumps(documents), media_type=JSON)
