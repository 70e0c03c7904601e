"""Organizations as they were on a day, as known at a position: read out of the ledger.

No second copy of the past is kept. Lists are driven by the organizations in the order of their
ids, a batch at a time, so that a page costs what it looks at and never more than `_BUDGET`
organizations: a page of a rare filter may be short, or empty, and still have a successor.
"""

from bisect import bisect_right
from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

import orjson
from sqlalchemy.ext.asyncio import AsyncConnection

from registry_api.core.organization.state import complete
from registry_api.core.point_in_time import PointInTime
from registry_api.selection import rows
from registry_api.selection.criteria import Selection
from registry_api.selection.rows import StatesAt

_BATCH = 1_000
_BUDGET = 5_000


@dataclass(frozen=True, slots=True)
class PastRow:
    """An organization at a point in time; `state` is canonical JSON, as its event wrote it."""

    id: UUID
    revision: int
    state: str
    key: Any = None

    @property
    def document(self) -> str:
        """The document as the API shows it; fields that later models added are unknown."""
        state = complete(orjson.loads(self.state))
        return orjson.dumps({"id": str(self.id), "revision": self.revision, **state}).decode()


@dataclass(frozen=True, slots=True)
class PastPage:
    """Rows in the order of their ids, and the id to go on after; None at the end."""

    rows: Sequence[PastRow]
    next_after: UUID | None


async def read(connection: AsyncConnection, identifier: UUID, point: PointInTime) -> PastRow | None:
    """One organization at a point in time; None when it was not there, or not known."""
    stored = await among(connection, Selection({}, None), point, [identifier])
    return stored[0] if stored else None


async def page(
    connection: AsyncConnection,
    selection: Selection,
    point: PointInTime,
    after: UUID | None,
    limit: int,
) -> PastPage:
    """Up to `limit` organizations in the order of their ids, after `after`."""
    listed: list[PastRow] = []
    looked_at, size = 0, min(limit, _BATCH, _BUDGET)
    while len(listed) < limit and looked_at < _BUDGET:
        batch = await _identifiers(connection, selection, after, size)
        listed += await among(connection, selection, point, batch)
        if len(batch) < size and len(listed) <= limit:
            return PastPage(listed, None)
        after = batch[-1]
        looked_at += len(batch)
        size = min(size * 2, _BATCH, _BUDGET - looked_at)
    if len(listed) >= limit:
        listed = listed[:limit]
        after = listed[-1].id
    return PastPage(listed, after)


async def stream(
    connection: AsyncConnection, selection: Selection, point: PointInTime
) -> AsyncIterator[Sequence[str]]:
    """The documents of all that match in the order of their ids, some at a time."""
    async for batch in _batches(connection, selection):
        yield [row.document for row in await among(connection, selection, point, batch)]


async def count(connection: AsyncConnection, selection: Selection, point: PointInTime) -> int:
    """How many match, exactly; looks at every organization, in batches."""
    total = 0
    async for batch in _batches(connection, selection):
        states = StatesAt(point, batch)
        total += await states.count(connection, selection.conditions(states.columns))
    return total


async def among(
    connection: AsyncConnection,
    selection: Selection,
    point: PointInTime,
    identifiers: Sequence[UUID],
) -> list[PastRow]:
    """Those of the given organizations that match, in the order of their ids."""
    if not identifiers:
        return []
    states = StatesAt(point, identifiers)
    stored = await states.read(connection, selection.conditions(states.columns))
    return [PastRow(*row) for row in stored]


async def among_sorted(
    connection: AsyncConnection,
    selection: Selection,
    point: PointInTime,
    identifiers: Sequence[UUID],
    order: tuple[str, bool],
    after: tuple[Any, UUID] | None,
    limit: int,
) -> list[PastRow]:
    """The same in the `order` (facet, descending), after a (key, id)."""
    if not identifiers:
        return []
    states = StatesAt(point, identifiers)
    where = selection.conditions(states.columns)
    stored = await states.read_sorted(connection, where, order, after, limit)
    return [PastRow(*row) for row in stored]


async def _batches(
    connection: AsyncConnection, selection: Selection
) -> AsyncIterator[Sequence[UUID]]:
    after: UUID | None = None
    while batch := await _identifiers(connection, selection, after, _BATCH):
        yield batch
        after = batch[-1]


async def _identifiers(
    connection: AsyncConnection, selection: Selection, after: UUID | None, size: int
) -> Sequence[UUID]:
    """The next organizations to look at, whether they match or not."""
    if selection.among is not None:
        start = 0 if after is None else bisect_right(selection.among, after)
        return selection.among[start : start + size]
    return await rows.identifiers_ever(connection, after or UUID(int=0), size)
