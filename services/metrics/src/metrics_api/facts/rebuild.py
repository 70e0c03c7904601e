"""Make the fact timeline anew from both feeds: the same editions, out of the same positions.

Every edition says how much of each feed it includes; the feeds are cut at exactly these positions
and each stretch is applied under its old number. So receipts go on to hold and targets of users
keep their editions. Where the model falls down: a subject that had been parked counts from the
edition of its event on, not from that of its release.
"""

import asyncio
from collections.abc import Callable
from contextlib import AsyncExitStack
from dataclasses import dataclass

from metrics_api.core.facts.edition import Edition
from metrics_api.editions.read import every_edition
from metrics_api.editions.rebuild import correct_edition, record_rebuild
from metrics_api.facts.feed_pages import registry_page, router_page
from metrics_api.facts.feeds import FEEDS, REGISTRY_FEED, ROUTER_FEED
from metrics_api.facts.record import PageChanges, apply_changes
from metrics_api.facts.rows import allow_any_duration, drop_everything_fed
from metrics_api.facts.upstream import Upstream
from servicekit.database import Database
from servicekit.follower import FeedReplay, follow_lock

OnProgress = Callable[[int, int], None]
"""Told how many editions are made, of how many."""


class FollowerActiveError(RuntimeError):
    """A process still follows the feeds."""


@dataclass(frozen=True, slots=True)
class Rebuilt:
    """What was made; `short`: editions whose ledger no longer reaches as far as it did."""

    editions: int
    registry_position: int
    router_position: int
    short: int


async def rebuild(
    database: Database, upstream: Upstream, on_progress: OnProgress, patience: float
) -> Rebuilt:
    """Rebuild in one transaction: readers see the old timeline until it commits, then the new one.

    Waits `patience` seconds for the followers to stop. Raises `FollowerActiveError`, `ChainBroken`,
    `TimelineTornError` and what `httpx` raises; then nothing has changed.
    """
    async with AsyncExitStack() as stack:
        try:
            async with asyncio.timeout(patience):
                for feed in FEEDS:
                    await stack.enter_async_context(follow_lock(database, feed))
        except TimeoutError as error:
            raise FollowerActiveError from error
        connection = await stack.enter_async_context(database.transaction())
        await allow_any_duration(connection)
        editions = await every_edition(connection)
        registry = FeedReplay(REGISTRY_FEED, upstream.registry, registry_page)
        router = FeedReplay(ROUTER_FEED, upstream.router, router_page)
        await drop_everything_fed(connection)
        for replay in (registry, router):
            await replay.restart(connection)
        short = 0
        for done, edition in enumerate(editions, start=1):
            organizations = await registry.up_to(connection, edition.registry_position)
            assignments = await router.up_to(connection, edition.router_position)
            page = _together(registry_page(organizations), router_page(assignments))
            await apply_changes(connection, edition.number, page)
            reached = _reached(edition, registry, router)
            short += reached != (edition.registry_position, edition.router_position)
            await correct_edition(
                connection, edition.number, *reached, directory=bool(page.directory)
            )
            on_progress(done, len(editions))
        for replay in (registry, router):
            await replay.finish(connection)
        await record_rebuild(connection)
        return Rebuilt(len(editions), registry.position, router.position, short)


def _reached(edition: Edition, registry: FeedReplay, router: FeedReplay) -> tuple[int, int]:
    return (
        min(edition.registry_position, registry.position),
        min(edition.router_position, router.position),
    )


def _together(registry: PageChanges, router: PageChanges) -> PageChanges:
    """One page of both feeds."""
    return PageChanges(
        registry.registry_position,
        router.router_position,
        registry.organizations,
        router.assignments,
        router.directory,
    )
