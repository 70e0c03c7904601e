"""Exporting assignments: all that match, on one snapshot, stamped with the position it shows."""

from collections.abc import AsyncGenerator, AsyncIterator
from contextlib import aclosing, asynccontextmanager
from dataclasses import dataclass
from typing import Any, ClassVar, Final, NamedTuple
from uuid import UUID

import orjson
from sqlalchemy.ext.asyncio import AsyncConnection

from jurisdiction_router.assignments import past, rows
from jurisdiction_router.assignments.filters import Filters, SpellOutFilters, refuse_health
from jurisdiction_router.assignments.past import PastFilter
from servicekit.auth import Caller
from servicekit.database import Database
from servicekit.errors import PositionAhead
from servicekit.ledger import Ledger
from servicekit.time import AsOf, Clock

PAGE: Final = 1_000


class Export(NamedTuple):
    """An export under way: the position and chain it shows, and its documents in pages."""

    position: int
    digest: str
    pages: AsyncGenerator[list[dict[str, Any]], None]


@dataclass(frozen=True, slots=True)
class ExportAssignments:
    """The use case, with what it needs."""

    refusals: ClassVar = (PositionAhead,)

    database: Database
    clock: Clock
    ledger: Ledger
    spell_out: SpellOutFilters

    @asynccontextmanager
    async def __call__(
        self, caller: Caller, filters: Filters, as_of: AsOf
    ) -> AsyncIterator[Export]:
        """All that match on a day, as known when."""
        day = as_of.valid_on or self.clock.today()
        filters = await self.spell_out(filters, day)
        if as_of.known_at is not None:
            refuse_health(filters)
        async with self.database.snapshot() as connection:
            position = await past.position_of(connection, self.ledger, as_of)
            digest = await rows.digest_at(connection, position)
            requested = PastFilter(day, position, filters, caller.like_patterns())
            pages = _current if as_of.known_at is None else _past
            async with aclosing(pages(connection, requested)) as opened:
                yield Export(position, digest, opened)


async def _current(
    connection: AsyncConnection, requested: PastFilter
) -> AsyncGenerator[list[dict[str, Any]], None]:
    where = rows.conditions(requested.filters, requested.day, requested.patterns)
    after: UUID | None = None
    while True:
        page = await rows.page(connection, where, after, PAGE)
        yield orjson.loads(page.documents)
        if page.size < PAGE:
            return
        after = page.last


async def _past(
    connection: AsyncConnection, requested: PastFilter
) -> AsyncGenerator[list[dict[str, Any]], None]:
    after: UUID | None = None
    while True:
        page = await past.page(connection, requested, after, PAGE)
        yield page.documents
        if page.next_after is None:
            return
        after = page.next_after
