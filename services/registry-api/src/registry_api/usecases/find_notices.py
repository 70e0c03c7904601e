"""Consistency notices: on one organization, and as a work list over the register."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

import orjson
from sqlalchemy import ColumnElement
from sqlalchemy.ext.asyncio import AsyncConnection

from registry_api.domain.notices import IN_OPERATION, Circumstances, Notice, notices_of
from registry_api.domain.point_in_time import AsOf
from registry_api.storage import listing
from registry_api.storage.namesakes import namesakes
from registry_api.usecases.find_supervised import FindSupervised, Supervised
from registry_api.usecases.read_organization import ReadOrganization
from servicekit.auth import Caller
from servicekit.clock import Clock
from servicekit.database import Database
from servicekit.pagination import decode_cursor, encode_cursor

_BATCH = 500
_BUDGET = 5_000
"""Organizations looked at for a page, which may be short, or empty, and still have a successor."""

State = Mapping[str, Any]


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
        self,
        caller: Caller,
        kinds: Collection[str],
        filters: Mapping[str, Any],
        supervised: Supervised | None,
        cursor: str | None,
        limit: int,
    ) -> NoticePage:
        """Organizations with notices of these `kinds` (none named: of any), as of today.

        Raises Refusal `invalid-cursor`, and as `find_supervised` does.
        """
        whose = supervised.asked() if supervised else {}
        query = {**filters, **whose, "kind": sorted(kinds)}
        key = decode_cursor(cursor, query, [UUID])
        among = await self.find_supervised(caller, supervised, self.clock.today())
        where = listing.conditions(filters, caller.like_patterns(), among)
        after: UUID | None = key[0] if key else None
        found: list[Noticed] = []
        async with self.database.reading() as connection:
            for _ in range(_BUDGET // _BATCH):
                batch = await self._look(connection, caller, kinds, where, after)
                found += [noticed for noticed in batch if noticed.notices]
                after = UUID(batch[-1].document["id"]) if len(batch) == _BATCH else None
                if after is None or len(found) >= limit:
                    break
        if len(found) > limit:
            found = found[:limit]
            after = UUID(found[-1].document["id"])
        return NoticePage(found, None if after is None else encode_cursor([after], query))

    async def _look(
        self,
        connection: AsyncConnection,
        caller: Caller,
        kinds: Collection[str],
        where: Sequence[ColumnElement[bool]],
        after: UUID | None,
    ) -> list[Noticed]:
        """A batch of organizations in the order of their ids, each with its notices or none."""
        page = await listing.page(connection, where, after, _BATCH)
        documents = orjson.loads(page.documents)
        identifiers = [UUID(document["id"]) for document in documents]
        others: Mapping[UUID, Sequence[str]] = {}
        if not kinds or "duplicate_name" in kinds:
            others = await namesakes(connection, identifiers, IN_OPERATION, caller.like_patterns())
        today = self.clock.today()
        looked_at = []
        for identifier, document in zip(identifiers, documents, strict=True):
            notices = notices_of(document, Circumstances(today, others.get(identifier, ())))
            wanted = [notice for notice in notices if not kinds or notice.kind in kinds]
            looked_at.append(Noticed(document, wanted))
        return looked_at
