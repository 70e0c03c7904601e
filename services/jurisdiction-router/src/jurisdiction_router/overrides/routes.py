"""Routes of designations, overrides and disputes."""

from datetime import date
from typing import Annotated, Any, Literal
from uuid import UUID

import orjson
from fastapi import APIRouter, Path, Query, Response

from jurisdiction_router.core.deciding.designation import Replaced
from jurisdiction_router.dependencies import (
    JSON,
    Approver,
    AreaPrefixes,
    Code,
    Reader,
    Writer,
    answered,
)
from jurisdiction_router.overrides.change import ChangeOverride
from jurisdiction_router.overrides.designate import DesignateBody, Designation
from jurisdiction_router.overrides.dispute import DisputeAssignment
from jurisdiction_router.overrides.read import ReadOverrides
from jurisdiction_router.overrides.schemas import (
    DesignationIn,
    Dispute,
    DisputeIn,
    DisputePage,
    DisputeRecorded,
    DisputeWithdrawalIn,
    ExpiryIn,
    Override,
    OverridePage,
    OverrideRecorded,
)
from servicekit.errors import (
    MalformedJson,
    PayloadTooLarge,
    responses,
)
from servicekit.http import USUAL, CursorText, IfMatch, Limit, ValidOn, etag, provided
from servicekit.ledger import Guarded, Unguarded
from servicekit.time import CivilDate

router = APIRouter(tags=["overrides"])

Designate = Annotated[DesignateBody, provided(DesignateBody)]
Read = Annotated[ReadOverrides, provided(ReadOverrides)]
Change = Annotated[ChangeOverride, provided(ChangeOverride)]
Disputes = Annotated[DisputeAssignment, provided(DisputeAssignment)]

Identifier = Annotated[UUID, Path(description="编号")]
BodyIds = Annotated[list[Code] | None, Query(description="党组织")]


@router.post(
    "/v1/assignments/{organization_id}/designation",
    operation_id="designate_body",
    summary="Designate who supervises 指定归口",
    status_code=201,
    response_model=OverrideRecorded,
    responses=responses(USUAL, DesignateBody, MalformedJson, PayloadTooLarge),
)
async def designate_body(
    caller: Approver,
    designate: Designate,
    organization_id: Annotated[UUID, Path(description="社会组织编号")],
    body: DesignationIn,
    attempt: Guarded,
) -> Response:
    """Settle what needs decision, or overrule the rules, until it expires; settles a dispute.

    If-Match is the ETag of the assignment that was read. An override in force when this one
    begins ends there.
    """
    members = body.model_dump(exclude={"replaces"})
    replaces = Replaced(**body.replaces.model_dump()) if body.replaces else None
    designation = Designation(**members, replaces=replaces)
    return answered(await designate(caller, organization_id, designation, attempt))


@router.get(
    "/v1/overrides",
    operation_id="list_overrides",
    summary="List overrides 查询指定",
    response_model=OverridePage,
    responses=responses(USUAL, ReadOverrides.page),
)
async def list_overrides(
    caller: Reader,
    read: Read,
    organization_id: Annotated[UUID | None, Query(description="社会组织编号")] = None,
    body_id: BodyIds = None,
    standing: Annotated[
        Literal["upcoming", "in_force", "ended", "withdrawn", "lapsed"] | None,
        Query(description="状态"),
    ] = None,
    flag: Annotated[
        Literal["override_redundant", "override_contradicted"] | None, Query(description="标记")
    ] = None,
    ends_before: Annotated[CivilDate | None, Query(description="截止日早于")] = None,
    area: AreaPrefixes = None,
    valid_on: ValidOn = None,
    limit: Limit = 100,
    cursor: CursorText = None,
) -> Response:
    """Overrides that meet all filters, as they stand on the day, in the order of their making."""
    filters = {
        "organization_id": organization_id, "body_id": body_id, "standing": standing,
        "flag": flag, "ends_before": ends_before, "areas": _patterns(area),
    }  # fmt: skip
    return await _page(read, caller, "overrides", filters, valid_on, cursor, limit)


@router.get(
    "/v1/overrides/{override_id}",
    operation_id="get_override",
    summary="Read an override 读取指定",
    response_model=Override,
    responses=responses(USUAL, ReadOverrides.one),
)
async def get_override(caller: Reader, read: Read, override_id: Identifier) -> Response:
    """One override, as it stands today."""
    return _one(await read.one(caller, "overrides", override_id))


