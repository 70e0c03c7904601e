"""Routes that add or change one area or one body."""

from typing import Annotated, Any

from fastapi import APIRouter, Path, Query, Response

from jurisdiction_router.core.directory.change import DirectoryChange
from jurisdiction_router.core.refusals import DirectoryInvalid
from jurisdiction_router.dependencies import AcceptHoles, AreaCode, Writer
from jurisdiction_router.directory.requests import area_entry, body_entry
from jurisdiction_router.directory.schemas import (
    AreaIn,
    BodyIn,
    DirectoryImported,
)
from jurisdiction_router.directory_changes.change_entry import ChangeDirectoryEntry
from servicekit.errors import (
    MalformedJson,
    PayloadTooLarge,
    Violation,
    responses,
)
from servicekit.http import USUAL, IfMatch, provided

router = APIRouter(tags=["directory"])

Change = Annotated[ChangeDirectoryEntry, provided(ChangeDirectoryEntry)]


_CHANGING = {
    202: {"model": DirectoryImported, "description": "A job reassesses 由任务重新判断"},
    **responses(USUAL, ChangeDirectoryEntry, MalformedJson, PayloadTooLarge),
}  # fmt: skip


Reason = Annotated[str | None, Query(max_length=500, description="Kept in the ledger 原因")]


@router.put(
    "/v1/areas/{code}",
    operation_id="put_area",
    summary="Add or change an area 新增或变更区划",
    response_model=DirectoryImported,
    responses=_CHANGING,
)
async def put_area(
    response: Response,
    caller: Writer,
    change_entry: Change,
    code: AreaCode,
    body: AreaIn,
    reason: Reason = None,
    accept_holes: AcceptHoles = False,
    if_match: IfMatch = None,
) -> dict[str, Any]:
    """The area as a whole, over all time; one that is there needs If-Match."""
    _refuse_other_key("/code", code, body.code)
    change = DirectoryChange(areas=[area_entry(body)])
    done = await change_entry(caller, change, reason, if_match, accept_holes=accept_holes)
    return accepted(response, done)


@router.put(
    "/v1/bodies/{body_id}",
    operation_id="put_body",
    summary="Add or change a body 新增或变更党组织",
    response_model=DirectoryImported,
    responses=_CHANGING,
)
async def put_body(
    response: Response,
    caller: Writer,
    change_entry: Change,
    body_id: Annotated[str, Path(max_length=100, description="编号")],
    body: BodyIn,
    reason: Reason = None,
    accept_holes: AcceptHoles = False,
    if_match: IfMatch = None,
) -> dict[str, Any]:
    """The body as a whole, over all time; one that is there needs If-Match."""
    _refuse_other_key("/id", body_id, body.id)
    change = DirectoryChange(bodies=[body_entry(body)])
    done = await change_entry(caller, change, reason, if_match, accept_holes=accept_holes)
    return accepted(response, done)


def _refuse_other_key(pointer: str, path: str, key: str) -> None:
    if path != key:
        raise DirectoryInvalid(Violation(pointer, "other_key", key, {"path": path}), count=1)


def accepted(response: Response, done: dict[str, Any]) -> dict[str, Any]:
    """The answer to a change: 202 with the job's address while one reassesses."""
    if done["job"] is not None:
        response.status_code = 202
        response.headers["location"] = f"/v1/jobs/{done['job']}"
    return done
