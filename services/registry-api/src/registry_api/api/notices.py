"""Routes of consistency notices."""

from typing import Annotated

from fastapi import APIRouter, Header, Query

from registry_api.api.dependencies import USUAL, Made, OrganizationId, Reader, Then
from registry_api.api.errors import ORGANIZATION_VOID
from registry_api.api.reading_schemas import NoticeKind, NoticeOut, NoticePageOut, NoticesOut
from registry_api.api.supervision import ASKING_THE_ROUTER, OfBody
from registry_api.usecases.find_notices import Noticed, NoticeQuestion
from servicekit.auth import area_prefix
from servicekit.errors import (
    AHEAD_OF_HEAD,
    INVALID_CURSOR,
    NOT_FOUND,
    preferred_language,
    responses,
)
from servicekit.http import CursorText, Limit

router = APIRouter(tags=["notices"])

_Language = Annotated[str | None, Header(alias="accept-language", include_in_schema=False)]


@router.get(
    "/v1/organizations/{organization_id}/notices",
    operation_id="read_notices",
    summary="Consistency notices on an organization 一致性提示",
    response_model=NoticesOut,
    responses=responses(*USUAL, NOT_FOUND, ORGANIZATION_VOID, AHEAD_OF_HEAD),
)
async def read_notices(
    caller: Reader,
    factory: Made,
    organization_id: OrganizationId,
    then: Then,
    accept_language: _Language = None,
) -> NoticesOut:
    """What does not fit together; nothing is ever fixed by itself.

    On a day, as known at a moment; namesakes are looked for at present only.
    """
    found = await factory.find_notices.of_one(caller, organization_id, then)
    return _noticed(found, preferred_language(accept_language))


@router.get(
    "/v1/notices",
    operation_id="list_notices",
    summary="Work list of consistency notices 一致性提示清单",
    response_model=NoticePageOut,
    responses=responses(*USUAL, INVALID_CURSOR, AHEAD_OF_HEAD, *ASKING_THE_ROUTER),
)
async def list_notices(
    caller: Reader,
    factory: Made,
    supervised: OfBody,
    then: Then,
    kind: Annotated[list[NoticeKind] | None, Query(description="Of these kinds only 类别")] = None,
    area: Annotated[
        list[Annotated[str, Query(pattern="^[0-9]{2,12}$")]] | None,
        Query(max_length=200, description="Under these divisions 所在区划"),
    ] = None,
    limit: Limit = 100,
    cursor: CursorText = None,
    accept_language: _Language = None,
) -> NoticePageOut:
    """Organizations with notices. A page may be short, or empty, and have a next.

    On a day, as known at a moment; namesakes are looked for at present only.
    """
    filters = {"area": [area_prefix(code) for code in area]} if area else {}
    question = NoticeQuestion(kind or (), filters, supervised, then)
    page = await factory.find_notices.work_list(caller, question, cursor, limit)
    language = preferred_language(accept_language)
    return NoticePageOut(
        items=[_noticed(found, language) for found in page.found], next_cursor=page.next_cursor
    )


def _noticed(found: Noticed, language: str) -> NoticesOut:
    document = found.document
    return NoticesOut(
        id=document["id"],
        revision=document["revision"],
        name=document["name"],
        credit_code=document["credit_code"],
        notices=[
            NoticeOut(
                kind=notice.kind,
                pointer=notice.pointer,
                value=notice.value,
                facts=dict(notice.facts),
                detail=notice.say(language),
            )
            for notice in found.notices
        ],
    )
