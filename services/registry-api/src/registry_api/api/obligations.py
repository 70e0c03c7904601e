"""Routes of obligations: of one organization, and as work lists over the register."""

from typing import Annotated, Literal

from fastapi import APIRouter, Depends, Header, Query, Response
from fastapi.responses import StreamingResponse

from registry_api.api.dependencies import USUAL, Made, OrganizationId, Reader, Then
from registry_api.api.errors import ORGANIZATION_VOID, TOO_MANY_ROWS
from registry_api.api.exports import (
    FILE,
    ExportResponse,
    FileFormat,
    HeaderLanguage,
    header_language,
)
from registry_api.api.filters import FiltersOfWhoOwes
from registry_api.api.obligation_schemas import (
    OwingOut,
    OwingPageOut,
    StandingOut,
)
from registry_api.api.schemas import ObligationKind
from registry_api.api.supervision import ASKING_THE_ROUTER, OfBody
from registry_api.domain.field_types import CivilDate
from registry_api.domain.obligation_words import in_words
from registry_api.usecases.find_obligations import (
    OwingPage,
    OwingQuestion,
    owing_document,
    refuse_known_then,
)
from servicekit.errors import (
    AHEAD_OF_HEAD,
    INVALID_CURSOR,
    NOT_FOUND,
    TOO_MANY_REQUESTS,
    preferred_language,
    responses,
)
from servicekit.http import CursorText, Limit, takes_transfer_place

router = APIRouter(tags=["obligations"])

_Language = Annotated[str | None, Header(alias="accept-language", include_in_schema=False)]


@router.get(
    "/v1/organizations/{organization_id}/obligations",
    operation_id="read_obligations",
    summary="What an organization owes 社会组织待办义务",
    response_model=StandingOut,
    responses=responses(*USUAL, NOT_FOUND, ORGANIZATION_VOID, AHEAD_OF_HEAD),
)
async def read_obligations(
    caller: Reader,
    factory: Made,
    organization_id: OrganizationId,
    then: Then,
    accept_language: _Language = None,
) -> StandingOut:
    """What was owed on a day, as known at a moment: since when, by when, under which clause.

    A day ahead shows what the calendar alone will bring. `since` is the first day on which the
    register knows that it was owed, or the date that the facts themselves name.
    """
    standing = await factory.read_obligations(caller, organization_id, then)
    language = preferred_language(accept_language)
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
) -> OwingQuestion:
    refuse_known_then(known_at)
    return OwingQuestion(
        tuple(kind or ()), valid_on, overdue, due_from, due_before, filters, supervised
    )


Question = Annotated[OwingQuestion, Depends(_question)]


@router.get(
    "/v1/obligations",
    operation_id="find_obligations",
    summary="Work list of obligations 待办义务清单",
    response_model=OwingPageOut,
    responses=responses(*USUAL, INVALID_CURSOR, *ASKING_THE_ROUTER),
)
async def find_obligations(
    caller: Reader,
    factory: Made,
    question: Question,
    limit: Limit = 100,
    cursor: CursorText = None,
    count: Counted = None,
    accept_language: _Language = None,
) -> OwingPageOut:
    """What organizations owe today or on a day ahead, by term; filters are of who owes.

    A body's own list: `body`, or `under_body` with all beneath it. Who supervises on `valid_on` is
    asked of jurisdiction-router with the caller's token. Each page shows what is true when it is
    asked for: whoever comes to the body or leaves it during a walk may be on it or not, everybody
    else is, once.
    """
    page = await factory.find_obligations(caller, question, cursor, limit, count == "exact")
    return _owing_page(page, preferred_language(accept_language))


@router.get(
    "/v1/overdue-formations",
    operation_id="find_overdue_formations",
    summary="Overdue formation 应建未建清单",
    response_model=OwingPageOut,
    responses=responses(*USUAL, INVALID_CURSOR, *ASKING_THE_ROUTER),
)
async def find_overdue_formations(
    caller: Reader,
    factory: Made,
    filters: FiltersOfWhoOwes,
    supervised: OfBody,
    valid_on: Ahead = None,
    known_at: _KnownThen = None,
    limit: Limit = 100,
    cursor: CursorText = None,
    count: Counted = None,
    accept_language: _Language = None,
) -> OwingPageOut:
    """Enough full members and no Party organization: who has waited longest comes first.

    The same as `/v1/obligations?kind=form_party_organization`.
    """
    refuse_known_then(known_at)
    kinds = ("form_party_organization",)
    question = OwingQuestion(kinds, valid_on, None, None, None, filters, supervised)
    page = await factory.find_obligations(caller, question, cursor, limit, count == "exact")
    return _owing_page(page, preferred_language(accept_language))


@router.get(
    "/v1/obligations/export",
    operation_id="export_obligations",
    summary="Export obligations 导出待办义务",
    response_class=StreamingResponse,
    responses={
        **FILE,
        **responses(*USUAL, TOO_MANY_ROWS, TOO_MANY_REQUESTS, *ASKING_THE_ROUTER),
    },
    dependencies=[takes_transfer_place(Reader)],
)
async def export_obligations(
    caller: Reader,
    factory: Made,
    question: Question,
    format: FileFormat = "ndjson",  # noqa: A002
    headers: HeaderLanguage = None,
) -> Response:
    """All that match, streamed, in the order of the list; Ledger-Position is what it shows."""
    language = header_language(headers, format)
    export = factory.export_obligations
    return ExportResponse(lambda: export(caller, question, format, language), format, "obligations")


def _owing_page(page: OwingPage, language: str) -> OwingPageOut:
    documents = (owing_document(found, page.day, language) for found in page.found)
    return OwingPageOut(
        valid_on=page.day,
        items=[OwingOut.model_validate(document) for document in documents],
        next_cursor=page.next_cursor,
        count=page.count,
    )
