"""Routes of obligations: of one organization, and as work lists over the register."""

from typing import Annotated, Any, Literal

from fastapi import APIRouter, Depends, Query, Response
from fastapi.responses import StreamingResponse

from registry_api.core.field_types import CivilDate
from registry_api.core.obligations.wording import in_words
from registry_api.dependencies import OrganizationId, Reader
from registry_api.exports.answer import (
    FILE,
    ExportResponse,
    FormatParameter,
    HeaderLanguage,
    header_language,
)
from registry_api.organizations.schemas import ObligationKind
from registry_api.selection.parameters import Filters, FiltersOfWhoOwes
from registry_api.supervision.parameters import OfBody
from registry_api.work_lists.export_obligations import ExportObligations
from registry_api.work_lists.find_obligations import (
    FindObligations,
    ObligationPage,
    ObligationQuestion,
    obligation_document,
    refuse_known_at,
)
from registry_api.work_lists.list_information_base import BaseQuestion, InBase, ListInformationBase
from registry_api.work_lists.read_obligations import ReadObligations
from registry_api.work_lists.schemas import (
    BasePageOut,
    InBaseOut,
    OwingOut,
    OwingPageOut,
    StandingOut,
)
from servicekit.errors import (
    TooManyRequests,
    responses,
)
from servicekit.http import (
    USUAL,
    AsOfQuery,
    CursorText,
    Language,
    Limit,
    provided,
    takes_transfer_slot,
)

router = APIRouter(tags=["obligations"])

_Read = Annotated[ReadObligations, provided(ReadObligations)]
_Find = Annotated[FindObligations, provided(FindObligations)]
_Export = Annotated[ExportObligations, provided(ExportObligations)]
_ListBase = Annotated[ListInformationBase, provided(ListInformationBase)]


@router.get(
    "/v1/organizations/{organization_id}/obligations",
    operation_id="read_obligations",
    summary="What an organization owes 社会组织待办义务",
    response_model=StandingOut,
    responses=responses(USUAL, ReadObligations),
)
async def read_obligations(
    caller: Reader,
    language: Language,
    read: _Read,
    organization_id: OrganizationId,
    as_of: AsOfQuery,
) -> StandingOut:
    """What was owed on a day, as known at a moment: since when, by when, under which clause.

    A day ahead shows what the calendar alone will bring. `since` is the first day on which the
    register knows that it was owed, or the date that the facts themselves name.
    """
    standing = await read(caller, organization_id, as_of)
    return StandingOut.model_validate(
        {
            "id": organization_id,
            "name": standing.state["name"],
            "valid_on": standing.day,
            "known_at": standing.position,
            "items": [in_words(o, standing.day, language) for o in standing.owed],
        }
    )


Ahead = Annotated[
    CivilDate | None,
    Query(description="Today or a day ahead; default today 有效日期（今天或以后）"),
]
_KnownThen = Annotated[str | None, Query(include_in_schema=False)]
"""Taken to say what to ask instead."""

Counted = Annotated[
    Literal["exact"] | None, Query(description="Also count all that match 是否计总数")
]


async def _question(
    filters: FiltersOfWhoOwes,
    supervised: OfBody,
    kind: Annotated[
        list[ObligationKind] | None, Query(description="Of these kinds only 待办义务类别")
    ] = None,
    valid_on: Ahead = None,
    known_at: _KnownThen = None,
    overdue: Annotated[
        bool | None, Query(description="Term over before `valid_on`, or not 是否逾期")
    ] = None,
    due_from: Annotated[
        CivilDate | None, Query(description="Due on this day or later 期限自（含）")
    ] = None,
    due_before: Annotated[
        CivilDate | None, Query(description="Due before this day 期限早于（不含）")
    ] = None,
) -> ObligationQuestion:
    refuse_known_at(known_at)
    return ObligationQuestion(
        tuple(kind or ()), valid_on, overdue, due_from, due_before, filters, supervised
    )


Question = Annotated[ObligationQuestion, Depends(_question)]


