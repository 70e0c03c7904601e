"""Consistency notices: on one organization, and as a work list over the register."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Any
from uuid import UUID

import orjson
from sqlalchemy.ext.asyncio import AsyncConnection

from registry_api.history.point_in_time import point_of_walk
from registry_api.notices import rows
from registry_api.notices.rules import IN_OPERATION, Circumstances, Notice, notices_of
from registry_api.organizations.read import ReadOrganization
from registry_api.selection.criteria import Selection
from registry_api.selection.select import select_page
from registry_api.supervision.find import FindSupervised, Supervised
from servicekit.auth import Caller
from servicekit.database import Database
from servicekit.errors import InvalidCursor, InvalidRequest, PositionAhead, Violation, refuses
from servicekit.http import decode_cursor, encode_cursor
from servicekit.time import AsOf, Clock

_BATCH = 500
_BUDGET = 5_000
"""Organizations looked at for a page, which may be short, or empty, and still have a successor."""

State = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class NoticeQuestion:
    """Which notices: of these `kinds` (none named: of any), on whom, when."""

    kinds: Collection[str]
    filters: Mapping[str, Any]
    supervised: Supervised | None
    as_of: AsOf

    def bound(self) -> dict[str, Any]:
        """What a cursor is bound to."""
        whose = self.supervised.bound() if self.supervised else {}
        then = [self.as_of.valid_on, self.as_of.known_at]
        return {**self.filters, **whose, "kind": sorted(self.kinds), "as_of": then}


@dataclass(frozen=True, slots=True)
class OrganizationNotices:
    """An organization's document and what does not fit in it."""

    document: State
    notices: Sequence[Notice]


@dataclass(frozen=True, slots=True)
class NoticePage:
    """Organizations with notices in the order of their ids, and the cursor of what follows."""

    items: Sequence[OrganizationNotices]
    next_cursor: str | None


@dataclass(frozen=True, slots=True)
class FindNotices:
    """The use case, with what it needs."""

    database: Database
    clock: Clock
    read_organization: ReadOrganization
    find_supervised: FindSupervised

    @refuses(ReadOrganization)
    async def of_one(self, caller: Caller, identifier: UUID, as_of: AsOf) -> OrganizationNotices:
        """The notices on an organization on a day, as known at a moment.

        Namesakes are looked for among the present names, so never on an organization of the past.
        """
        today = self.clock.today()
        read = await self.read_organization.as_of(caller, identifier, as_of)
        document = orjson.loads(read.text)
        others: Mapping[UUID, Sequence[str]] = {}
        if as_of.is_now(today):
            async with self.database.reading() as connection:
                others = await rows.namesakes(
                    connection, [identifier], IN_OPERATION, caller.like_patterns()
                )
        circumstances = Circumstances(as_of.valid_on or today, others.get(identifier, ()))
        return OrganizationNotices(document, notices_of(document, circumstances))

    @refuses(InvalidCursor, PositionAhead, FindSupervised)
    async def work_list(
        self, caller: Caller, question: NoticeQuestion, cursor: str | None, limit: int
    ) -> NoticePage:
        """Organizations with notices on a day, as known at a moment.

        A walk of the past shows what was known at its first page. Raises
        InvalidCursor, PositionAhead, InvalidRequest for namesakes of the past, and as
        `find_supervised` does.
        """
        today = self.clock.today()
        is_past = not question.as_of.is_now(today)
        if is_past and "duplicate_name" in question.kinds:
            violation = Violation("/kind", "namesakes_of_the_past", "duplicate_name")
            raise InvalidRequest(violation)
        bound = question.bound()
        key = decode_cursor(cursor, bound, [int, UUID] if is_past else [UUID])
        after: UUID | None = key[-1] if key else None
        day = question.as_of.valid_on or today
        among = await self.find_supervised(caller, question.supervised, day)
        selection = Selection(question.filters, caller.like_patterns(), among=among)
        walk: list[Any] = []
        async with self.database.reading() as connection:
            if is_past:
                begun_at = key[0] if key else None
                point = await point_of_walk(connection, question.as_of, today, begun_at)
                walk = [point.position]
                selection = replace(selection, point=point)
            listed, after = await _walk(connection, question.kinds, selection, after, limit, day)
        if len(listed) > limit:
            listed = listed[:limit]
            after = UUID(listed[-1].document["id"])
        return NoticePage(listed, None if after is None else encode_cursor([*walk, after], bound))


async def _walk(
    connection: AsyncConnection,
    kinds: Collection[str],
    selection: Selection,
    after: UUID | None,
    limit: int,
    day: date,
) -> tuple[list[OrganizationNotices], UUID | None]:
    """Those with notices, and after which id to go on.

    Of the past one batch is looked at, of the present as many as it takes, within the budget.
    """
    listed: list[OrganizationNotices] = []
    for _ in range(1 if selection.point else _BUDGET // _BATCH):
        page = await select_page(connection, selection, after, _BATCH)
        batch = await _look(connection, kinds, selection, orjson.loads(page.documents), day)
        listed += [noticed for noticed in batch if noticed.notices]
        after = page.next_after
        if after is None or len(listed) >= limit:
            break
    return listed, after


async def _look(
    connection: AsyncConnection,
    kinds: Collection[str],
    selection: Selection,
    documents: Sequence[State],
    day: date,
) -> list[OrganizationNotices]:
    """Organizations, each with its notices or none; namesakes are looked for at present only."""
    identifiers = [UUID(document["id"]) for document in documents]
    others: Mapping[UUID, Sequence[str]] = {}
    if selection.point is None and (not kinds or "duplicate_name" in kinds):
        others = await rows.namesakes(connection, identifiers, IN_OPERATION, selection.patterns)
    looked_at = []
    for identifier, document in zip(identifiers, documents, strict=True):
        circumstances = Circumstances(day, others.get(identifier, ()))
        notices = notices_of(dict(document), circumstances)
        of_kinds = [notice for notice in notices if not kinds or notice.kind in kinds]
        looked_at.append(OrganizationNotices(document, of_kinds))
    return looked_at
