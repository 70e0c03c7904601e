"""Routes of consistency notices."""

from typing import Annotated

from fastapi import APIRouter, Query

from registry_api.dependencies import OrganizationId, Reader
from registry_api.notices.find import FindNotices, NoticeQuestion, OrganizationNotices
from registry_api.notices.schemas import NoticeKind, NoticeOut, NoticePageOut, NoticesOut
from registry_api.supervision.parameters import OfBody
from servicekit.auth import area_prefix
from servicekit.errors import (
    responses,
)
from servicekit.http import USUAL, AsOfQuery, CursorText, Language, Limit, provided

router = APIRouter(tags=["notices"])

_Find = Annotated[FindNotices, provided(FindNotices)]


@router.get(
    "/v1/organizations/{organization_id}/notices",
    operation_id="read_notices",
    summary="Consistency notices on an organization 一致性提示",
    response_model=NoticesOut,
    responses=responses(USUAL, FindNotices.of_one),
)
async def read_notices(
    caller: Reader,
    language: Language,
    find: _Find,
    organization_id: OrganizationId,
    as_of: AsOfQuery,
) -> NoticesOut:
    """What does not fit together; nothing is ever fixed by itself.

    On a day, as known at a moment; namesakes are looked for at present only.
    """
    noticed = await find.of_one(caller, organization_id, as_of)
    return _notices_out(noticed, language)


@router.get(
    "/v1/notices",
    operation_id="list_notices",
    summary="Work list of consistency notices 一致性提示清单",
    response_model=NoticePageOut,
    responses=responses(USUAL, FindNotices.work_list),
)
async def list_notices(
    caller: Reader,
    language: Language,
    find: _Find,
    supervised: OfBody,
    as_of: AsOfQuery,
    kind: Annotated[list[NoticeKind] | None, Query(description="Of these kinds only 类别")] = None,
    area: Annotated[
        list[Annotated[str, Query(pattern="^[0-9]{2,12}$")]] | None,
        Query(max_length=200, description="Under these divisions 所在区划"),
    ] = None,
    limit: Limit = 100,
    cursor: CursorText = None,
) -> NoticePageOut:
    """Organizations with notices. A page may be short, or empty, and have a next.

    On a day, as known at a moment; namesakes are looked for at present only.
    """
    filters = {"area": [area_prefix(code) for code in area]} if area else {}
    question = NoticeQuestion(kind or (), filters, supervised, as_of)
    page = await find.work_list(caller, question, cursor, limit)
    return NoticePageOut(
        items=[_notices_out(noticed, language) for noticed in page.items],
        next_cursor=page.next_cursor,
    )


def _notices_out(noticed: OrganizationNotices, language: str) -> NoticesOut:
    document = noticed.document
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
            for notice in noticed.notices
        ],
    )
