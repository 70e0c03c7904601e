"""Routes of leadership elections and the review of their candidates."""

from datetime import date
from uuid import UUID

from fastapi import APIRouter, Request, Response
from pydantic import BaseModel, Field

from registry_api.api.dependencies import USUAL, Made, OrganizationId, Writer
from registry_api.api.errors import (
    EVENT_NOT_POSSIBLE,
    NAMES_NOT_CONFIGURED,
    ORGANIZATION_VOID,
)
from registry_api.api.life_events import CHANGING, told
from registry_api.api.schemas import OrganizationAfterEvent
from registry_api.domain.elections import (
    CandidateReviewed,
    CandidateWithdrawn,
    ElectionCancelled,
    ElectionCompleted,
    ElectionOpened,
    Result,
)
from registry_api.usecases.hold_election import Attempt
from servicekit.errors import NOT_FOUND, responses
from servicekit.http import IfMatch
from servicekit.ledger import IdempotencyKey, fingerprint

PATH = "/v1/organizations/{organization_id}/leadership-elections"

router = APIRouter(tags=["life events"])


class CandidateOut(BaseModel):
    """A candidate, with the restricted name 候选人."""

    id: UUID = Field(description="候选人编号")
    post: str = Field(description="拟任职务")
    name: str | None = Field(description="姓名（受限，读取留痕）")
    result: Result = Field(description="审核结论")
    reviewed_on: date | None = Field(description="审核日期")


class Candidates(BaseModel):
    """The candidates of the latest election 候选人."""

    items: list[CandidateOut] = Field(description="候选人")


async def _attempt(request: Request, if_match: str | None, key: str | None) -> Attempt:
    return Attempt(if_match, key, fingerprint(request.url.path, await request.body()))


@router.post(
    PATH,
    operation_id="open_leadership_election",
    summary="Open a leadership election 启动换届",
    response_model=OrganizationAfterEvent,
    responses=responses(*CHANGING, EVENT_NOT_POSSIBLE, NAMES_NOT_CONFIGURED),
)
async def open_leadership_election(
    request: Request,
    caller: Writer,
    factory: Made,
    organization_id: OrganizationId,
    body: ElectionOpened,
    if_match: IfMatch = None,
    idempotency_key: IdempotencyKey = None,
) -> Response:
    """Name the candidates; each of them needs a passed review before the election can complete.

    The outcome has the `election_id` and the `candidates` with their ids.
    """
    attempt = await _attempt(request, if_match, idempotency_key)
    return told(await factory.hold_election.open(caller, organization_id, body, attempt))


@router.post(
    f"{PATH}/reviews",
    operation_id="review_candidate",
    summary="Review a candidate 负责人审核",
    response_model=OrganizationAfterEvent,
    responses=responses(*CHANGING, EVENT_NOT_POSSIBLE),
)
async def review_candidate(
    request: Request,
    caller: Writer,
    factory: Made,
    organization_id: OrganizationId,
    body: CandidateReviewed,
    if_match: IfMatch = None,
    idempotency_key: IdempotencyKey = None,
) -> Response:
    """Record what the review of a candidate of the open election said."""
    attempt = await _attempt(request, if_match, idempotency_key)
    return told(await factory.hold_election.review(caller, organization_id, body, attempt))


@router.post(
    f"{PATH}/withdrawals",
    operation_id="withdraw_candidate",
    summary="A candidate withdraws or is replaced 候选人退出或更换",
    response_model=OrganizationAfterEvent,
    responses=responses(*CHANGING, EVENT_NOT_POSSIBLE, NAMES_NOT_CONFIGURED),
)
async def withdraw_candidate(
    request: Request,
    caller: Writer,
    factory: Made,
    organization_id: OrganizationId,
    body: CandidateWithdrawn,
    if_match: IfMatch = None,
    idempotency_key: IdempotencyKey = None,
) -> Response:
    """Who has withdrawn does not stand in the way any more; `replaced_by` has yet to be reviewed,
    and is listed with an id in the outcome."""
    attempt = await _attempt(request, if_match, idempotency_key)
    return told(await factory.hold_election.withdraw(caller, organization_id, body, attempt))


@router.post(
    f"{PATH}/completion",
    operation_id="complete_leadership_election",
    summary="Complete a leadership election 完成换届",
    response_model=OrganizationAfterEvent,
    responses=responses(*CHANGING, EVENT_NOT_POSSIBLE),
)
async def complete_leadership_election(
    request: Request,
    caller: Writer,
    factory: Made,
    organization_id: OrganizationId,
    body: ElectionCompleted,
    if_match: IfMatch = None,
    idempotency_key: IdempotencyKey = None,
) -> Response:
    """Complete the open election; refused unless every candidate has a passed review by that day,
    whenever the review was recorded."""
    attempt = await _attempt(request, if_match, idempotency_key)
    return told(await factory.hold_election.complete(caller, organization_id, body, attempt))


@router.post(
    f"{PATH}/cancellation",
    operation_id="cancel_leadership_election",
    summary="Give a leadership election up 取消换届",
    response_model=OrganizationAfterEvent,
    responses=responses(*CHANGING, EVENT_NOT_POSSIBLE),
)
async def cancel_leadership_election(
    request: Request,
    caller: Writer,
    factory: Made,
    organization_id: OrganizationId,
    body: ElectionCancelled,
    if_match: IfMatch = None,
    idempotency_key: IdempotencyKey = None,
) -> Response:
    """Give the open election up, whatever its reviews said; another one can be opened."""
    attempt = await _attempt(request, if_match, idempotency_key)
    return told(await factory.hold_election.cancel(caller, organization_id, body, attempt))


@router.get(
    f"{PATH}/candidates",
    operation_id="list_candidates",
    summary="Candidates with their names 候选人名单（受限）",
    response_model=Candidates,
    responses=responses(*USUAL, NOT_FOUND, ORGANIZATION_VOID),
)
async def list_candidates(
    caller: Writer, factory: Made, organization_id: OrganizationId
) -> Candidates:
    """The candidates of the latest election. Needs registry:write; each read leaves an entry."""
    found = await factory.hold_election.read_candidates(caller, organization_id)
    return Candidates(
        items=[
            CandidateOut(
                id=reviewed.candidate.id,
                post=reviewed.candidate.post,
                name=reviewed.name,
                result=reviewed.result,
                reviewed_on=reviewed.reviewed_on,
            )
            for reviewed in found
        ]
    )
