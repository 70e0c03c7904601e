"""What the routes share: the factory, who calls, moments in the past."""

from typing import Annotated
from uuid import UUID

from fastapi import Depends, Path, Query, Request

from registry_api.domain.point_in_time import AsOf
from registry_api.factory import Factory
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

USUAL: tuple[ProblemType, ...] = (UNAUTHORIZED, FORBIDDEN, UNKNOWN_PARAMETER, INVALID_REQUEST)
"""What any route with a token and parameters can answer."""

Reader = Annotated[Caller, Depends(require("registry:read"))]
Writer = Annotated[Caller, Depends(require("registry:write"))]


# Dependencies are coroutines even where they await nothing: FastAPI runs a plain function in a
# thread, which costs more than the whole read.


async def _factory(request: Request) -> Factory:
    factory: Factory = request.app.state.factory
    return factory


Made = Annotated[Factory, Depends(_factory)]


OrganizationId = Annotated[UUID, Path(description="The organization's id 社会组织编号")]
ValidOn = Annotated[
    CivilDate | None, Query(description="As it was on this day; default today 有效日期")
]


async def _known_at(known_at: KnownAt = None) -> AsOf:
    return AsOf(None, moment(known_at))


async def _as_of(valid_on: ValidOn = None, known_at: KnownAt = None) -> AsOf:
    return AsOf(valid_on, moment(known_at))


Known = Annotated[AsOf, Depends(_known_at)]
"""A moment of knowledge, of whatever day."""

Then = Annotated[AsOf, Depends(_as_of)]
"""A day, and a moment of knowledge of it."""
