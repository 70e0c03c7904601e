"""Finding organizations: filters, pages and counts over the current rows.

A page is one statement that glues the stored documents together; nothing is parsed on the way.
"""

from collections.abc import AsyncIterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import (
    ARRAY,
    ColumnElement,
    Uuid,
    bindparam,
    func,
    literal,
    select,
    text,
)
from sqlalchemy.dialects.postgresql import aggregate_order_by
from sqlalchemy.ext.asyncio import AsyncConnection

from registry_api.selection.conditions import Columns, conditions_on, follows, sort_key
from registry_api.tables import organization
from servicekit.database import Database

CURRENT: Columns = dict(organization.c)
"""The current rows have a column of its own for each facet."""


FEW = 10_000
"""Organizations that are worth an index look-up each; measured: beyond, a list's own order wins."""


@dataclass(frozen=True, slots=True)
class Found:
    """A page: a JSON array of documents, the last id on it, and how many there are."""

    documents: str
    last: UUID | None
    size: int


@dataclass(frozen=True, slots=True)
class Row:
    """A document, its id, and what its list is ordered by."""

    id: UUID
    document: str
    key: Any


def conditions(
    filters: Mapping[str, Any],
    patterns: Sequence[str] | None,
    among: Sequence[UUID] | None = None,
) -> list[ColumnElement[bool]]:
    """SQL conditions of `filters` (as `domain.facets.filters` names them) and of a limited
    caller's `patterns`; `among` are the only organizations that count, unless None."""
    found = conditions_on(CURRENT, filters, patterns)
    return found if among is None else [*found, one_of(organization.c.id, among)]


def one_of(column: ColumnElement[UUID], identifiers: Sequence[UUID]) -> ColumnElement[bool]:
    """That an id is one of many: one parameter, however many.

    Few are looked up in the index of `column`. Of many, that would be most of the table: rows are
    read in another order, and each held against a hash of them.
    """
    found = column == func.any(bindparam(None, list(identifiers), type_=ARRAY(Uuid)))
    return found if len(identifiers) <= FEW else found.is_(True)


async def page(
    connection: AsyncConnection,
    where: Sequence[ColumnElement[bool]],
    after: UUID | None,
    limit: int,
    descending: bool = False,
) -> Found:
    """Up to `limit` organizations in the order of their ids, after `after`."""
    identifier = organization.c.id
    rows = select(identifier, organization.c.document).where(*where)
    if after is not None:
        rows = rows.where(identifier < after if descending else identifier > after)
    inner = rows.order_by(_directed(identifier, descending)).limit(limit).subquery()
    onward = _directed(inner.c.id, descending)
    glued = func.string_agg(inner.c.document, aggregate_order_by(literal(","), onward))
    last = func.array_agg(aggregate_order_by(inner.c.id, _directed(inner.c.id, not descending)))[1]
    found = (await connection.execute(select(glued, last, func.count()).select_from(inner))).one()
    return Found(f"[{found[0] or ''}]", found[1], found[2])


def _directed(column: ColumnElement[Any], descending: bool) -> ColumnElement[Any]:
    return column.desc() if descending else column.asc()


async def sorted_rows(
    connection: AsyncConnection,
    where: Sequence[ColumnElement[bool]],
    order: tuple[str, bool],
    after: tuple[Any, UUID] | None,
    limit: int,
    without: Sequence[UUID] = (),
) -> list[Row]:
    """Up to `limit` rows in the `order` (facet, descending), after a (key, id).

    `without` are organizations to leave out.
    """
    name, descending = order
    identifier, key = organization.c.id, sort_key(CURRENT, name)
    statement = select(identifier, organization.c.document, key).where(*where)
    if after is not None:
        statement = statement.where(follows(key, identifier, after, descending))
    if without:
        left_out = bindparam(None, list(without), type_=ARRAY(Uuid))
        statement = statement.where(identifier != func.all(left_out))
    ordered = statement.order_by(_directed(key, descending), _directed(identifier, descending))
    rows = await connection.execute(ordered.limit(limit))
    return [Row(*row) for row in rows]


async def stream(
    connection: AsyncConnection, where: Sequence[ColumnElement[bool]], size: int = 1000
) -> AsyncIterator[Sequence[str]]:
    """All documents that meet the conditions in the order of their ids, `size` at a time."""
    statement = select(organization.c.document).where(*where).order_by(organization.c.id)
    result = await connection.stream_scalars(statement, execution_options={"yield_per": size})
    async for part in result.partitions(size):
        yield part


async def identifiers(
    connection: AsyncConnection, where: Sequence[ColumnElement[bool]]
) -> list[UUID]:
    """The ids of all that meet the conditions."""
    return list((await connection.execute(select(organization.c.id).where(*where))).scalars())


async def identifiers_after(
    connection: AsyncConnection, after: UUID | None, limit: int
) -> list[UUID]:
    """Up to `limit` ids in their order, after `after`."""
    statement = select(organization.c.id).order_by(organization.c.id).limit(limit)
    if after is not None:
        statement = statement.where(organization.c.id > after)
    return list((await connection.execute(statement)).scalars())


async def count(connection: AsyncConnection, where: Sequence[ColumnElement[bool]]) -> int:
    """How many organizations meet the conditions, exactly."""
    statement = select(func.count()).select_from(organization).where(*where)
    return int((await connection.execute(statement)).scalar_one())


async def read_document(database: Database, identifier: UUID) -> tuple[int, str, str] | None:
    """(revision, area, document) of an organization, None when there is none."""
    row = await database.read_row(_READ, identifier)
    return None if row is None else (row["revision"], row["area"], row["document"])


async def read_by_credit_code(database: Database, code: str) -> tuple[int, str, str] | None:
    """The same by credit code."""
    row = await database.read_row(_READ_BY_CODE, code)
    return None if row is None else (row["revision"], row["area"], row["document"])


async def without_events(connection: AsyncConnection) -> list[UUID]:
    """Organizations of which the ledger knows nothing; there should be none."""
    return list((await connection.execute(_WITHOUT_EVENTS)).scalars())


_WITHOUT_EVENTS = text(
    "SELECT id FROM organization o "
    "WHERE NOT EXISTS (SELECT FROM ledger WHERE subject = CAST(o.id AS text)) ORDER BY id"
)
_READ = "SELECT revision, area, document FROM organization WHERE id = $1"
_READ_BY_CODE = "SELECT revision, area, document FROM organization WHERE credit_code = $1"
