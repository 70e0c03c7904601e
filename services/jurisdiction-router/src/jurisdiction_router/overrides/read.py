"""Reading overrides and disputes: pages of them, and one."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any, Literal
from uuid import UUID

from jurisdiction_router.overrides import rows
from servicekit.auth import Caller
from servicekit.database import Database
from servicekit.errors import InvalidCursor, NotFound, refuses
from servicekit.http import decode_cursor, next_cursor, page_json
from servicekit.time import Clock

What = Literal["overrides", "disputes"]
_PAGES = {
    "overrides": rows.page_of_overrides,
    "disputes": rows.page_of_disputes,
}


@dataclass(frozen=True, slots=True)
class ReadOverrides:
    """The use case, with what it needs."""

    database: Database
    clock: Clock

    @refuses(InvalidCursor)
    async def page(
        self,
        caller: Caller,
        what: What,
        filters: Mapping[str, Any],
        valid_on: date | None,
        cursor: str | None,
        limit: int,
    ) -> str:
        """A page as JSON text, in the order in which they were made."""
        day = valid_on or self.clock.today()
        query = {name: str(value) for name, value in filters.items()}
        query |= {"what": what, "valid_on": day.isoformat()}
        key = decode_cursor(cursor, query, [UUID])
        async with self.database.reading() as connection:
            page = await _PAGES[what](
                connection, filters, day, caller.like_patterns(), key[0] if key else None, limit
            )
        last = None if page.last is None else [page.last]
        return page_json(page.documents, next_cursor(last, query, size=page.size, limit=limit))

    @refuses(NotFound)
    async def one(self, caller: Caller, what: What, identifier: UUID) -> str:
        """One of them, as it stands today, as JSON text."""
        async with self.database.reading() as connection:
            page = await _PAGES[what](
                connection, {"id": identifier}, self.clock.today(), caller.like_patterns(), None, 1
            )
        if not page.size:
            raise NotFound()
        return page.documents[1:-1]
