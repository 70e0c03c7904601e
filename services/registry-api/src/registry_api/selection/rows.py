"""Statements that select organizations: from the current rows, or out of the ledger's timelines."""

from collections.abc import AsyncIterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import (
    ARRAY,
    ColumnElement,
    Integer,
    Text,
    Uuid,
    bindparam,
    cast,
    func,
    literal,
    select,
    text,
)
from sqlalchemy.dialects.postgresql import JSONB, aggregate_order_by
from sqlalchemy.ext.asyncio import AsyncConnection

from registry_api.core.point_in_time import PointInTime
from registry_api.rows.facets import CURRENT, Conditions, follows, sort_key, state_columns
from registry_api.tables import organization

IDENTIFIERS_EVER = text(
    """
    SELECT id FROM organization WHERE id > :after
    UNION ALL SELECT id FROM void_organization WHERE id > :after
    ORDER BY id LIMIT :size
    """
)
"""Also those that are void since: they stood in the register of the past."""
STATES_AT = text(
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
"""The state on a day as known at a position stands in the timeline of the organization's last event
up to that position and day: it wrote down everything then known from its date on, and what came
later speaks of later days only."""

Rows = Sequence[Any]


@dataclass(frozen=True, slots=True)
class CurrentPage:
    """A page: a JSON array of documents, the last id on it, and how many there are."""

    documents: str
    last: UUID | None
    size: int


async def page(
    connection: AsyncConnection,
    where: Conditions,
    after: UUID | None,
    limit: int,
    descending: bool,
) -> CurrentPage:
    """Up to `limit` current documents in the order of their ids, glued by the database."""
    identifier = organization.c.id
    selected = select(identifier, organization.c.document).where(*where)
    if after is not None:
        selected = selected.where(identifier < after if descending else identifier > after)
    inner = selected.order_by(_directed(identifier, descending)).limit(limit).subquery()
    onward = _directed(inner.c.id, descending)
    glued = func.string_agg(inner.c.document, aggregate_order_by(literal(","), onward))
    last = func.array_agg(aggregate_order_by(inner.c.id, _directed(inner.c.id, not descending)))[1]
    statement = select(glued, last, func.count()).select_from(inner)
    row = (await connection.execute(statement)).one()
    return CurrentPage(f"[{row[0] or ''}]", row[1], row[2])


async def sorted_page(
    connection: AsyncConnection,
    where: Conditions,
    order: tuple[str, bool],
    after: tuple[Any, UUID] | None,
    limit: int,
    without: Sequence[UUID],
) -> Rows:
    """(id, document, key) of the current rows in the `order` (facet, descending)."""
    name, descending = order
    identifier, key = organization.c.id, sort_key(CURRENT, name)
    statement = select(identifier, organization.c.document, key).where(*where)
    if after is not None:
        statement = statement.where(follows(key, identifier, after, descending))
    if without:
        left_out = bindparam(None, list(without), type_=ARRAY(Uuid))
        statement = statement.where(identifier != func.all(left_out))
    ordered = statement.order_by(_directed(key, descending), _directed(identifier, descending))
    return (await connection.execute(ordered.limit(limit))).all()


async def stream(
    connection: AsyncConnection, where: Conditions, size: int
) -> AsyncIterator[Sequence[str]]:
    """All current documents that meet the conditions in the order of their ids, some at a time."""
    statement = select(organization.c.document).where(*where).order_by(organization.c.id)
    result = await connection.stream_scalars(statement, execution_options={"yield_per": size})
    async for part in result.partitions(size):
        yield part


async def identifiers(connection: AsyncConnection, where: Conditions) -> list[UUID]:
    """The ids of all current rows that meet the conditions."""
    return list((await connection.execute(select(organization.c.id).where(*where))).scalars())


async def count(connection: AsyncConnection, where: Conditions) -> int:
    """How many current rows meet the conditions, exactly."""
    statement = select(func.count()).select_from(organization).where(*where)
    return int((await connection.execute(statement)).scalar_one())


async def identifiers_ever(connection: AsyncConnection, after: UUID, size: int) -> list[UUID]:
    """Ids of all that are or were in the register, in their order, after `after`."""
    bound = {"after": after, "size": size}
    return list((await connection.execute(IDENTIFIERS_EVER, bound)).scalars())


class StatesAt:
    """The states of organizations at a point in time; `columns` are their facets, to filter by."""

    def __init__(self, point: PointInTime, identifiers: Sequence[UUID]) -> None:
        bound: Mapping[str, Any] = {
            "identifiers": list(identifiers), "position": point.position, "day": point.day,
        }  # fmt: skip
        statement = STATES_AT.bindparams(**bound)
        self._then = statement.columns(id=Uuid, revision=Integer, state=JSONB).subquery("then")
        self.columns = state_columns(self._then.c.state)

    async def count(self, connection: AsyncConnection, where: Conditions) -> int:
        """How many meet the conditions."""
        statement = select(func.count()).select_from(self._then).where(*where)
        return int((await connection.execute(statement)).scalar_one())

    async def read(self, connection: AsyncConnection, where: Conditions) -> Rows:
        """(id, revision, state) of those that meet the conditions, in the order of their ids."""
        then = self._then.c
        statement = select(then.id, then.revision, cast(then.state, Text)).where(*where)
        return (await connection.execute(statement.order_by(then.id))).all()

    async def read_sorted(
        self,
        connection: AsyncConnection,
        where: Conditions,
        order: tuple[str, bool],
        after: tuple[Any, UUID] | None,
        limit: int,
    ) -> Rows:
        """(id, revision, state, key) in the `order` (facet, descending), after a (key, id)."""
        then = self._then.c
        name, descending = order
        key = sort_key(self.columns, name)
        statement = select(then.id, then.revision, cast(then.state, Text), key).where(*where)
        if after is not None:
            statement = statement.where(follows(key, then.id, after, descending))
        ordered = (_directed(key, descending), _directed(then.id, descending))
        return (await connection.execute(statement.order_by(*ordered).limit(limit))).all()


def _directed(column: ColumnElement[Any], descending: bool) -> ColumnElement[Any]:
    return column.desc() if descending else column.asc()
