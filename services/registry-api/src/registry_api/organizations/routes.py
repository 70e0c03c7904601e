"""Routes of organizations: establish, read."""

from typing import Annotated, Literal

from fastapi import APIRouter, Path, Query, Request, Response

from registry_api.core.organization.facets import Sort
from registry_api.core.organization.state import to_state
from registry_api.core.timeline import Chapter, RecordedEvent
from registry_api.dependencies import BODY, OrganizationId, Reader, Writer
from registry_api.organizations.document_fields import parse_fields
from registry_api.organizations.find import BY_ID, FindOrganizations, Question
from registry_api.organizations.look_up import LookUpOrganizations, Names
from registry_api.organizations.read import Document, ReadOrganization
from registry_api.organizations.read_timeline import ReadTimeline
from registry_api.organizations.register import RegisterOrganization, Registration
from registry_api.organizations.schemas import (
    ChangeOut,
    ChapterOut,
    EstablishedOrganization,
    Establishment,
    EventPageOut,
    LookupIn,
    LookupOut,
    Organization,
    OrganizationPage,
    TimelineOut,
    ToldEventOut,
)
from registry_api.selection.parameters import Filters
from servicekit.errors import (
    responses,
)
from servicekit.http import (
    USUAL,
    AsOfQuery,
    CursorText,
    KnownAt,
    KnownAtQuery,
    Language,
    Limit,
    ValidOn,
    etag,
    provided,
)
from servicekit.ledger import Unguarded
from servicekit.time import AsOf, moment

router = APIRouter(tags=["organizations"])

_Register = Annotated[RegisterOrganization, provided(RegisterOrganization)]
_Read = Annotated[ReadOrganization, provided(ReadOrganization)]
_Find = Annotated[FindOrganizations, provided(FindOrganizations)]
_LookUp = Annotated[LookUpOrganizations, provided(LookUpOrganizations)]
_ReadTimeline = Annotated[ReadTimeline, provided(ReadTimeline)]

_JSON = "application/json"


@router.post(
    "/v1/organizations",
    operation_id="register_organization",
    summary="Register an organization 成立登记",
    status_code=201,
    response_model=EstablishedOrganization,
    responses=responses(USUAL, RegisterOrganization, BODY),
)
async def register_organization(
    caller: Writer,
    language: Language,
    register: _Register,
    attempt: Unguarded,
    body: Establishment,
) -> Response:
    """Establishment: the gates of 三同步, the register, and the obligations that follow."""
    state = to_state(body, without={"effective_on", "reason"})
    registration = Registration(state, body.effective_on, body.reason, language)
    answer = await register(caller, registration, attempt)
    return answer.response(revision=1)


@router.get(
    "/v1/organizations/{organization_id}",
    operation_id="read_organization",
    summary="Read an organization 读取社会组织",
    response_model=Organization,
    responses=responses(USUAL, ReadOrganization),
)
async def read_organization(
    request: Request,
    caller: Reader,
    organization_id: OrganizationId,
    valid_on: ValidOn = None,
    known_at: KnownAt = None,
) -> Response:
    """The organization now, or on a day as known at a moment."""
    # the most frequent request: what dependencies would solve is written out here
    read: ReadOrganization = request.app.state.services[ReadOrganization]
    as_of = AsOf(valid_on, moment(known_at))
    return _document(await read.as_of(caller, organization_id, as_of))


@router.get(
    "/v1/organizations/by-credit-code/{credit_code}",
    operation_id="read_organization_by_credit_code",
    summary="Look up by credit code 按信用代码查询",
    response_model=Organization,
    responses=responses(USUAL, ReadOrganization),
)
async def read_by_credit_code(
    caller: Reader,
    read: _Read,
    as_of: AsOfQuery,
    credit_code: Annotated[str, Path(max_length=40, description="统一社会信用代码")],
) -> Response:
    """Who bears this unified social credit code now, or bore it on a day as known at a moment.

    A code that was given up can be given again: of several that bore it on a day of the past, the
    one registered last is shown.
    """
    code = credit_code.upper()
    return _document(await read.by_credit_code(caller, code, as_of))


def _document(document: Document) -> Response:
    return Response(document.text, headers={"etag": etag(document.revision)}, media_type=_JSON)


