"""Reading assignments: pages, counts, and one organization's whole answer."""

from collections.abc import AsyncGenerator, AsyncIterator, Mapping, Sequence
from contextlib import aclosing, asynccontextmanager
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Final, NamedTuple
from uuid import UUID

import orjson
from sqlalchemy.ext.asyncio import AsyncConnection

from jurisdiction_router.assignments import past_rows as past_assignments
from jurisdiction_router.assignments import rows as assignment_listing
from jurisdiction_router.assignments.body_lines import Lines, with_subtree
from jurisdiction_router.assignments.past_rows import PastFilter
from jurisdiction_router.core.as_of import AsOf
from jurisdiction_router.jurisdiction.current import CurrentJurisdiction
from servicekit.auth import Caller
from servicekit.clock import Clock
from servicekit.database import Database
from servicekit.ledger import Ledger, Segment
from servicekit.pagination import decode_cursor, encode_cursor
from servicekit.refusals import Refusal, Violation

EXPORT_PAGE: Final = 1_000


class Export(NamedTuple):
    """An export under way: the position and chain it shows, and its documents in pages."""

    position: int
    digest: str
    pages: AsyncGenerator[list[dict[str, Any]], None]


@dataclass(frozen=True, slots=True)
class FindAssignments:
    """The use case, with what it needs."""

    database: Database
    clock: Clock
    ledger: Ledger
    current: CurrentJurisdiction
    lines: Lines

    async def page(
        self,
        caller: Caller,
        filters: Mapping[str, Sequence[str]],
        then: AsOf,
        cursor: str | None,
        limit: int,
        exact_count: bool,
    ) -> str:
        """A page of what holds on a day, as JSON text: `{"items", "next_cursor", "count"}`.

        `then` says the day, and as known when; a page of the past may be short and still have a
        successor. Raises Refusal `invalid-cursor`, `position-ahead`.
        """
        day = then.valid_on or self.clock.today()
        query = {**filters, "valid_on": day.isoformat(), "known_at": str(then.known_at)}
        key = decode_cursor(cursor, query, [str])
        after = _uuid(key[0]) if key else None
        filters = await self._spelled_out(filters, day)
        if then.known_at is not None:
            return await self._past_page(caller, filters, day, then, query, after, limit)
        where = assignment_listing.conditions(filters, day, caller.like_patterns())
        async with self.database.reading() as connection:
            found = await assignment_listing.page(connection, where, after, limit)
            count = await assignment_listing.count(connection, where) if exact_count else None
        following = "null"
        if found.size == limit and found.last is not None:
            following = f'"{encode_cursor([str(found.last)], query)}"'
        counted = "null" if count is None else str(count)
        return f'{{"items":{found.documents},"next_cursor":{following},"count":{counted}}}'

    async def _past_page(
        self,
        caller: Caller,
        filters: Mapping[str, Sequence[str]],
        day: date,
        then: AsOf,
        query: Mapping[str, Any],
        after: UUID | None,
        limit: int,
    ) -> str:
        _refuse_health(filters)
        async with self.database.snapshot() as connection:
            position = await self._position(connection, then)
            wanted = PastFilter(day, position, filters, caller.like_patterns())
            found = await past_assignments.page(connection, wanted, after, limit)
        following = None
        if found.next_after is not None:
            following = encode_cursor([str(found.next_after)], query)
        page = {"items": found.documents, "next_cursor": following, "count": None}
        return orjson.dumps(page).decode()

    async def _spelled_out(
        self, filters: Mapping[str, Sequence[str]], day: date
    ) -> Mapping[str, Sequence[str]]:
        """The filters with `under_body` as the ids of the bodies it stands for on the day."""
        if "under_body" not in filters:
            return filters
        directory = (await self.current.read()).directory
        under = {
            found
            for body in filters["under_body"]
            for found in with_subtree(self.lines, directory, body, day)
        }
        named = filters.get("body_id")
        wanted = under if named is None else under & {*named}
        rest = {name: values for name, values in filters.items() if name != "under_body"}
        return {**rest, "body_id": sorted(wanted)}

    async def _position(self, connection: AsyncConnection, then: AsOf) -> int:
        head = (await self.ledger.head(connection)).position
        if isinstance(then.known_at, datetime):
            return await past_assignments.position_at(connection, then.known_at)
        position = head if then.known_at is None else then.known_at
        if position > head:
            raise Refusal("position-ahead", after=position, head=head)
        return position

    @asynccontextmanager
    async def export(
        self, caller: Caller, filters: Mapping[str, Sequence[str]], then: AsOf
    ) -> AsyncIterator[Export]:
        """All that match, on one snapshot, stamped with the position they show.

        Raises Refusal `position-ahead`.
        """
        day = then.valid_on or self.clock.today()
        filters = await self._spelled_out(filters, day)
        if then.known_at is not None:
            _refuse_health(filters)
        async with self.database.snapshot() as connection:
            position = await self._position(connection, then)
            digest = await past_assignments.digest_at(connection, position)
            wanted = PastFilter(day, position, filters, caller.like_patterns())
            pages = (
                _current(connection, wanted) if then.known_at is None else _past(connection, wanted)
            )
            async with aclosing(pages):
                yield Export(position, digest, pages)

    async def history(self, caller: Caller, organization_id: UUID, then: AsOf) -> dict[str, Any]:
        """What the ledger says of an organization's assignment, up to `then.known_at`.

        With `then.valid_on`, only what it says of that day. Raises Refusal `not-found`,
        `position-ahead`.
        """
        day = then.valid_on
        async with self.database.snapshot() as connection:
            position = await self._position(connection, then)
            events = await past_assignments.history(
                connection, organization_id, caller.like_patterns(), position
            )
        if not events:
            raise Refusal("not-found")
        return {
            "organization_id": str(organization_id),
            "events": [
                {
                    "position": int(event["sequence"]),
                    "recorded_at": event["time"],
                    "revision": event["revision"],
                    "effective_on": event["data"]["effective_on"],
                    "actor": event["data"]["actor"],
                    "reason": event["data"]["reason"],
                    "timeline": _of_day(event["data"]["timeline"], day),
                }
                for event in events
                if day is None or event["data"]["effective_on"] <= day.isoformat()
            ],
        }

    async def summary(
        self, caller: Caller, filters: Mapping[str, Sequence[str]], valid_on: date | None
    ) -> dict[str, Any]:
        """Counts by outcome, by rule and by kind of body; each adds up to the total."""
        day = valid_on or self.clock.today()
        filters = await self._spelled_out(filters, day)
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

    async def one(self, caller: Caller, organization_id: UUID, then: AsOf) -> tuple[str, int]:
        """One organization's assignment on a day, with its decision and history, as JSON text.

        And the revision of its timeline: what a designation is held to. `then` says the day, and
        as known when.

        Raises Refusal `not-found` for an organization that is not known or not the caller's to
        see, `no-assignment` for a day without one, `position-ahead`.
        """
        day = then.valid_on or self.clock.today()
        if then.known_at is not None:
            return await self._one_then(caller, organization_id, day, then)
        async with self.database.reading() as connection:
            row = await assignment_listing.read_assignment(connection, organization_id, day)
        seen = [row.area] if row is not None and row.area is not None else []
        if row is None or not caller.may_see(*(seen or row.areas)):
            raise Refusal("not-found")
        if row.document is None:
            raise Refusal("no-assignment", valid_on=day.isoformat())
        return f'{row.document[:-1]},"history":{row.history}}}', row.revision

    async def _one_then(
        self, caller: Caller, organization_id: UUID, day: date, then: AsOf
    ) -> tuple[str, int]:
        async with self.database.snapshot() as connection:
            position = await self._position(connection, then)
            known = await past_assignments.known_then(connection, organization_id, position)
            if known is None:
                raise Refusal("not-found")
            held = next((s for s in known.segments if past_assignments.spans(s, day)), None)
            around = known.segments if held is None else [held]
            if not caller.may_see(*(known.areas[s.state["decision"]] for s in around)):
                raise Refusal("not-found")
            if held is None:
                raise Refusal("no-assignment", valid_on=day.isoformat())
            digest = held.state["decision"]
            decision = await past_assignments.decision_document(connection, digest)
        document = {
            "organization_id": str(organization_id),
            "area": known.areas[digest],
            **_dates(held, "valid_from", "valid_until"),
            "decision": digest,
            **orjson.loads(decision),
            "history": [
                {**_dates(segment, "from", "until"), "state": segment.state}
                for segment in known.segments
            ],
        }
        return orjson.dumps(document).decode(), known.revision


