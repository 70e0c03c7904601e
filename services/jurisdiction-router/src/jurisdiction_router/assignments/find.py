"""Finding assignments on a day, a page at a time, and counting them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

import orjson

from jurisdiction_router.assignments import past, rows
from jurisdiction_router.assignments.filters import Filters, SpellOutFilters, refuse_health
from jurisdiction_router.assignments.past import PastFilter
from servicekit.auth import Caller
from servicekit.database import Database
from servicekit.errors import InvalidCursor, PositionAhead, Violation, refuses
from servicekit.http import counted_page_json, decode_cursor, encode_cursor, next_cursor
from servicekit.ledger import Ledger
from servicekit.time import AsOf, Clock


@dataclass(frozen=True, slots=True)
class FindAssignments:
    """The use case, with what it needs."""

    database: Database
    clock: Clock
    ledger: Ledger
    spell_out: SpellOutFilters

    @refuses(InvalidCursor, PositionAhead)
    async def page(
        self,
        caller: Caller,
        filters: Filters,
        as_of: AsOf,
        cursor: str | None,
        limit: int,
        exact_count: bool,
    ) -> str:
        """A page of what holds on a day, as JSON text: `{"items", "next_cursor", "count"}`.

        `as_of` says the day, and as known when; a page of the past may be short and still have a
        successor.
        """
        day = as_of.valid_on or self.clock.today()
        query = {**filters, "valid_on": day.isoformat(), "known_at": str(as_of.known_at)}
        key = decode_cursor(cursor, query, [str])
        after = _uuid(key[0]) if key else None
        filters = await self.spell_out(filters, day)
        if as_of.known_at is not None:
            return await self._past_page(caller, filters, day, as_of, query, after, limit)
        where = rows.conditions(filters, day, caller.like_patterns())
        async with self.database.reading() as connection:
            page = await rows.page(connection, where, after, limit)
            count = await rows.count(connection, where) if exact_count else None
        last = None if page.last is None else [str(page.last)]
        cursor = next_cursor(last, query, size=page.size, limit=limit)
        return counted_page_json(page.documents, cursor, count)

    async def _past_page(
        self,
        caller: Caller,
        filters: Filters,
        day: date,
        as_of: AsOf,
        query: Mapping[str, Any],
        after: UUID | None,
        limit: int,
    ) -> str:
        refuse_health(filters)
        async with self.database.snapshot() as connection:
            position = await past.position_of(connection, self.ledger, as_of)
            requested = PastFilter(day, position, filters, caller.like_patterns())
            page = await past.page(connection, requested, after, limit)
        cursor = None
        if page.next_after is not None:
            cursor = encode_cursor([str(page.next_after)], query)
        return counted_page_json(orjson.dumps(page.documents).decode(), cursor, None)

    async def summary(
        self, caller: Caller, filters: Filters, valid_on: date | None
    ) -> dict[str, Any]:
        """Counts by outcome, by rule and by kind of body; each adds up to the total."""
        day = valid_on or self.clock.today()
        filters = await self.spell_out(filters, day)
        where = rows.conditions(filters, day, caller.like_patterns())
        async with self.database.reading() as connection:
            cells = await rows.counts(connection, where)
        return {
            "valid_on": day.isoformat(),
            "total": sum(cell["count"] for cell in cells),
            "by_outcome": _sums(cells, "outcome"),
            "by_rule": _sums(cells, "outcome", "rule_set", "rule"),
            "by_body_kind": _sums(cells, "outcome", "body_kind"),
        }


def _sums(cells: Sequence[Mapping[str, Any]], *names: str) -> list[dict[str, Any]]:
    sums: dict[tuple[Any, ...], int] = {}
    for cell in cells:
        key = tuple(cell[name] for name in names)
        sums[key] = sums.get(key, 0) + cell["count"]
    ordered = sorted(sums.items(), key=lambda item: (-item[1], str(item[0])))
    return [{**dict(zip(names, key, strict=True)), "count": count} for key, count in ordered]


def _uuid(value: str) -> UUID:
    try:
        return UUID(value)
    except ValueError:
        raise InvalidCursor(Violation("/cursor", "cursor", value)) from None