@router.get(
    "/v1/obligations",
    operation_id="find_obligations",
    summary="Work list of obligations 待办义务清单",
    response_model=OwingPageOut,
    responses=responses(USUAL, FindObligations),
)
async def find_obligations(
    caller: Reader,
    language: Language,
    find: _Find,
    question: Question,
    limit: Limit = 100,
    cursor: CursorText = None,
    count: Counted = None,
) -> OwingPageOut:
    """What organizations owe today or on a day ahead, by term; filters are of who owes.

    A body's own list: `body`, or `under_body` with all beneath it. Who supervises on `valid_on` is
    asked of jurisdiction-router with the caller's token. Each page shows what is true when it is
    asked for: whoever comes to the body or leaves it during a walk may be on it or not, everybody
    else is, once.
    """
    page = await find(caller, question, cursor, limit, count == "exact")
    return _obligation_page(page, language)


@router.get(
    "/v1/overdue-formations",
    operation_id="find_overdue_formations",
    summary="Overdue formation 应建未建清单",
    response_model=OwingPageOut,
    responses=responses(USUAL, FindObligations),
)
async def find_overdue_formations(
    caller: Reader,
    language: Language,
    find: _Find,
    filters: FiltersOfWhoOwes,
    supervised: OfBody,
    valid_on: Ahead = None,
    known_at: _KnownThen = None,
    limit: Limit = 100,
    cursor: CursorText = None,
    count: Counted = None,
) -> OwingPageOut:
    """Enough full members and no Party organization: who has waited longest comes first.

    The same as `/v1/obligations?kind=form_party_organization`.
    """
    refuse_known_at(known_at)
    kinds = ("form_party_organization",)
    question = ObligationQuestion(kinds, valid_on, None, None, None, filters, supervised)
    page = await find(caller, question, cursor, limit, count == "exact")
    return _obligation_page(page, language)


@router.get(
    "/v1/obligations/export",
    operation_id="export_obligations",
    summary="Export obligations 导出待办义务",
    response_class=StreamingResponse,
    responses={
        **FILE,
        **responses(USUAL, ExportObligations, TooManyRequests),
    },
    dependencies=[takes_transfer_slot(Reader)],
)
async def export_obligations(
    caller: Reader,
    export: _Export,
    question: Question,
    form: FormatParameter = "ndjson",
    headers: HeaderLanguage = None,
) -> Response:
    """All that match, streamed, in the order of the list; Ledger-Position is what it shows."""
    language = header_language(headers, form)
    return ExportResponse(lambda: export(caller, question, form, language), form, "obligations")


def _obligation_page(page: ObligationPage, language: str) -> OwingPageOut:
    documents = (obligation_document(owing, page.day, language) for owing in page.items)
    return OwingPageOut(
        valid_on=page.day,
        items=[OwingOut.model_validate(document) for document in documents],
        next_cursor=page.next_cursor,
        count=page.count,
    )


@router.get(
    "/v1/information-base",
    operation_id="list_information_base",
    summary="The information base 党建信息库",
    response_model=BasePageOut,
    responses=responses(USUAL, ListInformationBase),
)
async def list_information_base(
    caller: Reader,
    list_base: _ListBase,
    filters: Filters,
    supervised: OfBody,
    as_of: AsOfQuery,
    eligible: Annotated[
        bool | None, Query(description="Enough full members to form, or not 是否应建未建")
    ] = None,
    organizer_missing: Annotated[
        bool | None, Query(description="Without an organizer, or with one 是否缺组织员")
    ] = None,
    limit: Limit = 100,
    cursor: CursorText = None,
    count: Counted = None,
) -> BasePageOut:
    """Members but no Party organization; who looks after them, and who is missing.

    On a day, as known at a moment: a page of the past may be short, or empty, and have a next.
    """
    question = BaseQuestion(filters, eligible, organizer_missing, supervised, as_of)
    page = await list_base(caller, question, cursor, limit, count == "exact")
    return BasePageOut(
        items=[_in_base(in_base) for in_base in page.items],
        next_cursor=page.next_cursor,
        count=page.count,
    )


def _in_base(in_base: InBase) -> InBaseOut:
    document: dict[str, Any] = in_base.document
    party = document["party"]
    kind, since = in_base.owed or (None, None)
    names = ("id", "revision", "name", "credit_code", "filing_number", "kind")
    return InBaseOut(
        **{name: document[name] for name in names},
        area=in_base.area,
        full_members=party["full_members"],
        probationary_members=party["probationary_members"],
        eligible=in_base.eligible,
        organizer=party["organizer"],
        organizer_missing=party["organizer"] is None,
        instructor=party["instructor"],
        liaison=party["liaison"],
        owes=kind,
        since=since,
    )
