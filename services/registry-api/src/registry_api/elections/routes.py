"""Routes of leadership elections and the review of their candidates."""

from typing import Annotated

from fastapi import APIRouter, Response

from registry_api.core.life_events.elections import (
    CandidateReviewed,
    CandidateWithdrawn,
    ElectionCancelled,
    ElectionCompleted,
    ElectionOpened,
)
from registry_api.dependencies import BODY, OrganizationId, Writer
from registry_api.elections.hold import HoldElection
from registry_api.elections.schemas import CandidateOut, Candidates
from registry_api.life_events.answer import event_response
from registry_api.life_events.schemas import OrganizationAfterEvent
from servicekit.errors import responses
from servicekit.http import USUAL, provided
from servicekit.ledger import Guarded

PATH = "/v1/organizations/{organization_id}/leadership-elections"

router = APIRouter(tags=["life events"])

_Election = Annotated[HoldElection, provided(HoldElection)]


@router.post(
    PATH,
    operation_id="open_leadership_election",
    summary="Open a leadership election 启动换届",
    response_model=OrganizationAfterEvent,
    responses=responses(USUAL, BODY, HoldElection.open),
)
async def open_leadership_election(
    caller: Writer,
    election: _Election,
    attempt: Guarded,
    organization_id: OrganizationId,
    body: ElectionOpened,
) -> Response:
    """Name the candidates; each of them needs a passed review before the election can complete.

    The outcome has the `election_id` and the `candidates` with their ids.
    """
    return event_response(await election.open(caller, organization_id, body, attempt))


@router.post(
    f"{PATH}/reviews",
    operation_id="review_candidate",
    summary="Review a candidate 负责人审核",
    response_model=OrganizationAfterEvent,
    responses=responses(USUAL, BODY, HoldElection.review),
)
async def review_candidate(
    caller: Writer,
    election: _Election,
    attempt: Guarded,
    organization_id: OrganizationId,
    body: CandidateReviewed,
) -> Response:
    """Record what the review of a candidate of the open election said."""
    return event_response(await election.review(caller, organization_id, body, attempt))


@router.post(
    f"{PATH}/withdrawals",
    operation_id="withdraw_candidate",
    summary="A candidate withdraws or is replaced 候选人退出或更换",
    response_model=OrganizationAfterEvent,
    responses=responses(USUAL, BODY, HoldElection.withdraw),
)
async def withdraw_candidate(
    caller: Writer,
    election: _Election,
    attempt: Guarded,
    organization_id: OrganizationId,
    body: CandidateWithdrawn,
) -> Response:
    """Who has withdrawn does not stand in the way any more.

    `replaced_by` has yet to be reviewed, and is listed with an id in the outcome.
    """
    return event_response(await election.withdraw(caller, organization_id, body, attempt))


@router.post(
    f"{PATH}/completion",
    operation_id="complete_leadership_election",
    summary="Complete a leadership election 完成换届",
    response_model=OrganizationAfterEvent,
    responses=responses(USUAL, BODY, HoldElection.complete),
)
async def complete_leadership_election(
    caller: Writer,
    election: _Election,
    attempt: Guarded,
    organization_id: OrganizationId,
    body: ElectionCompleted,
) -> Response:
    """Complete the open election.

    Refused unless every candidate has a passed review by that day, whenever it was recorded.
    """
    return event_response(await election.complete(caller, organization_id, body, attempt))


@router.post(
    f"{PATH}/cancellation",
    operation_id="cancel_leadership_election",
    summary="Give a leadership election up 取消换届",
    response_model=OrganizationAfterEvent,
    responses=responses(USUAL, BODY, HoldElection.cancel),
)
async def cancel_leadership_election(
    caller: Writer,
    election: _Election,
    attempt: Guarded,
    organization_id: OrganizationId,
    body: ElectionCancelled,
) -> Response:
    """Give the open election up, whatever its reviews said; another one can be opened."""
    return event_response(await election.cancel(caller, organization_id, body, attempt))


@router.get(
    f"{PATH}/candidates",
    operation_id="list_candidates",
    summary="Candidates with their names 候选人名单（受限）",
    response_model=Candidates,
    responses=responses(USUAL, HoldElection.read_candidates),
)
async def list_candidates(
    caller: Writer, election: _Election, organization_id: OrganizationId
) -> Candidates:
    """The candidates of the latest election. Needs registry:write; each read leaves an entry."""
    candidates = await election.read_candidates(caller, organization_id)
    return Candidates(
        items=[
            CandidateOut(
                id=reviewed.candidate.id,
                post=reviewed.candidate.post,
                name=reviewed.name,
                result=reviewed.result,
                reviewed_on=reviewed.reviewed_on,
            )
            for reviewed in candidates
        ]
    )