@router.get(
    "/v1/organizations",
    operation_id="find_organizations",
    summary="Find organizations 查询社会组织",
    response_model=OrganizationPage,
    responses={
        200: {
            "headers": {
                "Ledger-Position": {
                    "description": "What a walk of the past or by `sort` shows 账本位置",
                    "schema": {"type": "integer"},
                }
            }
        },
        **responses(USUAL, FindOrganizations),
    },
)
async def find_organizations(
    caller: Reader,
    find: _Find,
    filters: Filters,
    as_of: AsOfQuery,
    search: Annotated[
        str | None,
        Query(max_length=200, description="Like this name, typing errors forgiven 名称模糊检索"),
    ] = None,
    sort: Annotated[Sort, Query(description="What to order by 排序字段")] = BY_ID,
    order: Annotated[Literal["asc", "desc"], Query(description="排序方向")] = "asc",
    fields: Annotated[
        str | None,
        Query(max_length=4000, description="Only these, e.g. `name,party.full_members` 所需字段"),
    ] = None,
    limit: Limit = 100,
    cursor: CursorText = None,
    count: Annotated[
        Literal["exact"] | None, Query(description="Also count all that match 是否计总数")
    ] = None,
) -> Response:
    """Organizations that meet all filters, a page at a time, by id unless asked otherwise.

    With `search`, by closeness of the name. With another `sort`, the whole walk shows the register
    as it was at the first page, in Ledger-Position; what is unknown sorts as larger than anything,
    names by code point. With `valid_on` or `known_at` the filters hold *then*, the order is that
    of ids, and a page may be short, or empty, and still have a next.
    """
    question = Question(
        filters=filters,
        as_of=as_of,
        search=search,
        sort=sort,
        descending=order == "desc",
        fields=None if fields is None else parse_fields(fields),
        exact_count=count == "exact",
    )
    page = await find(caller, question, cursor, limit)
    headers = {} if page.position is None else {"ledger-position": str(page.position)}
    return Response(page.text, headers=headers, media_type=_JSON)


@router.post(
    "/v1/organizations/lookups",
    operation_id="look_up_organizations",
    summary="Look up many at once 批量查询",
    response_model=LookupOut,
    responses=responses(USUAL, LookUpOrganizations, BODY),
)
async def look_up_organizations(
    caller: Reader, look_up: _LookUp, as_of: AsOfQuery, body: LookupIn
) -> Response:
    """Up to 1,000 credit codes, ids and filing numbers: who is found, and who is not.

    With `valid_on` or `known_at`: who bore these names *then*, as they were.
    """
    names = Names(body.credit_codes, body.ids, body.filing_numbers)
    return Response(await look_up(caller, names, as_of), media_type=_JSON)


@router.get(
    "/v1/organizations/{organization_id}/timeline",
    operation_id="read_timeline",
    summary="The story of an organization 时间线",
    response_model=TimelineOut,
    responses=responses(USUAL, ReadTimeline.timeline),
)
async def read_timeline(
    caller: Reader, read: _ReadTimeline, organization_id: OrganizationId, known_at: KnownAtQuery
) -> TimelineOut:
    """Stretches of valid time, what changed in each, and through which events.

    A token limited to areas is told of the time in which the organization lay inside them:
    stretches outside are left out, and the first one after starts the story anew.
    """
    story = await read.timeline(caller, organization_id, known_at)
    return TimelineOut(
        id=organization_id,
        known_at=story.position,
        segments=[_chapter(chapter) for chapter in story.chapters],
    )


@router.get(
    "/v1/organizations/{organization_id}/events",
    operation_id="list_events",
    summary="Events as recorded 事件列表",
    response_model=EventPageOut,
    responses=responses(USUAL, ReadTimeline.events),
)
async def list_events(
    caller: Reader,
    read: _ReadTimeline,
    organization_id: OrganizationId,
    limit: Limit = 100,
    cursor: CursorText = None,
) -> EventPageOut:
    """In the order in which they were recorded; those that touched the token's areas only."""
    page = await read.events(caller, organization_id, cursor, limit)
    return EventPageOut(
        items=[_event(event) for event in page.events], next_cursor=page.next_cursor
    )


def _chapter(chapter: Chapter) -> ChapterOut:
    changes = chapter.changes
    return ChapterOut(
        from_=chapter.start,
        until=chapter.until,
        changes=None if changes is None else [
            ChangeOut(field=c.field, before=c.before, after=c.after) for c in changes
        ],
        events=[_event(event) for event in chapter.events],
    )  # fmt: skip


def _event(event: RecordedEvent) -> ToldEventOut:
    return ToldEventOut(
        position=event.position,
        revision=event.revision,
        type=event.type,
        effective_on=event.effective_on,
        recorded_at=event.recorded_at,
        actor=event.actor,
        reason=event.reason,
        change=event.change,
        digest=event.digest.hex(),
    )
