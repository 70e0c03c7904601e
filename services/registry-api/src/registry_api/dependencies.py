"""What the routes share: the services, who calls, moments in the past."""

from typing import Annotated
from uuid import UUID

from fastapi import Depends, Path, Query, Request

from registry_api import factory
from registry_api.core.point_in_time import AsOf
from servicekit.auth import Caller
from servicekit.http import require
from servicekit.time import CivilDate, KnownAt, moment

Reader = Annotated[Caller, Depends(require("registry:read"))]
Writer = Annotated[Caller, Depends(require("registry:write"))]


# Dependencies are coroutines even where they await nothing: FastAPI runs a plain function in a
# thread, which costs more than the whole read.


async def _services(request: Request) -> factory.Services:
    services: factory.Services = request.app.state.services
    return services


Services = Annotated[factory.Services, Depends(_services)]


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
