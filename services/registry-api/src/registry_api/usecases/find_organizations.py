"""Finding organizations: filtered pages with cursors that never hit a wall.

Four ways to walk, one shape of page:

* the present in the order of ids: each page shows what is true when it is asked for;
* the present in another order: such an order changes while somebody walks it, so the walk shows
  the register as it was known when its first page was read. The cursor keeps that position; what
  has changed since is read from the ledger as it was then;
* the past, in the order of ids, likewise at the position of its first page;
* by closeness of the name to a search: each page shows what is true when it is asked for.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

import orjson
from sqlalchemy.ext.asyncio import AsyncConnection

from registry_api.domain.document_fields import FieldSelection
from registry_api.domain.facets import Sort, facets
from registry_api.domain.name_pairs import SHORTEST, name_pairs
from registry_api.domain.point_in_time import AsOf, PointInTime
from registry_api.storage import history, listing, name_search, past_listing
from registry_api.storage.listing import Row
from registry_api.storage.past_listing import NOW, PastFilter
from registry_api.usecases.find_point_in_time import as_begun, find_point_in_time
from servicekit.auth import Caller
from servicekit.database import Database
from servicekit.errors import Refusal, Violation
from servicekit.http import decode_cursor, encode_cursor
from servicekit.time import Clock

BY_ID: Sort = "id"

_MOST_CHANGES = 10_000
"""Organizations that may change during a sorted walk: each page reads them all from the ledger."""


@dataclass(frozen=True, slots=True)
class Question:
    """What to find, and how to show it.

    `filters` are named as in `domain.facets.filters`; `sort` other than by id is a facet.
    """

    filters: Mapping[str, Any]
    as_of: AsOf
    search: str | None = None
    sort: Sort = BY_ID
    descending: bool = False
    fields: FieldSelection | None = None
    exact_count: bool = False

    def asked(self) -> dict[str, Any]:
        """What a cursor is bound to: all that decides which rows follow which."""
        return {
            **self.filters,
            "search": self.search,
            "sort": [self.sort, self.descending],
            "as_of": [self.as_of.valid_on, self.as_of.known_at],
        }


@dataclass(frozen=True, slots=True)
class Page:
    """A page as JSON text; `position` is the ledger's position that it shows, where it has one."""

    text: str
    position: int | None = None


