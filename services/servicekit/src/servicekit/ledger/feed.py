"""`GET /v1/changes`: the ledger as a feed of CloudEvents, with long poll."""

import time
from collections.abc import Sequence
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Query, Request, Response
from pydantic import BaseModel, Field, WithJsonSchema
from sqlalchemy.ext.asyncio import AsyncConnection

from servicekit.auth.caller import Caller
from servicekit.database.engines import Database
from servicekit.database.notifications import Notifications
from servicekit.errors.declared import responses
from servicekit.errors.standard import (
    InsufficientScope,
    InvalidRequest,
    InvalidToken,
    PositionAhead,
    TooManyRequests,
    UnknownParameter,
)
from servicekit.http.access import require
from servicekit.ledger import rows
from servicekit.ledger.append import CHANNEL
from servicekit.observability.telemetry import note_wait

_SCAN = 20_000
"""Positions looked through for one page of a caller limited to areas."""

_PATIENCE_SECONDS = 5.0
"""How long a long poll trusts notifications before it looks for itself (and for its client)."""

_REPLICA_SECONDS = 0.5
"""The same with a replica, which has what a notification tells of a little later."""


CivilDate = Annotated[str, WithJsonSchema({"type": "string", "format": "date"})]


class SegmentDocument(BaseModel):
    """One stretch of a timeline 时间段."""

    from_: CivilDate = Field(alias="from", description="First day 起始日（含）")
    until: CivilDate | None = Field(description="First day after, null while open 截止日（不含）")
    state: dict[str, Any] = Field(description="The full state in this stretch 状态")


class EventData(BaseModel):
    """What changed 变更内容."""

    effective_on: CivilDate = Field(description="From this day on the change holds 生效日期")
    actor: str = Field(description="The client that made it 操作方")
    reason: str | None = Field(description="Why 原因")
    areas: list[str] = Field(description="Divisions touched before or after 涉及区划")
    change: dict[str, Any] | None = Field(description="RFC 7396 merge patch 合并补丁")
    timeline: list[SegmentDocument] = Field(
        description="Replaces all that was known from effective_on on 自生效日起的完整时间线"
    )


class Event(BaseModel):
    """A CloudEvents 1.0 envelope 变更事件."""

    specversion: str = Field(description="CloudEvents version, 1.0")
    id: str = Field(description="UUIDv7 of the event 事件编号")
    source: str = Field(description="The service that tells it 来源")
    type: str = Field(description="What kind of event 事件类型")
    subject: str = Field(description="Whom it is about 主体")
    time: Annotated[str, WithJsonSchema({"type": "string", "format": "date-time"})] = Field(
        description="When it was recorded, RFC 3339 登记时间"
    )
    sequence: Annotated[str, WithJsonSchema({"type": "string", "pattern": "^[1-9][0-9]*$"})] = (
        Field(description="Position in the ledger 账本位置")
    )
    revision: int = Field(description="Dense number per subject 主体版本号")
    datacontenttype: str = Field(description="application/json")
    data: EventData = Field(description="The change 变更")
    digest: str = Field(description="Chain up to this event, hex 链式摘要")


class FeedPage(BaseModel):
    """A page of the feed 变更页."""

    events: list[Event] = Field(description="In order of position 按位置排序")
    next_after: int = Field(description="Ask for what comes after this 下次的 after")
    head: int = Field(description="Last position of the ledger 账本末尾位置")
    digest: str | None = Field(
        description="Chain at next_after, hex; null for a caller limited to areas 链式摘要"
    )
    digest_algorithm: str = Field(description="Hash of the chain: sha256 or sm3 摘要算法")


def feed_router(scope: str) -> APIRouter:
    """The route of the feed, for callers with `scope`.

    The app's state must hold `database` and `notifications` (listening to the ledger's channel).
    """
    router = APIRouter(tags=["changes"])

    @router.get(
        "/v1/changes",
        operation_id="list_changes",
        summary="Follow what changes 变更订阅",
        response_model=FeedPage,
        responses=responses(
            InvalidToken,
            InsufficientScope,
            UnknownParameter,
            PositionAhead,
            InvalidRequest,
            TooManyRequests,
        ),
    )
    async def list_changes(
        request: Request,
        caller: Annotated[Caller, Depends(require(scope))],
        after: Annotated[
            int, Query(ge=0, le=2**62, description="Last position already known 已知的最后位置")
        ] = 0,
        limit: Annotated[
            int, Query(ge=1, le=1000, description="Events on a page 每页事件数")
        ] = 100,
        wait: Annotated[
            float, Query(ge=0, le=30, description="Seconds to wait for news 长轮询秒数")
        ] = 0,
    ) -> Response:
        """Events after a position, oldest first. With `wait`, answers as soon as there is one.

        A caller limited to areas gets the events that touch them before or after the change; its
        positions have holes, and `next_after` still advances.
        """
        page = await _newest_page(request, caller, after, limit, wait)
        return Response(page.body, media_type="application/json")

    return router


async def _newest_page(
    request: Request, caller: Caller, after: int, limit: int, wait: float
) -> "Page":
    """The page after `after`; waits up to `wait` seconds for an event where there is none yet."""
    database: Database = request.app.state.database
    notifications: Notifications = request.app.state.notifications
    patterns = caller.like_patterns()
    deadline = time.monotonic() + wait
    notification = notifications.next_notification(CHANNEL)
    page = await _current_page(database, after, limit, patterns)
    if page.next_after == after and wait:
        with request.app.state.long_polls.take(caller.client):
            while page.next_after == after and (left := deadline - time.monotonic()) > 0:
                if notifications.closing or await request.is_disconnected():
                    break
                patience = _REPLICA_SECONDS if database.replicated else _PATIENCE_SECONDS
                began = time.monotonic()
                await notifications.wait(CHANNEL, min(left, patience), notification)
                note_wait(request.scope, time.monotonic() - began)
                notification = notifications.next_notification(CHANNEL)
                page = await _current_page(database, after, limit, patterns)
    return page


async def _current_page(
    database: Database, after: int, limit: int, patterns: Sequence[str] | None
) -> "Page":
    """The page as a replica has it; the primary's word where the replica lags behind `after`."""
    try:
        async with database.reading() as connection:
            return await read_page(connection, after, limit, patterns)
    except PositionAhead:
        if not database.replicated:
            raise
    async with database.transaction() as connection:
        return await read_page(connection, after, limit, patterns)


class Page:
    """A feed page as bytes, and where it ends."""

    __slots__ = ("body", "next_after")

    def __init__(self, body: bytes, next_after: int) -> None:
        self.body = body
        self.next_after = next_after


async def read_page(
    connection: AsyncConnection, after: int, limit: int, patterns: Sequence[str] | None
) -> Page:
    """One page of the feed, assembled in the database from the stored text of its events.

    `patterns` are the LIKE patterns of a limited caller, None otherwise. Raises PositionAhead when
    `after` lies past the head: the caller follows another ledger.
    """
    head = await rows.select_head(connection)
    if after > head.position:
        raise PositionAhead(after=after, head=head.position)
    until = head.position if patterns is None else min(head.position, after + _SCAN)
    row = await rows.select_page(connection, after, until, limit, patterns)
    if patterns is None:
        next_after = row.last or after
        digest = f'"{row.digest or (await rows.digest_at(connection, after)).hex()}"'
    else:
        next_after = row.last if row.size == limit else until
        digest = "null"
    body = (
        f'{{"events":[{row.events or ""}],"next_after":{next_after},"head":{head.position},'
        f'"digest":{digest},"digest_algorithm":"{head.algorithm}"}}'
    )
    return Page(body.encode(), next_after)