async def _current(
    connection: AsyncConnection, wanted: PastFilter
) -> AsyncGenerator[list[dict[str, Any]], None]:
    where = assignment_listing.conditions(wanted.filters, wanted.day, wanted.patterns)
    after: UUID | None = None
    while True:
        found = await assignment_listing.page(connection, where, after, EXPORT_PAGE)
        yield orjson.loads(found.documents)
        if found.size < EXPORT_PAGE:
            return
        after = found.last


async def _past(
    connection: AsyncConnection, wanted: PastFilter
) -> AsyncGenerator[list[dict[str, Any]], None]:
    after: UUID | None = None
    while True:
        found = await past_assignments.page(connection, wanted, after, EXPORT_PAGE)
        yield found.documents
        if found.next_after is None:
            return
        after = found.next_after


def _dates(segment: Segment, start: str, until: str) -> dict[str, str | None]:
    end = segment.until
    return {start: segment.start.isoformat(), until: None if end is None else end.isoformat()}


def _of_day(timeline: Sequence[Mapping[str, Any]], day: date | None) -> list[Mapping[str, Any]]:
    """The stretches of a timeline that hold on a day; all of them for None."""
    if day is None:
        return [*timeline]
    on = day.isoformat()
    return [s for s in timeline if s["from"] <= on and (s["until"] is None or on < s["until"])]


def _refuse_health(filters: Mapping[str, Sequence[str]]) -> None:
    """Health is of the decisions that are held now. Raises Refusal `invalid-request`."""
    for name in ("health", "flip"):
        if name in filters:
            raise Refusal("invalid-request", Violation(f"/{name}", "only_now", filters[name][0]))


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
