"""Follow both feeds at once, each page in the transaction that moves its cursor."""

from collections.abc import Sequence

import httpx
from sqlalchemy.ext.asyncio import AsyncConnection

from metrics_api.facts.feed_pages import registry_page, router_page
from metrics_api.facts.feeds import REGISTRY_FEED, ROUTER_FEED
from metrics_api.facts.record import record_changes
from servicekit.database import Database
from servicekit.follower import FeedEvent, Follower


async def apply_registry(connection: AsyncConnection, events: Sequence[FeedEvent]) -> None:
    """Bring the fact timeline in step with a page of the registry's feed."""
    await record_changes(connection, registry_page(events))


async def apply_router(connection: AsyncConnection, events: Sequence[FeedEvent]) -> None:
    """Bring the fact timeline and the directory in step with a page of the router's feed."""
    await record_changes(connection, router_page(events))


def followers(
    database: Database, registry: httpx.AsyncClient, router: httpx.AsyncClient
) -> tuple[Follower, Follower]:
    """The followers of both feeds."""
    return (
        Follower(REGISTRY_FEED, database, registry, apply_registry),
        Follower(ROUTER_FEED, database, router, apply_router),
    )