@dataclass(frozen=True, slots=True)
class FindOrganizations:
    """The use case, with what it needs."""

    database: Database
    clock: Clock

    async def __call__(
        self, caller: Caller, question: Question, cursor: str | None, limit: int
    ) -> Page:
        """A page as JSON text: `{"items", "next_cursor", "count"}`; `count` where asked for.

        Raises Refusal: `invalid-cursor`, `cursor-expired`, `position-ahead`, `invalid-request`
        for what can't be asked together.
        """
        today = self.clock.today()
        past = not question.as_of.is_now(today)
        _check_together(question, past)
        patterns = caller.like_patterns()
        if question.search is not None:
            return await self._closest(question, patterns, cursor, limit)
        if past:
            return await self._past(question, patterns, cursor, limit, today)
        if question.sort != BY_ID:
            return await self._sorted(question, patterns, cursor, limit)
        return await self._by_id(question, patterns, cursor, limit)

    async def _by_id(
        self, question: Question, patterns: Sequence[str] | None, cursor: str | None, limit: int
    ) -> Page:
        key = decode_cursor(cursor, question.asked(), [UUID])
        where = listing.conditions(question.filters, patterns)
        after = key[0] if key else None
        async with self.database.reading() as connection:
            found = await listing.page(connection, where, after, limit, question.descending)
            count = await listing.count(connection, where) if question.exact_count else None
        items = found.documents
        if question.fields:
            items = _projected(orjson.loads(items), question.fields)
        following = [found.last] if found.size == limit else None
        return Page(_page(question, items, following, count))

    async def _closest(
        self, question: Question, patterns: Sequence[str] | None, cursor: str | None, limit: int
    ) -> Page:
        pairs = name_pairs(question.search or "")
        key = decode_cursor(cursor, question.asked(), [int, UUID])
        after = (key[0], key[1]) if key else None
        where = listing.conditions(question.filters, patterns)
        count = None
        async with self.database.reading() as connection:
            rows = await name_search.closest_rows(connection, where, pairs, after, limit)
            if question.exact_count:
                count = await name_search.count_close(connection, where, pairs)
        following = [rows[-1].key, rows[-1].id] if len(rows) == limit else None
        items = _items([row.document for row in rows], question.fields)
        return Page(_page(question, items, following, count))

    async def _past(
        self,
        question: Question,
        patterns: Sequence[str] | None,
        cursor: str | None,
        limit: int,
        today: date,
    ) -> Page:
        key = decode_cursor(cursor, question.asked(), [int, UUID])
        count = None
        async with self.database.reading() as connection:
            point = await find_point_in_time(connection, question.as_of, today)
            if key:
                point = await as_begun(connection, key[0], point.day)
            wanted = PastFilter(point, question.filters, patterns)
            found = await past_listing.page(connection, wanted, key[1] if key else None, limit)
            if question.exact_count:
                count = await past_listing.count(connection, wanted)
        following = [point.position, found.next_after] if found.next_after else None
        items = _items([row.document for row in found.rows], question.fields)
        return Page(_page(question, items, following, count), point.position)

    async def _sorted(
        self, question: Question, patterns: Sequence[str] | None, cursor: str | None, limit: int
    ) -> Page:
        kind = _KEYS[facets()[question.sort].kind]
        key = decode_cursor(cursor, question.asked(), [int, kind, UUID])
        after = (key[1], key[2]) if key else None
        where = listing.conditions(question.filters, patterns)
        order = (question.sort, question.descending)
        count = None
        async with self.database.snapshot() as connection:
            head = await history.head_position(connection)
            point = await as_begun(connection, key[0], NOW) if key else PointInTime(NOW, head)
            changed = await _changed(connection, point)
            rows = await listing.sorted_rows(connection, where, order, after, limit, changed)
            if changed:
                wanted = PastFilter(point, question.filters, patterns)
                then = await past_listing.among_sorted(
                    connection, wanted, changed, order, after, limit
                )
                rows += [Row(row.id, row.document, row.key) for row in then]
                rows.sort(key=lambda row: (row.key, row.id), reverse=question.descending)
                rows = rows[:limit]
            if question.exact_count:
                count = await listing.count(connection, where)
        following = [point.position, rows[-1].key, rows[-1].id] if len(rows) == limit else None
        items = _items([row.document for row in rows], question.fields)
        return Page(_page(question, items, following, count), point.position)


_KEYS: Mapping[str, type] = {"text": str, "count": int, "date": date}


def _check_together(question: Question, past: bool) -> None:
    violations = []
    if question.search is not None:
        if not name_pairs(question.search):
            violations.append(
                Violation("/search", "search_too_short", question.search, {"least": SHORTEST})
            )
        if past:
            violations.append(Violation("/search", "search_in_the_past", question.search))
        if question.sort != BY_ID or question.descending:
            violations.append(Violation("/sort", "sort_with_search", question.sort))
    elif past and (question.sort != BY_ID or question.descending):
        violations.append(Violation("/sort", "sort_of_the_past", question.sort))
    if violations:
        raise Refusal("invalid-request", *violations)


async def _changed(connection: AsyncConnection, point: PointInTime) -> list[UUID]:
    changed = await history.changed_since(connection, point.position, _MOST_CHANGES + 1)
    if len(changed) > _MOST_CHANGES:
        raise Refusal("cursor-expired", most=_MOST_CHANGES)
    return changed


def _items(documents: Sequence[str], fields: FieldSelection | None) -> str:
    if fields is None:
        return f"[{','.join(documents)}]"
    return _projected([orjson.loads(document) for document in documents], fields)


def _projected(documents: Sequence[Mapping[str, Any]], fields: FieldSelection) -> str:
    return orjson.dumps([fields.project(document) for document in documents]).decode()


def _page(
    question: Question, items: str, following: Sequence[Any] | None, count: int | None
) -> str:
    cursor = "null" if following is None else f'"{encode_cursor(following, question.asked())}"'
    counted = "null" if count is None else str(count)
    return f'{{"items":{items},"next_cursor":{cursor},"count":{counted}}}'
