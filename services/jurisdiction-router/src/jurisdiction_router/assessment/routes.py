"""Route of the follower's state."""

from typing import Annotated, Any

from fastapi import APIRouter

from jurisdiction_router.assessment.feed_status import tell_feed_status
from jurisdiction_router.assessment.schemas import FeedStatus
from jurisdiction_router.dependencies import USUAL, Reader, provided
from servicekit.database import Database
from servicekit.errors import responses

router = APIRouter(tags=["operation"])

Store = Annotated[Database, provided(Database)]


@router.get(
    "/v1/feed-status",
    operation_id="get_feed_status",
    summary="How far the registry is followed 跟随进度",
    response_model=FeedStatus,
    responses=responses(*USUAL),
)
async def get_feed_status(caller: Reader, database: Store) -> dict[str, Any]:
    """Position, lag, and the subjects whose events could not be applied (of the caller's areas)."""
    return await tell_feed_status(database, caller)
