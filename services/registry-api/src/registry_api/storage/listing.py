"""Finding organizations: filters, pages and counts over the current rows.

A page is one statement that glues the stored documents together; nothing is parsed on the way.
"""

from collections.abc import AsyncIterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import ARRAY, ColumnElement, Text, any_, bindparam, func, literal, select, text
from sqlalchemy.dialects.postgresql import aggregate_order_by
from sqlalchemy.ext.asyncio import AsyncConnection

from registry_api.storage.tables import organization

EXACT = (
    "credit_code",
    "filing_number",
    "kind",
    "institution_type",
    "category",
    "registration_mode",
    "registration_level",
    "supervisor_system",
    "status",
    "grade",
    "charter_state",
    "party_organization_mode",
)
"""Filters that compare a column with one of the given values."""


@dataclass(frozen=True, slots=True)
class Found:
    """A page: a JSON array of documents, the last id on it, and how many there are."""

    documents: str
    last: UUID | None
    size: int


def conditions(
    filters: Mapping[str, Sequence[str]], patterns: Sequence[str] | None
) -> list[ColumnElement[bool]]:
    """SQL conditions of `filters` and of a limited caller's `patterns`.

    `area` and `authority_division` take prefixes, `name` a part of the name.
    """
    found: list[ColumnElement[bool]] = [
        organization.c[name].in_(values) for name, values in filters.items() if name in EXACT
    ]
    found += [
        _like_any(organization.c[name], [f"{value}%" for value in filters[name]])
        for name in ("area", "authority_division")
        if name in filters
    ]
    if "name" in filters:
        found += [organization.c.name.contains(part, autoescape=True) for part in filters["name"]]
    if patterns is not None:
        found.append(_like_any(organization.c.area, list(patterns)))
    return found


def _like_any(column: ColumnElement[str], patterns: list[str]) -> ColumnElement[bool]:
    return column.like(any_(bindparam(None, patterns, type_=ARRAY(Text))))


async def page(
    connection: AsyncConnection,
    where: Sequence[ColumnElement[bool]],
    after: UUID | None,
    limit: int,
) -> Found:
    """Up to `limit` organizations in the order of their ids, after `after`."""
    rows = select(organization.c.id, organization.c.document).where(*where)
    if after is not None:
        rows = rows.where(organization.c.id > after)
    inner = rows.order_by(organization.c.id).limit(limit).subquery()
    glued = func.string_agg(inner.c.document, aggregate_order_by(literal(","), inner.c.id))
    last = func.array_agg(aggregate_order_by(inner.c.id, inner.c.id.desc()))[1]
    found = (await connection.execute(select(glued, last, func.count()).select_from(inner))).one()
    return Found(f"[{found[0] or ''}]", found[1], found[2])


async def stream(
    connection: AsyncConnection, where: Sequence[ColumnElement[bool]], size: int = 1000
) -> AsyncIterator[Sequence[str]]:
    """All documents that meet the conditions in the order of their ids, `size` at a time."""
    statement = select(organization.c.document).where(*where).order_by(organization.c.id)
    result = await connection.stream_scalars(statement, execution_options={"yield_per": size})
    async for part in result.partitions(size):
        yield part


async def count(connection: AsyncConnection, where: Sequence[ColumnElement[bool]]) -> int:
    """How many organizations meet the conditions, exactly."""
    statement = select(func.count()).select_from(organization).where(*where)
    return int((await connection.execute(statement)).scalar_one())


async def read_document(
    connection: AsyncConnection, identifier: UUID
) -> tuple[int, str, str] | None:
    """(revision, area, document) of an organization, None when there is none."""
    row = (await connection.execute(_READ, {"id": identifier})).one_or_none()
    return None if row is None else (row.revision, row.area, row.document)


async def read_by_credit_code(
    connection: AsyncConnection, code: str
) -> tuple[int, str, str] | None:
    """The same by credit code."""
    row = (await connection.execute(_READ_BY_CODE, {"code": code})).one_or_none()
    return None if row is None else (row.revision, row.area, row.document)


_READ: Any = text("SELECT revision, area, document FROM organization WHERE id = :id")
_READ_BY_CODE: Any = text(
    "SELECT revision, area, document FROM organization WHERE credit_code = :code"
)
