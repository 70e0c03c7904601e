"""Routes of assignments: find, count, read one with its decision."""

from contextlib import AbstractAsyncContextManager
from typing import Annotated, Any, Literal
from uuid import UUID

from fastapi import APIRouter, Depends, Path, Query, Response
from fastapi.responses import StreamingResponse
from starlette.types import Receive, Scope, Send

from jurisdiction_router.assignments.export import Export, ExportAssignments
from jurisdiction_router.assignments.find import FindAssignments
from jurisdiction_router.assignments.read import ReadAssignment
from jurisdiction_router.assignments.rule_health import ReadRuleHealth
from jurisdiction_router.assignments.schemas import (
    AssignmentHistory,
    AssignmentPage,
    AssignmentSummary,
    AssignmentWithDecision,
    RuleHealth,
)
from jurisdiction_router.assignments.table import FORM
from jurisdiction_router.dependencies import JSON, AreaPrefixes, Code, Reader
from jurisdiction_router.field_types import AttributeName
from servicekit.errors import TooManyRequests, responses
from servicekit.http import (
    USUAL,
    AsOfQuery,
    CursorText,
    Limit,
    ValidOn,
    etag,
    provided,
    takes_transfer_slot,
)
from servicekit.tables import table_file

router = APIRouter(tags=["assignments"])

Find = Annotated[FindAssignments, provided(FindAssignments)]
ExportAll = Annotated[ExportAssignments, provided(ExportAssignments)]
Read = Annotated[ReadAssignment, provided(ReadAssignment)]
Health = Annotated[ReadRuleHealth, provided(ReadRuleHealth)]


def _filters(
    outcome: Annotated[
        list[Literal["assigned", "needs_decision", "out_of_scope"]] | None,
        Query(description="结论"),
    ] = None,
    body_id: Annotated[list[Code] | None, Query(description="领导和管理的党组织")] = None,
    body_kind: Annotated[list[Code] | None, Query(description="党组织类别")] = None,
    rule_set: Annotated[list[Code] | None, Query(description="规则集")] = None,
    rule: Annotated[list[Code] | None, Query(description="规则")] = None,
    basis: Annotated[list[Code] | None, Query(description="S, N, L, I, S/I… 依据性质")] = None,
    flag: Annotated[list[Code] | None, Query(description="Any of these flags 标记")] = None,
    under_body: Annotated[
        list[Code] | None,
        Query(description="A body or one beneath it, by line and area 党组织及其下级"),
    ] = None,
    health: Annotated[
        list[Literal["inference_only", "one_fact_away", "affiliation_disagrees"]] | None,
        Query(description="Where the rule may not fit, all of them; see /v1/rule-health 规则体检"),
    ] = None,
    flip: Annotated[
        list[AttributeName] | None,
        Query(description="This other fact would give another body 改变该事实则归口不同"),
    ] = None,
    area: AreaPrefixes = None,
) -> dict[str, list[str]]:
    """Filters by field; a repeated parameter means "one of these", different ones "and"."""
    return {key: value for key, value in locals().items() if value}


Filters = Annotated[dict[str, list[str]], Depends(_filters)]


@router.get(
    "/v1/assignments",
    operation_id="find_assignments",
    summary="Find assignments 查询归口",
    response_model=AssignmentPage,
    responses=responses(USUAL, FindAssignments.page),
)
async def find_assignments(
    caller: Reader,
    find: Find,
    filters: Filters,
    as_of: AsOfQuery,
    limit: Limit = 100,
    cursor: CursorText = None,
    count: Annotated[
        Literal["exact"] | None, Query(description="Also count all that match 是否计总数")
    ] = None,
) -> Response:
    """What holds on a day and meets all filters, in the order of the organizations' ids.

    With `known_at`, as it was known then: pages may be short and still have a `next_cursor`, and
    `count` is null.
    """
    page = await find.page(caller, filters, as_of, cursor, limit, count == "exact")
    return Response(page, media_type=JSON)