@router.patch(
    "/v1/overrides/{override_id}",
    operation_id="change_override",
    summary="Change when it expires 变更指定期限",
    response_model=OverrideRecorded,
    responses=responses(USUAL, ChangeOverride, MalformedJson, PayloadTooLarge),
)
async def change_override(
    caller: Approver,
    change: Change,
    override_id: Identifier,
    body: ExpiryIn,
    if_match: IfMatch = None,
) -> Response:
    """Sooner, later, or on the day it began; the organization is assessed again."""
    override = await change(caller, override_id, body.valid_until, body.reason, if_match)
    return _one(orjson.dumps(override.document).decode())


@router.post(
    "/v1/disputes",
    operation_id="open_dispute",
    summary='Say "not ours" 提出归口异议',
    status_code=201,
    response_model=Dispute,
    responses=responses(USUAL, DisputeAssignment.open, MalformedJson, PayloadTooLarge),
)
async def open_dispute(
    caller: Writer, disputes: Disputes, body: DisputeIn, attempt: Unguarded
) -> Response:
    """The body that supervises an organization today denies it; a designation settles it.

    Until then the assignment stands. `due_on` follows from a dated parameter.
    """
    return answered(
        await disputes.open(caller, body.organization_id, body.body_id, body.reason, attempt)
    )


@router.get(
    "/v1/disputes",
    operation_id="list_disputes",
    summary="List disputes 查询争议",
    response_model=DisputePage,
    responses=responses(USUAL, ReadOverrides.page),
)
async def list_disputes(
    caller: Reader,
    read: Read,
    organization_id: Annotated[UUID | None, Query(description="社会组织编号")] = None,
    body_id: BodyIds = None,
    state: Annotated[
        Literal["open", "settled", "withdrawn"] | None, Query(description="状态")
    ] = None,
    overdue: Annotated[bool | None, Query(description="Open and past its day 是否逾期")] = None,
    area: AreaPrefixes = None,
    limit: Limit = 100,
    cursor: CursorText = None,
) -> Response:
    """Disputes that meet all filters, in the order in which they were raised."""
    filters = {
        "organization_id": organization_id, "body_id": body_id, "state": state,
        "overdue": overdue, "areas": _patterns(area),
    }  # fmt: skip
    return await _page(read, caller, "disputes", filters, None, cursor, limit)


@router.get(
    "/v1/disputes/{dispute_id}",
    operation_id="get_dispute",
    summary="Read a dispute 读取争议",
    response_model=Dispute,
    responses=responses(USUAL, ReadOverrides.one),
)
async def get_dispute(caller: Reader, read: Read, dispute_id: Identifier) -> Response:
    """One dispute and its clock."""
    return _one(await read.one(caller, "disputes", dispute_id))


@router.post(
    "/v1/disputes/{dispute_id}/withdrawal",
    operation_id="withdraw_dispute",
    summary="Withdraw a dispute 撤回异议",
    response_model=DisputeRecorded,
    responses=responses(USUAL, DisputeAssignment.withdraw, MalformedJson, PayloadTooLarge),
)
async def withdraw_dispute(
    caller: Writer,
    disputes: Disputes,
    dispute_id: Identifier,
    body: DisputeWithdrawalIn,
    attempt: Guarded,
) -> Response:
    """The body takes its objection back; the assignment stands."""
    return answered(await disputes.withdraw(caller, dispute_id, body.reason, attempt))


def _patterns(area: list[str] | None) -> list[str] | None:
    return None if area is None else [f"{prefix}%" for prefix in area]


def _one(document: str) -> Response:
    revision = orjson.loads(document)["revision"]
    return Response(document, headers={"etag": etag(revision)}, media_type=JSON)


async def _page(
    read: Read,
    caller: Any,
    what: Literal["overrides", "disputes"],
    filters: dict[str, Any],
    valid_on: date | None,
    cursor: str | None,
    limit: int,
) -> Response:
    requested = {name: value for name, value in filters.items() if value is not None}
    page = await read.page(caller, what, requested, valid_on, cursor, limit)
    return Response(page, media_type=JSON)
