"""Routes of what becomes of organizations: merger, split, and void."""

from typing import Annotated

from fastapi import APIRouter, Response

from registry_api.core.life_events.reorganization import Merger, Split
from registry_api.dependencies import BODY, OrganizationId, Writer
from registry_api.reorganizations.reorganize import Reorganize, plan_of_merger, plan_of_split
from registry_api.reorganizations.schemas import ReorganizationOut, VoidIn, VoidOut
from registry_api.reorganizations.void import VoidOrganization
from servicekit.errors import (
    responses,
)
from servicekit.http import USUAL, provided
from servicekit.ledger import Guarded, Unguarded

router = APIRouter(tags=["life events"])

_Reorganize = Annotated[Reorganize, provided(Reorganize)]
_Void = Annotated[VoidOrganization, provided(VoidOrganization)]


@router.post(
    "/v1/mergers",
    operation_id="merge_organizations",
    summary="Merge organizations 合并",
    response_model=ReorganizationOut,
    responses=responses(USUAL, Reorganize, BODY),
)
async def merge_organizations(
    caller: Writer,
    reorganize: _Reorganize,
    attempt: Unguarded,
    body: Merger,
) -> Response:
    """Organizations end (注销), and one goes on in their place, known (吸收合并) or new (新设合并).

    All of it happens in one transaction, or none of it: each organization's story names the
    others. A new organization passes the gates of establishment (三同步).
    """
    answer = await reorganize(caller, plan_of_merger(body), attempt)
    return answer.response()


@router.post(
    "/v1/splits",
    operation_id="split_organization",
    summary="Split an organization 分立",
    response_model=ReorganizationOut,
    responses=responses(USUAL, Reorganize, BODY),
)
async def split_organization(
    caller: Writer,
    reorganize: _Reorganize,
    attempt: Unguarded,
    body: Split,
) -> Response:
    """An organization passes over into several (新设分立), or gives parts away (派生分立).

    All of it happens in one transaction, or none of it. New organizations pass the gates of
    establishment (三同步).
    """
    answer = await reorganize(caller, plan_of_split(body), attempt)
    return answer.response()


@router.post(
    "/v1/organizations/{organization_id}/void",
    operation_id="void_organization",
    summary="Void what was entered in error 登记有误作废",
    response_model=VoidOut,
    responses=responses(USUAL, VoidOrganization, BODY),
)
async def void_organization(
    caller: Writer,
    void: _Void,
    attempt: Guarded,
    organization_id: OrganizationId,
    body: VoidIn,
) -> Response:
    """The organization never was: from now on reading it answers 410 with the reason.

    Its codes can be registered again. What was known of it before is still read with `known_at`.
    An organization that ended is deregistered, not void.
    """
    answer = await void(caller, organization_id, body.reason, attempt)
    return answer.response()
