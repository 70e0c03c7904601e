"""An organization as the assessment stores it: facts, timeline, overrides, and its revisions."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from jurisdiction_router.core.deciding.designation import Override
from jurisdiction_router.core.rules.facts import FactPeriod
from servicekit.time import Segment


@dataclass(frozen=True, slots=True)
class StoredSegment:
    """A period of a stored assignment timeline, with the area that grants access to it."""

    segment: Segment
    area: str


@dataclass(frozen=True, slots=True)
class StoredOrganization:
    """What is stored of an organization, and how often its facts and its timeline changed."""

    id: UUID
    registry_revision: int = 0
    assignment_revision: int = 0
    periods: tuple[FactPeriod, ...] = ()
    segments: tuple[StoredSegment, ...] = ()
    overrides: tuple[Override, ...] = ()

    def area_on(self, day: date) -> str:
        """Return the access area on a day, or else the last one there is."""
        areas = [s.area for s in self.segments if s.segment.start <= day]
        return (areas or [s.area for s in self.segments] or [""])[-1]


def access_areas(segments: Iterable[StoredSegment], effective_on: date) -> set[str]:
    """Return the access areas of what holds on or after `effective_on`."""
    return {
        stored.area
        for stored in segments
        if stored.area and (stored.segment.until is None or stored.segment.until > effective_on)
    }
