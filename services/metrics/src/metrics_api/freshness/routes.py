"""`GET /v1/freshness`: how far behind the ledgers the answers are."""

from typing import Annotated, Any

from fastapi import APIRouter

from metrics_api.access import ReadingCaller
from metrics_api.answers.documents import positions
from metrics_api.freshness.read_freshness import FeedFreshness, ReadFreshness
from metrics_api.freshness.schemas import FreshnessDocument
from servicekit.errors import responses
from servicekit.http import USUAL, provided

router = APIRouter(tags=["operation"])

Read = Annotated[ReadFreshness, provided(ReadFreshness)]


@router.get(
    "/v1/freshness",
    operation_id="read_freshness",
    summary="How fresh the answers are 数据新鲜度",
    response_model=FreshnessDocument,
    responses=responses(USUAL),
)
async def read_freshness(read: Read, caller: ReadingCaller) -> dict[str, Any]:
    """Own edition and positions against the ends of both feeds, asked now."""
    freshness = await read.answer()
    return {
        "edition": freshness.serving.number,
        "positions": positions(freshness.serving),
        "recorded": {
            "edition": freshness.recorded.number,
            "positions": positions(freshness.recorded),
            "recorded_at": freshness.recorded.recorded_at,
        },
        "feeds": {name: _feed(feed) for name, feed in freshness.feeds.items()},
    }


def _feed(feed: FeedFreshness) -> dict[str, Any]:
    return {
        "position": feed.cursor.position,
        "head": feed.head,
        "lag_positions": max(0, feed.head - feed.cursor.position),
        "lag_seconds": feed.lag_seconds,
        "parked": feed.cursor.parked,
        "reachable": feed.reachable,
    }
