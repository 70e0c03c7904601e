"""How far a feed is followed: for callers as a document and its route, for probes as a check."""

from typing import Annotated, Any

from fastapi import APIRouter, Depends, Request
from pydantic import BaseModel, Field

from servicekit.auth.caller import Caller
from servicekit.database.engines import Database
from servicekit.errors.declared import responses
from servicekit.follower.rows import list_parked, read_cursors
from servicekit.http.access import require
from servicekit.http.dependencies import USUAL
from servicekit.http.health import Check, Readiness

_MAX_PARKED = 100


class ParkedSubject(BaseModel):
    """A subject whose events could not be applied 暂存主体."""

    subject: str = Field(description="主体")
    position: int = Field(description="Its first waiting position 位置")
    events: int = Field(description="Waiting events 事件数")
    attempts: int = Field(description="重试次数")
    error: str = Field(description="错误")
    parked_at: str = Field(description="RFC 3339")


class FeedStatus(BaseModel):
    """How far a feed is followed 跟随进度."""

    feed: str = Field(description="来源")
    position: int = Field(description="Last position applied 已处理位置")
    head: int = Field(description="Last position heard of 账本末尾位置")
    lag: int = Field(description="Positions to go 差距")
    updated_at: str | None = Field(description="RFC 3339")
    parked: list[ParkedSubject] = Field(description="At most 100 暂存主体")


async def read_feed_status(database: Database, caller: Caller, feed: str) -> dict[str, Any]:
    """Position, head, lag and parked subjects, as `FeedStatus` describes them.

    A caller limited to areas gets no parked subjects: what could not be read has no area.
    """
    async with database.reading() as connection:
        cursor = (await read_cursors(connection, [feed]))[feed]
        limited = caller.areas is not None
        parked = [] if limited else await list_parked(connection, feed, _MAX_PARKED)
    return {
        "feed": feed,
        "position": cursor.position,
        "head": cursor.head,
        "lag": cursor.head - cursor.position,
        "updated_at": cursor.updated_at.isoformat() if cursor.updated_at else None,
        "parked": [{**row._asdict(), "parked_at": row.parked_at.isoformat()} for row in parked],
    }


def feed_status_router(scope: str, feed: str) -> APIRouter:
    """The route `/v1/feed-status` of `feed`, for callers with `scope`.

    The app's state must hold `database`.
    """
    router = APIRouter(tags=["operation"])

    @router.get(
        "/v1/feed-status",
        operation_id="get_feed_status",
        summary=f"How far the {feed} is followed 跟随进度",
        response_model=FeedStatus,
        responses=responses(*USUAL),
    )
    async def get_feed_status(
        request: Request, caller: Annotated[Caller, Depends(require(scope))]
    ) -> dict[str, Any]:
        """Position, lag, and the subjects whose events could not be applied.

        None of these for a caller limited to areas.
        """
        return await read_feed_status(request.app.state.database, caller, feed)

    return router


def feed_check(database: Database, feed: str) -> Check:
    """How far the follower of `feed` is; lag does not take the service out of service."""

    async def check() -> Readiness:
        async with database.reading() as connection:
            cursor = (await read_cursors(connection, [feed]))[feed]
        detail = {"position": cursor.position, "head": cursor.head, "parked": cursor.parked}
        return Readiness(f"feed {feed}", True, detail)

    check.__name__ = f"feed {feed}"
    return check
