"""Organizations as they were on a day, as known at a position: read out of the ledger.

No second copy of the past is kept. The state on day D as known at position P stands in the
timeline of the organization's last event with `position <= P` and `effective_on <= D`: that event
wrote down everything then known from its date on, and what came later speaks of later days only.

Lists are driven by the organizations in the order of their ids, a batch at a time, so that a page
costs what it looks at and never more than `_BUDGET` organizations: a page of a rare filter may be
short, or empty, and still have a successor.
"""

from bisect import bisect_right
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

import orjson
from sqlalchemy import (
    ARRAY,
    ColumnElement,
    Integer,
    Text,
    Uuid,
    bindparam,
    cast,
    func,
    select,
    text,
)
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.ext.asyncio import AsyncConnection

from registry_api.core.organization.state import complete
from registry_api.core.point_in_time import PointInTime
from registry_api.selection.conditions import (
    Columns,
    conditions_on,
    follows,
    sort_key,
    state_columns,
)

_BATCH = 1_000
_BUDGET = 5_000

NOW = date.max
"""The day on which every known fact is in force: the state as the current row would show it."""


@dataclass(frozen=True, slots=True)
class PastRow:
    """An organization at a point in time; `state` is canonical JSON, as its event tells it."""

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


@dataclass(frozen=True, slots=True)
class PastFilter:
    """Which organizations, when: filters, and a limited caller's patterns, hold *then*.

    `only` are the sole ones that count, in the order of their ids, unless None; `further` says what
    else must hold of the facets then.
    """

    point: PointInTime
    filters: Mapping[str, Any]
    patterns: Sequence[str] | None
    only: Sequence[UUID] | None = None
    further: Callable[[Columns], Sequence[ColumnElement[bool]]] | None = None

    def conditions(self, columns: Columns) -> list[ColumnElement[bool]]:
        """The SQL conditions on the facets of the past."""
        found = conditions_on(columns, self.filters, self.patterns)
        return found if self.further is None else [*found, *self.further(columns)]


async def read(connection: AsyncConnection, identifier: UUID, point: PointInTime) -> PastRow | None:
    """One organization at a point in time; None when it was not there, or not known."""
    rows = await among(connection, PastFilter(point, {}, None), [identifier])
    return rows[0] if rows else None


async def page(
    connection: AsyncConnection, wanted: PastFilter, after: UUID | None, limit: int
) -> PastPage:
    """Up to `limit` organizations in the order of their ids, after `after`."""
    found: list[PastRow] = []
    looked_at, size = 0, min(limit, _BATCH, _BUDGET)
    while len(found) < limit and looked_at < _BUDGET:
        batch = await _identifiers(connection, wanted, after, size)
        found += await among(connection, wanted, batch)
        if len(batch) < size and len(found) <= limit:
            return PastPage(found, None)
        after = batch[-1]
        looked_at += len(batch)
        size = min(size * 2, _BATCH, _BUDGET - looked_at)
    if len(found) >= limit:
        found = found[:limit]
        after = found[-1].id
    return PastPage(found, after)


async def stream(
    connection: AsyncConnection, wanted: PastFilter, size: int = _BATCH
) -> AsyncIterator[Sequence[str]]:
    """The documents of all that match in the order of their ids, some at a time."""
    async for batch in _batches(connection, wanted, size):
        yield [row.document for row in await among(connection, wanted, batch)]


async def stream_among(
    connection: AsyncConnection,
    wanted: PastFilter,
    identifiers: Sequence[UUID],
    size: int = _BATCH,
) -> AsyncIterator[Sequence[str]]:
    """The same of the given organizations only."""
    ordered = sorted(identifiers)
    for start in range(0, len(ordered), size):
        rows = await among(connection, wanted, ordered[start : start + size])
        yield [row.document for row in rows]


