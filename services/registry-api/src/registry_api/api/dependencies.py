"""What the routes share: the factory, who calls, filters, moments in the past."""

from datetime import datetime
from typing import Annotated

from fastapi import Depends, Query, Request

from registry_api.domain.code_lists import Coded
from registry_api.factory import Factory
from servicekit.auth import Caller, require
from servicekit.problems import ProblemType
from servicekit.refusals import Refusal, Violation
from servicekit.standard_problems import (
    FORBIDDEN,
    INVALID_REQUEST,
    UNAUTHORIZED,
    UNKNOWN_PARAMETER,
)

USUAL: tuple[ProblemType, ...] = (UNAUTHORIZED, FORBIDDEN, UNKNOWN_PARAMETER, INVALID_REQUEST)
"""What any route with a token and parameters can answer."""

Reader = Annotated[Caller, Depends(require("registry:read"))]
Writer = Annotated[Caller, Depends(require("registry:write"))]


def _factory(request: Request) -> Factory:
    factory: Factory = request.app.state.factory
    return factory


Made = Annotated[Factory, Depends(_factory)]


def _filters(
    credit_code: Annotated[list[str] | None, Query(description="统一社会信用代码")] = None,
    filing_number: Annotated[list[str] | None, Query(description="备案编号")] = None,
    name: Annotated[list[str] | None, Query(description="Part of the name 名称片段")] = None,
    kind: Annotated[
        list[Annotated[str, Coded("organization_kind")]] | None, Query(description="社会组织类型")
    ] = None,
    institution_type: Annotated[
        list[Annotated[str, Coded("institution_type")]] | None, Query(description="机构类别")
    ] = None,
    category: Annotated[
        list[Annotated[str, Coded("category")]] | None, Query(description="行业类别")
    ] = None,
    registration_mode: Annotated[
        list[Annotated[str, Coded("registration_mode")]] | None, Query(description="登记方式")
    ] = None,
    registration_level: Annotated[
        list[Annotated[str, Coded("registration_level")]] | None, Query(description="登记层级")
    ] = None,
    supervisor_system: Annotated[
        list[Annotated[str, Coded("system")]] | None, Query(description="业务主管单位系统")
    ] = None,
    status: Annotated[
        list[Annotated[str, Coded("organization_status")]] | None, Query(description="登记状态")
    ] = None,
    grade: Annotated[
        list[Annotated[str, Coded("grade")]] | None, Query(description="评估等级")
    ] = None,
    charter_state: Annotated[
        list[Annotated[str, Coded("charter_state")]] | None, Query(description="党建入章")
    ] = None,
    party_organization_mode: Annotated[
        list[Annotated[str, Coded("party_organization_mode")]] | None,
        Query(description="组建方式"),
    ] = None,
    area: Annotated[
        list[Annotated[str, Query(pattern="^[0-9]{2,12}$")]] | None,
        Query(description="Prefix of the domicile's division code 住所区划代码前缀"),
    ] = None,
    authority_division: Annotated[
        list[Annotated[str, Query(pattern="^[0-9]{2,12}$")]] | None,
        Query(description="Prefix of the authority's division code 登记管理机关区划代码前缀"),
    ] = None,
) -> dict[str, list[str]]:
    """Filters by field; a repeated parameter means "one of these", different ones "and"."""
    return {key: value for key, value in locals().items() if value}


Filters = Annotated[dict[str, list[str]], Depends(_filters)]

KnownAt = Annotated[
    str | None,
    Query(
        max_length=40,
        description="As known at a ledger position or RFC 3339 time; default now 知悉时点",
    ),
]


def moment(known_at: str | None) -> int | datetime | None:
    """`known_at` as a position or a time. Raises Refusal `invalid-request`."""
    if known_at is None:
        return None
    if known_at.isascii() and known_at.isdigit() and len(known_at) < 19:
        return int(known_at)
    try:
        parsed = datetime.fromisoformat(known_at.replace(" ", "+"))
    except ValueError:
        parsed = None
    if parsed is None or parsed.tzinfo is None:
        raise Refusal("invalid-request", Violation("/known_at", "position_or_time", known_at))
    return parsed
