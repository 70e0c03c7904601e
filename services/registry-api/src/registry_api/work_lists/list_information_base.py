"""The information base 党建信息库: members, but no Party organization yet; who looks after them.

Source: the 2016 speech, 三同步: an organization with too few members to form a Party organization
enters the base and is assigned an organizer (党建组织员). Nobody puts an organization in: whoever
has members and no Party organization is in it. Those with enough members are in it until they have
formed one, and are marked `eligible`: they are the overdue formations (应建未建).
"""

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Any, ClassVar
from uuid import UUID

import orjson
from sqlalchemy.ext.asyncio import AsyncConnection

from registry_api.core.obligations.derive import obligations_on
from registry_api.core.organization.known_past import KnownPast, Patch
from registry_api.core.organization.state import State, access_area
from registry_api.core.parameters import parameter
from registry_api.core.point_in_time import PointInTime
from registry_api.history import read as history
from registry_api.history.point_in_time import point_of_walk
from registry_api.rows.facets import Columns, Conditions
from registry_api.selection.criteria import Selection
from registry_api.selection.select import count_selected, select_page
from registry_api.supervision.find import FindSupervised, Supervised
from registry_api.work_lists import rows
from servicekit.auth import Caller
from servicekit.database import Database
from servicekit.errors import InvalidCursor, PositionAhead
from servicekit.http import decode_cursor, encode_cursor
from servicekit.time import AsOf, Clock


@dataclass(frozen=True, slots=True)
class BaseQuestion:
    """Who of the base: filters, enough members or not, without an organizer or with one; when."""

    filters: Mapping[str, Any]
    eligible: bool | None
    organizer_missing: bool | None
    supervised: Supervised | None
    as_of: AsOf

    def bound(self) -> dict[str, Any]:
        """What a cursor is bound to."""
        whose = self.supervised.bound() if self.supervised else {}
        base = [self.eligible, self.organizer_missing]
        then = [self.as_of.valid_on, self.as_of.known_at]
        return {**self.filters, **whose, "base": base, "as_of": then}

    def selection(
        self, day: date, patterns: Sequence[str] | None, among: Sequence[UUID] | None
    ) -> Selection:
        """Those in the base by the rules of `day`, within a limited caller's `patterns`."""

        def further(columns: Columns) -> Conditions:
            return rows.in_base(columns, _needed(day), self.eligible, self.organizer_missing)

        return Selection(self.filters, patterns, among=among, further=further)


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

    items: Sequence[InBase]
    next_cursor: str | None
    count: int | None


@dataclass(frozen=True, slots=True)
class ListInformationBase:
    """The use case, with what it needs."""

    refusals: ClassVar = (
        InvalidCursor,
        PositionAhead,
        FindSupervised,
    )

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

        A walk of the past shows what was known at its first page. Raises
        InvalidCursor, PositionAhead, and as `find_supervised` does.
        """
        today = self.clock.today()
        day = question.as_of.valid_on or today
        is_past = not question.as_of.is_now(today)
        key = decode_cursor(cursor, question.bound(), [int, UUID] if is_past else [UUID])
        after: UUID | None = key[-1] if key else None
        among = await self.find_supervised(caller, question.supervised, day)
        selection = question.selection(day, caller.like_patterns(), among)
        walk: list[Any] = []
        async with self.database.reading() as connection:
            if is_past:
                begun_at = key[0] if key else None
                point = await point_of_walk(connection, question.as_of, today, begun_at)
                walk = [point.position]
                selection = replace(selection, point=point)
            page = await select_page(connection, selection, after, limit)
            documents = orjson.loads(page.documents)
            owed = await _owed(connection, documents, day, selection.point)
            count = await count_selected(connection, selection) if exact_count else None
        following = [*walk, page.next_after] if page.next_after else None
        return BasePage(
            [_in_base(document, day, owed) for document in documents],
            encode_cursor(following, question.bound()) if following else None,
            count,
        )


async def _owed(
    connection: AsyncConnection,
    documents: Sequence[State],
    day: date,
    point: PointInTime | None,
) -> Owed:
    """What is owed for being in the base: by the table now, else derived from each timeline."""
    if point is None:
        return await rows.owed_in_base(connection, _ids(documents), day)
    known = await history.patches_of(connection, _ids(documents), point.position)
    return await asyncio.to_thread(_derived, known, point.day)


def _derived(known: Mapping[UUID, Sequence[Patch]], day: date) -> Owed:
    return {
        identifier: (owed.kind, owed.since)
        for identifier, patches in known.items()
        for owed in obligations_on(KnownPast(patches).timeline, day)
        if owed.kind in rows.OWED_IN_BASE
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
