"""Consistency notices: on one organization, and as a work list over the register."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

import orjson
from sqlalchemy import ColumnElement
from sqlalchemy.ext.asyncio import AsyncConnection

from registry_api.domain.notices import IN_OPERATION, Circumstances, Notice, notices_of
from registry_api.domain.point_in_time import AsOf
from registry_api.storage import listing, past_listing
from registry_api.storage.namesakes import namesakes
from registry_api.storage.past_listing import PastFilter
from registry_api.usecases.find_point_in_time import as_begun, find_point_in_time
from registry_api.usecases.find_supervised import FindSupervised, Supervised
from registry_api.usecases.read_organization import ReadOrganization
from servicekit.auth import Caller
from servicekit.database import Database
from servicekit.errors import Refusal, Violation
from servicekit.http import decode_cursor, encode_cursor
from servicekit.time import Clock

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

    def asked(self) -> dict[str, Any]:
        """What a cursor is bound to."""
        whose = self.supervised.asked() if self.supervised else {}
        then = [self.as_of.valid_on, self.as_of.known_at]
        return {**self.filters, **whose, "kind": sorted(self.kinds), "as_of": then}


@dataclass(frozen=True, slots=True)
class Noticed:
    """An organization's document and what does not fit in it."""

    document: State
    notices: Sequence[Notice]


@dataclass(frozen=True, slots=True)
class NoticePage:
    """Organizations with notices in the order of their ids, and the cursor of what follows."""

    found: Sequence[Noticed]
    next_cursor: str | None


@dataclass(frozen=True, slots=True)
class FindNotices:
    """The use case, with what it needs."""

    database: Database
    clock: Clock
    read_organization: ReadOrganization
    find_supervised: FindSupervised

    async def of_one(self, caller: Caller, identifier: UUID, as_of: AsOf) -> Noticed:
        """The notices on an organization on a day, as known at a moment.

        Namesakes are looked for among the present names, so never on an organization of the past.
        Raises Refusal `not-found`, `position-ahead`.
        """
        today = self.clock.today()
        read = await self.read_organization.then(caller, identifier, as_of)
        document = orjson.loads(read.text)
        others: Mapping[UUID, Sequence[str]] = {}
        if as_of.is_now(today):
            async with self.database.reading() as connection:
                others = await namesakes(
                    connection, [identifier], IN_OPERATION, caller.like_patterns()
                )
        circumstances = Circumstances(as_of.valid_on or today, others.get(identifier, ()))
        return Noticed(document, notices_of(document, circumstances))

    async def work_list(
        self, caller: Caller, question: NoticeQuestion, cursor: str | None, limit: int
    ) -> NoticePage:
        """Organizations with notices on a day, as known at a moment.

        A walk of the past shows what was known at its first page. Raises Refusal
        `invalid-cursor`, `position-ahead`, `invalid-request` for namesakes of the past, and as
        `find_supervised` does.
        """
        today = self.clock.today()
        past = not question.as_of.is_now(today)
        if past and "duplicate_name" in question.kinds:
            violation = Violation("/kind", "namesakes_of_the_past", "duplicate_name")
            raise Refusal("invalid-request", violation)
        asked = question.asked()
        key = decode_cursor(cursor, asked, [int, UUID] if past else [UUID])
        after: UUID | None = key[-1] if key else None
        day = question.as_of.valid_on or today
        only = await self.find_supervised(caller, question.supervised, day)
        walk: list[Any] = []
        async with self.database.reading() as connection:
            if past:
                point = await find_point_in_time(connection, question.as_of, today)
                point = await as_begun(connection, key[0], day) if key else point
                wanted = PastFilter(point, question.filters, caller.like_patterns(), only)
                found, after = await _looked_back(connection, question.kinds, wanted, after)
                walk = [point.position]
            else:
                where = listing.conditions(question.filters, caller.like_patterns(), only)
                found, after = await self._walked(
                    connection, caller, question.kinds, where, after, limit, day
                )
        if len(found) > limit:
            found = found[:limit]
            after = UUID(found[-1].document["id"])
        return NoticePage(found, None if after is None else encode_cursor([*walk, after], asked))

    async def _walked(
        self,
        connection: AsyncConnection,
        caller: Caller,
        kinds: Collection[str],
        where: Sequence[ColumnElement[bool]],
        after: UUID | None,
        limit: int,
        day: date,
    ) -> tuple[list[Noticed], UUID | None]:
        """Those of the present with notices, and after which id to go on."""
        found: list[Noticed] = []
        for _ in range(_BUDGET // _BATCH):
            batch = await self._look(connection, caller, kinds, where, after, day)
            found += [noticed for noticed in batch if noticed.notices]
            after = UUID(batch[-1].document["id"]) if len(batch) == _BATCH else None
            if after is None or len(found) >= limit:
                break
        return found, after

    async def _look(
        self,
        connection: AsyncConnection,
        caller: Caller,
        kinds: Collection[str],
        where: Sequence[ColumnElement[bool]],
        after: UUID | None,
        day: date,
    ) -> list[Noticed]:
        """A batch of organizations in the order of their ids, each with its notices or none."""
        page = await listing.page(connection, where, after, _BATCH)
        documents = orjson.loads(page.documents)
        identifiers = [UUID(document["id"]) for document in documents]
        others: Mapping[UUID, Sequence[str]] = {}
        if not kinds or "duplicate_name" in kinds:
            others = await namesakes(connection, identifiers, IN_OPERATION, caller.like_patterns())
        looked_at = []
        for identifier, document in zip(identifiers, documents, strict=True):
            circumstances = Circumstances(day, others.get(identifier, ()))
            looked_at.append(_noticed(document, circumstances, kinds))
        return looked_at


async def _looked_back(
    connection: AsyncConnection, kinds: Collection[str], wanted: PastFilter, after: UUID | None
) -> tuple[list[Noticed], UUID | None]:
    """Those of a point in time with notices, and after which id to go on."""
    page = await past_listing.page(connection, wanted, after, _BATCH)
    circumstances = Circumstances(wanted.point.day)
    looked_at = (_noticed(orjson.loads(row.document), circumstances, kinds) for row in page.rows)
    return [noticed for noticed in looked_at if noticed.notices], page.next_after


def _noticed(document: State, circumstances: Circumstances, kinds: Collection[str]) -> Noticed:
    notices = notices_of(dict(document), circumstances)
    return Noticed(document, [each for each in notices if not kinds or each.kind in kinds])
