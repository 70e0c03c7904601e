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
from dataclasses import dataclass, replace
from datetime import date
from typing import Any, ClassVar
from uuid import UUID

import orjson
from sqlalchemy.ext.asyncio import AsyncConnection

from registry_api.core.organization.facets import Sort, facets
from registry_api.core.organization.name_pairs import SHORTEST, name_pairs
from registry_api.core.point_in_time import PointInTime
from registry_api.core.refusals import CursorExpired
from registry_api.history import read as history
from registry_api.history.point_in_time import IN_FORCE, as_begun, at_head, point_of_walk
from registry_api.organizations import rows
from registry_api.organizations.document_fields import FieldSelection, parse_fields
from registry_api.selection import past
from registry_api.selection.criteria import Selection
from registry_api.selection.select import (
    SortedRow,
    count_selected,
    select_page,
    select_sorted,
)
from servicekit.auth import Caller
from servicekit.database import Database
from servicekit.errors import InvalidCursor, InvalidRequest, PositionAhead, Violation
from servicekit.http import counted_page_json, decode_cursor, encode_cursor
from servicekit.time import AsOf, Clock

BY_ID: Sort = "id"

_MAX_CHANGES = 10_000
"""Organizations that may change during a sorted walk: each page reads them all from the ledger."""


@dataclass(frozen=True, slots=True)
class Question:
    """What to find, and how to show it.

    `filters` are named as in `facets.filters`; `sort` other than by id is a facet.
    """

    filters: Mapping[str, Any]
    as_of: AsOf
    search: str | None = None
    sort: Sort = BY_ID
    descending: bool = False
    fields: FieldSelection | None = None
    exact_count: bool = False

    def bound(self) -> dict[str, Any]:
        """What a cursor is bound to: all that decides which rows follow which."""
        return {
            **self.filters,
            "search": self.search,
            "sort": [self.sort, self.descending],
            "as_of": [self.as_of.valid_on, self.as_of.known_at],
        }


@dataclass(frozen=True, slots=True)
class PageText:
    """A page as JSON text; `position` is the ledger's position that it shows, where it has one."""

    text: str
    position: int | None = None


@dataclass(frozen=True, slots=True)
class FindOrganizations:
    """The use case, with what it needs."""

    refusals: ClassVar = (
        InvalidCursor,
        parse_fields,
        PositionAhead,
        CursorExpired,
    )

    database: Database
    clock: Clock

    async def __call__(
        self, caller: Caller, question: Question, cursor: str | None, limit: int
    ) -> PageText:
        """A page as JSON text: `{"items", "next_cursor", "count"}`; `count` on request.

        Raises InvalidCursor, CursorExpired, PositionAhead, InvalidRequest
        for parameters that exclude each other.
        """
        is_past = not question.as_of.is_now(self.clock.today())
        _check_together(question, is_past)
        selection = Selection(question.filters, caller.like_patterns())
        if question.search is not None:
            return await self._closest(question, selection, cursor, limit)
        if not is_past and question.sort != BY_ID:
            return await self._sorted(question, selection, cursor, limit)
        return await self._by_id(question, selection, cursor, limit, is_past)

    async def _by_id(
        self,
        question: Question,
        selection: Selection,
        cursor: str | None,
        limit: int,
        is_past: bool,
    ) -> PageText:
        key = decode_cursor(cursor, question.bound(), [int, UUID] if is_past else [UUID])
        after = key[-1] if key else None
        async with self.database.reading() as connection:
            if is_past:
                point = await point_of_walk(
                    connection, question.as_of, self.clock.today(), key[0] if key else None
                )
                selection = replace(selection, point=point)
            page = await select_page(connection, selection, after, limit, question.descending)
            count = await self._count(connection, question, selection)
        items = page.documents
        if question.fields:
            items = _projected(orjson.loads(items), question.fields)
        position = selection.point.position if selection.point else None
        walk = [] if position is None else [position]
        following = [*walk, page.next_after] if page.next_after else None
        return PageText(_page(question, items, following, count), position)

    async def _closest(
        self, question: Question, selection: Selection, cursor: str | None, limit: int
    ) -> PageText:
        pairs = name_pairs(question.search or "")
        key = decode_cursor(cursor, question.bound(), [int, UUID])
        after = (key[0], key[1]) if key else None
        where = selection.current_conditions()
        count = None
        async with self.database.reading() as connection:
            closest = await rows.closest_rows(connection, where, pairs, after, limit)
            if question.exact_count:
                count = await rows.count_close(connection, where, pairs)
        following = [closest[-1].key, closest[-1].id] if len(closest) == limit else None
        items = _items([row.document for row in closest], question.fields)
        return PageText(_page(question, items, following, count))

    async def _sorted(
        self, question: Question, selection: Selection, cursor: str | None, limit: int
    ) -> PageText:
        kind = _KEYS[facets()[question.sort].kind]
        key = decode_cursor(cursor, question.bound(), [int, kind, UUID])
        after = (key[1], key[2]) if key else None
        order = (question.sort, question.descending)
        async with self.database.snapshot() as connection:
            head = await at_head(connection)
            point = await as_begun(connection, key[0], IN_FORCE) if key else head
            changed = await _changed(connection, point)
            page = await select_sorted(connection, selection, order, after, limit, changed)
            if changed:
                before = await past.among_sorted(
                    connection, selection, point, changed, order, after, limit
                )
                page += [SortedRow(row.id, row.document, row.key) for row in before]
                page.sort(key=lambda row: (row.key, row.id), reverse=question.descending)
                page = page[:limit]
            count = await self._count(connection, question, selection)
        following = [point.position, page[-1].key, page[-1].id] if len(page) == limit else None
        items = _items([row.document for row in page], question.fields)
        return PageText(_page(question, items, following, count), point.position)

    async def _count(
        self, connection: AsyncConnection, question: Question, selection: Selection
    ) -> int | None:
        return await count_selected(connection, selection) if question.exact_count else None


_KEYS: Mapping[str, type] = {"text": str, "count": int, "date": date}


def _check_together(question: Question, is_past: bool) -> None:
    violations = []
    if question.search is not None:
        if not name_pairs(question.search):
            violations.append(
                Violation("/search", "search_too_short", question.search, {"least": SHORTEST})
            )
        if is_past:
            violations.append(Violation("/search", "search_in_the_past", question.search))
        if question.sort != BY_ID or question.descending:
            violations.append(Violation("/sort", "sort_with_search", question.sort))
    elif is_past and (question.sort != BY_ID or question.descending):
        violations.append(Violation("/sort", "sort_of_the_past", question.sort))
    if violations:
        raise InvalidRequest(*violations)


async def _changed(connection: AsyncConnection, point: PointInTime) -> list[UUID]:
    changed = await history.changed_since(connection, point.position, _MAX_CHANGES + 1)
    if len(changed) > _MAX_CHANGES:
        raise CursorExpired(most=_MAX_CHANGES)
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
    cursor = None if following is None else encode_cursor(following, question.bound())
    return counted_page_json(items, cursor, count)
