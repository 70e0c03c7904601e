"""`GET /v1/freshness`: how far behind the ledgers the answers are."""

from typing import Any

from fastapi import APIRouter, Request

from metrics_api.api.answers import positions
from metrics_api.api.coverage import READ_PROBLEMS
from metrics_api.api.parameters import ReadingCaller
from metrics_api.api.schemas import FreshnessDocument
from metrics_api.usecases.tell_freshness import FeedFreshness, TellFreshness
from servicekit.errors import responses


def freshness_router() -> APIRouter:
    """The route of freshness."""
    router = APIRouter(tags=["operation"])

    @router.get(
        "/v1/freshness",
        operation_id="read_freshness",
        summary="How fresh the answers are 数据新鲜度",
        response_model=FreshnessDocument,
        responses=responses(*READ_PROBLEMS),
    )
    async def freshness(request: Request, caller: ReadingCaller) -> dict[str, Any]:
        """Own edition and positions against the ends of both feeds, asked now."""
        tell: TellFreshness = request.app.state.tell_freshness
        found = await tell.answer()
        return {
            "edition": found.serving.number,
            "positions": positions(found.serving),
            "recorded": {
                "edition": found.recorded.number,
                "positions": positions(found.recorded),
                "recorded_at": found.recorded.recorded_at,
            },
            "feeds": {name: _feed(feed) for name, feed in found.feeds.items()},
        }

    return router


def _feed(feed: FeedFreshness) -> dict[str, Any]:
    return {
        "position": feed.cursor.position,
        "head": feed.head,
        "lag_positions": max(0, feed.head - feed.cursor.position),
        "lag_seconds": feed.lag_seconds,
        "parked": feed.cursor.parked,
        "reachable": feed.reachable,
    }
