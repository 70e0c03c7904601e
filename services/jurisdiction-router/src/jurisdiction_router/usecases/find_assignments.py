"""Reading assignments: pages, counts, and one organization's whole answer."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from jurisdiction_router.storage import assignment_listing
from servicekit.auth import Caller
from servicekit.clock import Clock
from servicekit.database import Database
from servicekit.pagination import decode_cursor, encode_cursor
from servicekit.refusals import Refusal, Violation


@dataclass(frozen=True, slots=True)
class FindAssignments:
    """The use case, with what it needs."""

    database: Database
    clock: Clock

    async def page(
        self,
        caller: Caller,
        filters: Mapping[str, Sequence[str]],
        valid_on: date | None,
        cursor: str | None,
        limit: int,
        exact_count: bool,
    ) -> str:
        """A page of what holds on a day, as JSON text: `{"items", "next_cursor", "count"}`.

        Raises Refusal `invalid-cursor`.
        """
        day = valid_on or self.clock.today()
        query = {**filters, "valid_on": day.isoformat()}
        key = decode_cursor(cursor, query, [str])
        after = _uuid(key[0]) if key else None
        where = assignment_listing.conditions(filters, day, caller.like_patterns())
        async with self.database.reading() as connection:
            found = await assignment_listing.page(connection, where, after, limit)
            count = await assignment_listing.count(connection, where) if exact_count else None
        following = "null"
        if found.size == limit and found.last is not None:
            following = f'"{encode_cursor([str(found.last)], query)}"'
        counted = "null" if count is None else str(count)
        return f'{{"items":{found.documents},"next_cursor":{following},"count":{counted}}}'

    async def summary(
        self, caller: Caller, filters: Mapping[str, Sequence[str]], valid_on: date | None
    ) -> dict[str, Any]:
        """Counts by outcome, by rule and by kind of body; each adds up to the total."""
        day = valid_on or self.clock.today()
        where = assignment_listing.conditions(filters, day, caller.like_patterns())
        async with self.database.reading() as connection:
            cells = await assignment_listing.counts(connection, where)
        return {
            "valid_on": day.isoformat(),
            "total": sum(cell["count"] for cell in cells),
            "by_outcome": _sums(cells, "outcome"),
            "by_rule": _sums(cells, "outcome", "rule_set", "rule"),
            "by_body_kind": _sums(cells, "outcome", "body_kind"),
        }

    async def one(
        self, caller: Caller, organization_id: UUID, valid_on: date | None
    ) -> tuple[str, int]:
        """One organization's assignment on a day, with its decision and history, as JSON text.

        And the revision of its timeline: what a designation is held to.

        Raises Refusal `not-found` for an organization that is not known or not the caller's to
        see, `no-assignment` for a day without one.
        """
        day = valid_on or self.clock.today()
        async with self.database.reading() as connection:
            row = await assignment_listing.read_assignment(connection, organization_id, day)
        seen = [row.area] if row is not None and row.area is not None else []
        if row is None or not caller.may_see(*(seen or row.areas)):
            raise Refusal("not-found")
        if row.document is None:
            raise Refusal("no-assignment", valid_on=day.isoformat())
        return f'{row.document[:-1]},"history":{row.history}}}', row.revision


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
        raise Refusal("invalid-cursor", Violation("/cursor", "cursor", value)) from None