async def count(connection: AsyncConnection, wanted: PastFilter) -> int:
    """How many match, exactly; looks at every organization, in batches."""
    total = 0
    async for batch in _batches(connection, wanted, _BATCH):
        then = _then(wanted.point, batch)
        where = wanted.conditions(state_columns(then.c.state))
        statement = select(func.count()).select_from(then).where(*where)
        total += int((await connection.execute(statement)).scalar_one())
    return total


async def _batches(
    connection: AsyncConnection, wanted: PastFilter, size: int
) -> AsyncIterator[Sequence[UUID]]:
    after: UUID | None = None
    while batch := await _identifiers(connection, wanted, after, size):
        yield batch
        after = batch[-1]


async def among(
    connection: AsyncConnection, wanted: PastFilter, identifiers: Sequence[UUID]
) -> list[PastRow]:
    """Those of the given organizations that match, in the order of their ids."""
    if not identifiers:
        return []
    then = _then(wanted.point, identifiers)
    where = wanted.conditions(state_columns(then.c.state))
    statement = (
        select(then.c.id, then.c.revision, cast(then.c.state, Text))
        .where(*where)
        .order_by(then.c.id)
    )
    return [PastRow(*row) for row in await connection.execute(statement)]


async def among_sorted(
    connection: AsyncConnection,
    wanted: PastFilter,
    identifiers: Sequence[UUID],
    order: tuple[str, bool],
    after: tuple[Any, UUID] | None,
    limit: int,
) -> list[PastRow]:
    """The same in the `order` (facet, descending), after a (key, id)."""
    if not identifiers:
        return []
    then = _then(wanted.point, identifiers)
    columns = state_columns(then.c.state)
    name, descending = order
    key = sort_key(columns, name)
    statement = select(then.c.id, then.c.revision, cast(then.c.state, Text), key).where(
        *wanted.conditions(columns)
    )
    if after is not None:
        statement = statement.where(follows(key, then.c.id, after, descending))
    ordered = (key.desc(), then.c.id.desc()) if descending else (key, then.c.id)
    rows = await connection.execute(statement.order_by(*ordered).limit(limit))
    return [PastRow(*row) for row in rows]


async def _identifiers(
    connection: AsyncConnection, wanted: PastFilter, after: UUID | None, size: int
) -> Sequence[UUID]:
    if wanted.only is not None:
        start = 0 if after is None else bisect_right(wanted.only, after)
        return wanted.only[start : start + size]
    rows = await connection.execute(_IDENTIFIERS, {"after": after or UUID(int=0), "size": size})
    return list(rows.scalars())


def _then(point: PointInTime, identifiers: Sequence[UUID]) -> Any:
    statement = _THEN.bindparams(
        identifiers=list(identifiers), position=point.position, day=point.day
    )
    return statement.columns(id=Uuid, revision=Integer, state=JSONB).subquery("then")


_IDENTIFIERS = text(
    """
    SELECT id FROM organization WHERE id > :after
    UNION ALL SELECT id FROM void_organization WHERE id > :after
    ORDER BY id LIMIT :size
    """
)
"""Also those that are void since: they stood in the register of the past."""
_THEN = text(
    """
    SELECT o.id, known.revision, segment.state
    FROM unnest(:identifiers) AS o (id)
    CROSS JOIN LATERAL (
        SELECT revision FROM ledger
        WHERE subject = CAST(o.id AS text) AND position <= :position
        ORDER BY revision DESC LIMIT 1
    ) AS known
    CROSS JOIN LATERAL (
        SELECT CAST(event AS jsonb) #> '{data,timeline}' AS timeline FROM ledger
        WHERE subject = CAST(o.id AS text) AND position <= :position AND effective_on <= :day
        ORDER BY revision DESC LIMIT 1
    ) AS told
    CROSS JOIN LATERAL (
        SELECT element -> 'state' AS state FROM jsonb_array_elements(told.timeline) AS element
        WHERE CAST(element ->> 'from' AS date) <= :day
          AND coalesce(CAST(element ->> 'until' AS date) > :day, true)
    ) AS segment
    """
).bindparams(bindparam("identifiers", type_=ARRAY(Uuid)))
