"""What the routes share: the factory, who calls, dates."""

from typing import Annotated, Any, TypeVar

from fastapi import Depends, Path, Query, Request

from jurisdiction_router.core.as_of import AsOf
from jurisdiction_router.field_types import DIVISION_CODE
from servicekit.auth import Caller
from servicekit.errors import (
    FORBIDDEN,
    INVALID_REQUEST,
    UNAUTHORIZED,
    UNKNOWN_PARAMETER,
    ProblemType,
)
from servicekit.http import require
from servicekit.time import CivilDate, KnownAt, moment

T = TypeVar("T")

USUAL: tuple[ProblemType, ...] = (UNAUTHORIZED, FORBIDDEN, UNKNOWN_PARAMETER, INVALID_REQUEST)
"""What any route with a token and parameters can answer."""

Reader = Annotated[Caller, Depends(require("router:read"))]
Writer = Annotated[Caller, Depends(require("router:write"))]
Approver = Annotated[Caller, Depends(require("router:approve"))]


def provided(kind: type[T]) -> Any:
    """Depends on the one instance of a class that the factory has put together."""

    async def provide(request: Request) -> T:
        instance: T = request.app.state.services[kind]
        return instance

    return Depends(provide)


ValidOn = Annotated[
    CivilDate | None, Query(description="Civil date (Asia/Shanghai), default today 有效日期")
]


async def _then(valid_on: ValidOn = None, known_at: KnownAt = None) -> AsOf:
    return AsOf(valid_on, moment(known_at))


AsOfQuery = Annotated[AsOf, Depends(_then)]
"""A day, and a moment of knowledge of it."""
AreaPrefixes = Annotated[
    list[Annotated[str, Query(pattern="^[0-9]{2,12}$")]] | None,
    Query(description="Prefix of a division code 区划代码前缀"),
]
Code = Annotated[str, Query(max_length=100)]
AcceptHoles = Annotated[
    bool,
    Query(
        description="Have it take effect although rule sets in force or due would be left without "
        "an answer somewhere 接受规则空缺"
    ),
]
JSON = "application/json"


AreaCode = Annotated[str, Path(pattern=DIVISION_CODE, description="区划代码")]