@router.get(
    "/v1/assignments/summary",
    operation_id="summarize_assignments",
    summary="Count assignments 归口汇总",
    response_model=AssignmentSummary,
    responses=responses(USUAL),
)
async def summarize_assignments(
    caller: Reader, find: Find, filters: Filters, valid_on: ValidOn = None
) -> dict[str, Any]:
    """Counts by outcome, by rule and by kind of body; each list adds up to the total."""
    return await find.summary(caller, filters, valid_on)


class ExportResponse(Response):
    """Opens the export when it is sent and closes it whatever happens to the sending."""

    def __init__(self, opened: AbstractAsyncContextManager[Export], form: str) -> None:
        super().__init__()
        self._opened = opened
        self._form = form

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Send the file. Raises Refusal before anything was sent."""
        async with self._opened as export:
            content = table_file(self._form, export.pages, FORM)
            answer = StreamingResponse(
                content,
                media_type=_MEDIA[self._form],
                headers={
                    "ledger-position": str(export.position),
                    "ledger-digest": export.digest,
                    "content-disposition": f'attachment; filename="assignments.{self._form}"',
                },
            )
            await answer(scope, receive, send)


_MEDIA = {"ndjson": "application/x-ndjson", "csv": "text/csv"}


@router.get(
    "/v1/assignments/export",
    operation_id="export_assignments",
    summary="Export assignments 导出归口",
    response_class=StreamingResponse,
    responses={
        200: {
            "description": "The file; Ledger-Position is the position it shows 导出文件",
            "content": {media: {} for media in _MEDIA.values()},
        },
        **responses(USUAL, ExportAssignments, TooManyRequests),
    },
    dependencies=[takes_transfer_slot(Reader)],
)
async def export_assignments(
    caller: Reader,
    export: ExportAll,
    filters: Filters,
    as_of: AsOfQuery,
    file_format: Annotated[
        Literal["ndjson", "csv"], Query(alias="format", description="文件格式")
    ] = "ndjson",
) -> Response:
    """All that match on one snapshot; follow `/v1/changes` from Ledger-Position on."""
    return ExportResponse(export(caller, filters, as_of), file_format)


@router.get(
    "/v1/assignments/{organization_id}/history",
    operation_id="get_assignment_history",
    summary="How an assignment came to be known 归口变更记录",
    response_model=AssignmentHistory,
    responses=responses(USUAL, ReadAssignment.history),
)
async def get_assignment_history(
    caller: Reader,
    read: Read,
    organization_id: Annotated[UUID, Path(description="社会组织编号")],
    as_of: AsOfQuery,
) -> dict[str, Any]:
    """Every event of the ledger about it: when it was learned, what then held from which day.

    With `known_at`, those up to then; with `valid_on`, only what they say of that day.
    """
    return await read.history(caller, organization_id, as_of)


@router.get(
    "/v1/rule-health",
    operation_id="get_rule_health",
    summary="Where the rules do not fit the register 规则体检",
    response_model=RuleHealth,
    responses=responses(USUAL),
)
async def get_rule_health(
    caller: Reader, health: Health, area: AreaPrefixes = None, valid_on: ValidOn = None
) -> dict[str, Any]:
    """Counts on a day; each is that of `GET /v1/assignments?health=…` with the same filters."""
    return await health(caller, area, valid_on)


@router.get(
    "/v1/assignments/{organization_id}",
    operation_id="get_assignment",
    summary="Who supervises an organization, and why 查询归口及理由",
    response_model=AssignmentWithDecision,
    responses=responses(USUAL, ReadAssignment.one),
)
async def get_assignment(
    caller: Reader,
    read: Read,
    organization_id: Annotated[UUID, Path(description="社会组织编号")],
    as_of: AsOfQuery,
) -> Response:
    """The assignment on a day with the stored decision behind it, and the whole history.

    With `known_at`, all of it as it was known then.
    """
    document, revision = await read.one(caller, organization_id, as_of)
    return Response(document, headers={"etag": etag(revision)}, media_type=JSON)
