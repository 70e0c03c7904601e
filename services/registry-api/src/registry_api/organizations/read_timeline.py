"""What happened to one organization: its story over valid time, and its events as recorded."""

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from registry_api.core.refusals import OrganizationVoid
from registry_api.core.timeline import Chapter, RecordedEvent, timeline_of
from registry_api.history import read as history
from registry_api.history.point_in_time import find_point_in_time
from registry_api.register.missing import missing
from servicekit.auth import Caller
from servicekit.database import Database
from servicekit.errors import InvalidCursor, NotFound, PositionAhead, refuses
from servicekit.http import decode_cursor, encode_cursor
from servicekit.time import AsOf, Clock


@dataclass(frozen=True, slots=True)
class Timeline:
    """The chapters as known at a position."""

    position: int
    chapters: Sequence[Chapter]


@dataclass(frozen=True, slots=True)
class EventPage:
    """Events in the order of their positions, and the cursor of what follows."""

    events: Sequence[RecordedEvent]
    next_cursor: str | None


@dataclass(frozen=True, slots=True)
class ReadTimeline:
    """The use case, with what it needs."""

    database: Database
    clock: Clock

    @refuses(NotFound, OrganizationVoid, PositionAhead)
    async def timeline(self, caller: Caller, identifier: UUID, known_at: AsOf) -> Timeline:
        """The story as known at a moment.

        Raises NotFound for an organization of which the caller may be told nothing,
        OrganizationVoid, PositionAhead.
        """
        async with self.database.reading() as connection:
            point = await find_point_in_time(connection, known_at, self.clock.today())
            events = await history.events_up_to(connection, identifier, point.position)
            chapters = timeline_of(events, caller.may_see)
            if not chapters:
                raise await missing(connection, caller, identifier, point.position)
        return Timeline(point.position, chapters)

    @refuses(NotFound, InvalidCursor)
    async def events(
        self, caller: Caller, identifier: UUID, cursor: str | None, limit: int
    ) -> EventPage:
        """A page of events as they were recorded, those only that touched the caller's areas.

        Raises NotFound when there is none at all, InvalidCursor.
        """
        query = {"organization": str(identifier)}
        key = decode_cursor(cursor, query, [int])
        after = key[0] if key else 0
        async with self.database.reading() as connection:
            events = await history.events_after(
                connection, identifier, caller.like_patterns(), after, limit + 1
            )
        if not events and cursor is None:
            raise NotFound()
        page = events[:limit]
        goes_on = len(events) > limit
        return EventPage(page, encode_cursor([page[-1].position], query) if goes_on else None)
