"""Keeping assignments in step with the registry, a page of its feed in one transaction.

Of an event only its type and its timeline count; which fields of a state matter, and how missing
ones read, is `core.rules.facts`' affair. Unknown event types and fields are passed over.
"""

from collections.abc import Iterable, Iterator, Sequence
from typing import Final
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncConnection

from jurisdiction_router.assessment.assess import AssessOrganizations, FactsChange
from jurisdiction_router.core.rules.facts import facts_timeline
from jurisdiction_router.jurisdiction.current import CurrentJurisdiction
from servicekit.follower import FeedEvent

FEED: Final = "registry"
ACTOR: Final = "jurisdiction-router"


class RegistryFeed:
    """Applies pages of the registry's feed."""

    def __init__(self, current: CurrentJurisdiction, assess: AssessOrganizations) -> None:
        self._current = current
        self._assess = assess

    async def apply(self, connection: AsyncConnection, events: Sequence[FeedEvent]) -> None:
        """Assess the organizations of a page, each event once and in order.

        Raises KeyError, TypeError or ValueError for an event of another shape: the follower then
        parks its subject.
        """
        jurisdiction = await self._current.hold(connection, "shared")
        await self._assess.apply(connection, jurisdiction, list(_changes(events)))


def _changes(events: Iterable[FeedEvent]) -> Iterator[FactsChange]:
    for event in events:
        if not event.type.startswith("organization."):
            continue
        yield FactsChange(
            organization_id=UUID(event.subject),
            registry_revision=event.revision,
            effective_on=event.effective_on,
            periods=facts_timeline((s.start, s.until, s.state) for s in event.timeline),
            actor=ACTOR,
            reason=f"{event.type} at position {event.position} of the registry",
        )
