"""Routes of restructurings: plan, look, apply."""

from typing import Annotated
from uuid import UUID

import orjson
from fastapi import APIRouter, Path, Response

from jurisdiction_router.dependencies import JSON, AcceptHoles, Approver, Reader, Writer, answered
from jurisdiction_router.restructurings.apply import ApplyRestructuring
from jurisdiction_router.restructurings.draft import DraftRestructuring
from jurisdiction_router.restructurings.read import ReadRestructurings
from jurisdiction_router.restructurings.schemas import (
    ApplicationIn,
    Restructuring,
    RestructuringApplied,
    RestructuringIn,
    RestructuringPage,
)
from servicekit.errors import (
    MalformedJson,
    PayloadTooLarge,
    responses,
)
from servicekit.http import USUAL, CursorText, Limit, etag, provided
from servicekit.ledger import Guarded, Unguarded

router = APIRouter(tags=["restructurings"])

Draft = Annotated[DraftRestructuring, provided(DraftRestructuring)]
Apply = Annotated[ApplyRestructuring, provided(ApplyRestructuring)]
Read = Annotated[ReadRestructurings, provided(ReadRestructurings)]
Identifier = Annotated[UUID, Path(description="编号")]


@router.post(
    "/v1/restructurings",
    operation_id="draft_restructuring",
    summary="Plan a restructuring, as a dry run 拟订调整",
    status_code=201,
    response_model=Restructuring,
    responses=responses(USUAL, DraftRestructuring, MalformedJson, PayloadTooLarge),
)  # fmt: skip
async def draft_restructuring(
    caller: Writer, draft: Draft, body: RestructuringIn, attempt: Unguarded
) -> Response:
    """Nothing changes yet: `plan` names every successor, `impact` will list everyone who moves.

    `holes` are where rule sets in force or due would be left without an answer.
    """
    return answered(await draft(caller, body.model_dump(mode="json"), attempt))


@router.get(
    "/v1/restructurings",
    operation_id="list_restructurings",
    summary="List restructurings 查询调整",
    response_model=RestructuringPage,
    responses=responses(USUAL, ReadRestructurings.page),
)
async def list_restructurings(
    caller: Reader, read: Read, limit: Limit = 100, cursor: CursorText = None
) -> Response:
    """Those that touch the caller's areas, in the order of their making."""
    return Response(await read.page(caller, cursor, limit), media_type=JSON)


@router.get(
    "/v1/restructurings/{restructuring_id}",
    operation_id="get_restructuring",
    summary="Read a restructuring 读取调整",
    response_model=Restructuring,
    responses=responses(USUAL, ReadRestructurings.one),
)
async def get_restructuring(caller: Reader, read: Read, restructuring_id: Identifier) -> Response:
    """One restructuring with its plan."""
    row = await read.one(caller, restructuring_id)
    body = orjson.dumps(row.document)
    return Response(body, headers={"etag": etag(row.revision)}, media_type=JSON)


@router.post(
    "/v1/restructurings/{restructuring_id}/comparison",
    operation_id="compare_restructuring",
    summary="Plan a restructuring anew 重新试算",
    response_model=Restructuring,
    responses=responses(USUAL, DraftRestructuring.replan, PayloadTooLarge),
)  # fmt: skip
async def compare_restructuring(
    caller: Writer, draft: Draft, restructuring_id: Identifier, attempt: Guarded
) -> Response:
    """The dry run again, over directory and register as they are now: another impact."""
    return answered(await draft.replan(caller, restructuring_id, attempt))


@router.post(
    "/v1/restructurings/{restructuring_id}/application",
    operation_id="apply_restructuring",
    summary="Apply a restructuring 实施调整",
    response_model=RestructuringApplied,
    responses={
        202: {"model": RestructuringApplied, "description": "A job reassesses 由任务重新判断"},
        **responses(USUAL, ApplyRestructuring, MalformedJson, PayloadTooLarge),
    },
)  # fmt: skip
async def apply_restructuring(
    caller: Approver,
    apply: Apply,
    restructuring_id: Identifier,
    body: ApplicationIn,
    attempt: Guarded,
    accept_holes: AcceptHoles = False,
) -> Response:
    """Areas, successors, bodies and the reassessment, in one transaction, as the dry run showed.

    `digest` is that of the impact you have read. If the directory or the register has changed so
    that something else would happen, nothing does, and the difference is told: compare it anew,
    look, and apply it then. Holes that it would leave in rule sets have to be accepted.
    """
    return answered(
        await apply(caller, restructuring_id, body.digest, attempt, accept_holes=accept_holes)
    )
