"""Keeping a copy in step with another service's feed."""

from servicekit.follower.commands import add_follower_commands
from servicekit.follower.event import ChainBroken, FeedEvent, verify_page
from servicekit.follower.loop import Follower, follow_lock, following
from servicekit.follower.pages import FeedPages
from servicekit.follower.replay import FeedReplay
from servicekit.follower.rows import FeedCursor, read_cursors
from servicekit.follower.status import (
    FeedStatus,
    feed_check,
    feed_status_router,
    read_feed_status,
)
from servicekit.follower.tables import follower_tables

__all__ = [
    "ChainBroken",
    "FeedCursor",
    "FeedEvent",
    "FeedPages",
    "FeedReplay",
    "FeedStatus",
    "Follower",
    "add_follower_commands",
    "feed_check",
    "feed_status_router",
    "follow_lock",
    "follower_tables",
    "following",
    "read_cursors",
    "read_feed_status",
    "verify_page",
]
