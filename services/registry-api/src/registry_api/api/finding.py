"""Routes that find organizations: lists, searches, batch lookups."""

from typing import Annotated, Literal

from fastapi import APIRouter, Query, Response

from registry_api.api.dependencies import USUAL, Made, Reader, Then
from registry_api.api.errors import CURSOR_EXPIRED, UNKNOWN_FIELD
from registry_api.api.filters import Filters
from registry_api.api.reading_schemas import LookupIn, LookupOut, OrganizationPage
from registry_api.domain.document_fields import parse_fields
from registry_api.domain.facets import Sort
from registry_api.usecases.find_organizations import BY_ID, Question
from registry_api.usecases.look_up_organizations import Wanted
from servicekit.errors import (
    AHEAD_OF_HEAD,
    INVALID_CURSOR,
    MALFORMED_JSON,
    PAYLOAD_TOO_LARGE,
    responses,
)
from servicekit.http import CursorText, Limit

router = APIRouter(tags=["organizations"])

_JSON = "application/json"


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
        **responses(*USUAL, INVALID_CURSOR, UNKNOWN_FIELD, AHEAD_OF_HEAD, CURSOR_EXPIRED),
    },
)
async def find_organizations(
    caller: Reader,
    factory: Made,
    filters: Filters,
    then: Then,
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
        as_of=then,
        search=search,
        sort=sort,
        descending=order == "desc",
        fields=None if fields is None else parse_fields(fields),
        exact_count=count == "exact",
    )
    page = await factory.find_organizations(caller, question, cursor, limit)
    headers = {} if page.position is None else {"ledger-position": str(page.position)}
    return Response(page.text, headers=headers, media_type=_JSON)


@router.post(
    "/v1/organizations/lookups",
    operation_id="look_up_organizations",
    summary="Look up many at once 批量查询",
    response_model=LookupOut,
    responses=responses(*USUAL, AHEAD_OF_HEAD, MALFORMED_JSON, PAYLOAD_TOO_LARGE),
)
async def look_up_organizations(
    caller: Reader, factory: Made, then: Then, body: LookupIn
) -> Response:
    """Up to 1,000 credit codes, ids and filing numbers: who is found, and who is not.

    With `valid_on` or `known_at`: who bore these names *then*, as they were.
    """
    wanted = Wanted(body.credit_codes, body.ids, body.filing_numbers)
    return Response(await factory.look_up_organizations(caller, wanted, then), media_type=_JSON)
