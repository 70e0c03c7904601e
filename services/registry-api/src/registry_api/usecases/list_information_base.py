"""The information base 党建信息库: members, but no Party organization yet; who looks after them.

Source: the 2016 speech, 三同步: an organization with too few members to form a Party organization
enters the base and is assigned an organizer (党建组织员). Nobody puts an organization in: whoever
has members and no Party organization is in it. Those with enough members are in it until they have
formed one, and are marked `eligible`: they are the overdue formations (应建未建).
"""

import asyncio
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

import orjson
from sqlalchemy import ColumnElement
from sqlalchemy.ext.asyncio import AsyncConnection

from registry_api.domain.known_past import KnownPast, Patch
from registry_api.domain.obligations import obligations_on
from registry_api.domain.organization import State, access_area
from registry_api.domain.parameters import parameter
from registry_api.domain.point_in_time import AsOf, PointInTime
from registry_api.storage import history, information_base, listing, past_listing
from registry_api.storage.facet_columns import Columns
from registry_api.storage.past_listing import PastFilter
from registry_api.usecases.find_point_in_time import as_begun, find_point_in_time
from registry_api.usecases.find_supervised import FindSupervised, Supervised
from servicekit.auth import Caller
from servicekit.database import Database
from servicekit.http import decode_cursor, encode_cursor
from servicekit.time import Clock


@dataclass(frozen=True, slots=True)
class BaseQuestion:
    """Who of the base: filters, enough members or not, without an organizer or with one; when."""

    filters: Mapping[str, Any]
    eligible: bool | None
    organizer_missing: bool | None
    supervised: Supervised | None
    as_of: AsOf

    def asked(self) -> dict[str, Any]:
        """What a cursor is bound to."""
        whose = self.supervised.asked() if self.supervised else {}
        base = [self.eligible, self.organizer_missing]
        then = [self.as_of.valid_on, self.as_of.known_at]
        return {**self.filters, **whose, "base": base, "as_of": then}

    def in_base(self, day: date) -> Callable[[Columns], list[ColumnElement[bool]]]:
        """The conditions of being in the base by the rules of `day`, on whatever has facets."""
        return lambda columns: information_base.conditions(
            columns, _needed(day), self.eligible, self.organizer_missing
        )


Owed = Mapping[UUID, tuple[str, date]]
"""(kind of obligation, since) of those who owe something for being in the base."""


@dataclass(frozen=True, slots=True)
class InBase:
    """An organization in the base; `owed` is (kind of obligation, since) where there is one."""

    document: State
    eligible: bool
    owed: tuple[str, date] | None

    @property
    def area(self) -> str:
        """Its access area."""
        return access_area(self.document)


@dataclass(frozen=True, slots=True)
class BasePage:
    """Organizations in the order of their ids, and the cursor of what follows."""

    found: Sequence[InBase]
    next_cursor: str | None
    count: int | None


@dataclass(frozen=True, slots=True)
class ListInformationBase:
    """The use case, with what it needs."""

    database: Database
    clock: Clock
    find_supervised: FindSupervised

    async def __call__(
        self,
        caller: Caller,
        question: BaseQuestion,
        cursor: str | None,
        limit: int,
        exact_count: bool,
    ) -> BasePage:
        """A page on a day, as known at a moment.

        A walk of the past shows what was known at its first page. Raises Refusal
        `invalid-cursor`, `position-ahead`, and as `find_supervised` does.
        """
        today = self.clock.today()
        day = question.as_of.valid_on or today
        past = not question.as_of.is_now(today)
        key = decode_cursor(cursor, question.asked(), [int, UUID] if past else [UUID])
        after: UUID | None = key[-1] if key else None
        only = await self.find_supervised(caller, question.supervised, day)
        patterns = caller.like_patterns()
        async with self.database.reading() as connection:
            if past:
                point = await find_point_in_time(connection, question.as_of, today)
                point = await as_begun(connection, key[0], day) if key else point
                wanted = PastFilter(point, question.filters, patterns, only, question.in_base(day))
                page = await past_listing.page(connection, wanted, after, limit)
                documents = [orjson.loads(row.document) for row in page.rows]
                owed = await _owed_then(connection, documents, point)
                count = await past_listing.count(connection, wanted) if exact_count else None
                following = [point.position, page.next_after] if page.next_after else None
            else:
                where = listing.conditions(question.filters, patterns, only)
                where += question.in_base(day)(listing.CURRENT)
                found = await listing.page(connection, where, after, limit)
                documents = orjson.loads(found.documents)
                owed = await information_base.owed_since(connection, _ids(documents), day)
                count = await listing.count(connection, where) if exact_count else None
                following = [found.last] if found.size == limit else None
        return BasePage(
            [_in_base(document, day, owed) for document in documents],
            encode_cursor(following, question.asked()) if following else None,
            count,
        )


async def _owed_then(
    connection: AsyncConnection, documents: Sequence[State], point: PointInTime
) -> Owed:
    """What was owed, derived from each timeline as it was known then."""
    known = await history.patches_of(connection, _ids(documents), point.position)
    return await asyncio.to_thread(_derived, known, point.day)


def _derived(known: Mapping[UUID, Sequence[Patch]], day: date) -> Owed:
    return {
        identifier: (owed.kind, owed.since)
        for identifier, patches in known.items()
        for owed in obligations_on(KnownPast(patches).timeline, day)
        if owed.kind in information_base.OWED
    }


def _ids(documents: Sequence[State]) -> list[UUID]:
    return [UUID(document["id"]) for document in documents]


def _in_base(document: State, day: date, owed: Owed) -> InBase:
    enough = (document["party"]["full_members"] or 0) >= _needed(day)
    return InBase(document, enough, owed.get(UUID(document["id"])))


def _needed(day: date) -> int:
    """Full members from which on a Party organization must be formed, by the rule of that day."""
    needed = parameter("party_organization_members", day)
    return _NOBODY if needed is None else int(needed.value)


_NOBODY = 2**31 - 1
"""More members than anybody has: on a day before the first rule nobody had to form."""
