"""The route of the information base 党建信息库."""

from typing import Annotated, Any

from fastapi import APIRouter, Query

from registry_api.api.dependencies import USUAL, Made, Reader, Then
from registry_api.api.filters import Filters
from registry_api.api.obligation_schemas import BasePageOut, InBaseOut
from registry_api.api.obligations import Counted
from registry_api.api.supervision import ASKING_THE_ROUTER, OfBody
from registry_api.usecases.list_information_base import BaseQuestion, InBase
from servicekit.errors import AHEAD_OF_HEAD, INVALID_CURSOR, responses
from servicekit.http import CursorText, Limit

router = APIRouter(tags=["obligations"])


@router.get(
    "/v1/information-base",
    operation_id="list_information_base",
    summary="The information base 党建信息库",
    response_model=BasePageOut,
    responses=responses(*USUAL, INVALID_CURSOR, AHEAD_OF_HEAD, *ASKING_THE_ROUTER),
)
async def list_information_base(
    caller: Reader,
    factory: Made,
    filters: Filters,
    supervised: OfBody,
    then: Then,
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
    question = BaseQuestion(filters, eligible, organizer_missing, supervised, then)
    page = await factory.list_information_base(caller, question, cursor, limit, count == "exact")
    return BasePageOut(
        items=[_shown(found) for found in page.found],
        next_cursor=page.next_cursor,
        count=page.count,
    )


def _shown(found: InBase) -> InBaseOut:
    document: dict[str, Any] = found.document
    party = document["party"]
    kind, since = found.owed or (None, None)
    names = ("id", "revision", "name", "credit_code", "filing_number", "kind")
    return InBaseOut(
        **{name: document[name] for name in names},
        area=found.area,
        full_members=party["full_members"],
        probationary_members=party["probationary_members"],
        eligible=found.eligible,
        organizer=party["organizer"],
        organizer_missing=party["organizer"] is None,
        instructor=party["instructor"],
        liaison=party["liaison"],
        owes=kind,
        since=since,
    )
