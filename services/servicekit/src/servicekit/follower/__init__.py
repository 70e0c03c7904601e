"""Keeping a copy in step with another service's feed."""

from servicekit.follower.commands import add_follower_commands
from servicekit.follower.event import ChainBroken, FeedEvent, verify_page
from servicekit.follower.loop import Follower, follow_lock, follower_tables
from servicekit.follower.pages import FeedPages
from servicekit.follower.replay import FeedReplay

__all__ = [
    "ChainBroken",
    "FeedEvent",
    "FeedPages",
    "FeedReplay",
    "Follower",
    "add_follower_commands",
    "follow_lock",
    "follower_tables",
    "verify_page",
]
