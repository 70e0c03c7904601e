"""Rows of areas and bodies: all of them for the domain, pages of them for the API."""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any, NamedTuple

from sqlalchemy import (
    ARRAY,
    ColumnElement,
    Select,
    Table,
    Text,
    any_,
    bindparam,
    func,
    literal,
    or_,
    select,
)
from sqlalchemy.dialects.postgresql import aggregate_order_by
from sqlalchemy.ext.asyncio import AsyncConnection

from jurisdiction_router.tables import area, area_code, area_parent, area_successor, body


class DocumentPage(NamedTuple):
    """A page: a JSON array of documents, the last key on it, and how many there are."""

    documents: str
    last: str | None
    size: int


def conditions(
    table: Table,
    filters: Mapping[str, Sequence[str]],
    valid_on: date | None,
    patterns: Sequence[str] | None,
) -> list[ColumnElement[bool]]:
    """SQL conditions; `area` takes prefixes of codes, `parent` direct parents on the date."""
    code = table.c.code if table is area else table.c.area_code
    where: list[ColumnElement[bool]] = [
        table.c[name].in_(values)
        for name, values in filters.items()
        if name in table.c and name not in ("area", "successor")
    ]
    if "area" in filters:
        where.append(_like_any(code, [f"{value}%" for value in filters["area"]]))
    if "parent" in filters:
        children = select(area_parent.c.child).where(area_parent.c.parent.in_(filters["parent"]))
        if valid_on is not None:
            children = children.where(*_valid(area_parent, valid_on))
        where.append(area.c.code.in_(children))
    if table is area and "successor" in filters:
        where.append(
            area.c.code.in_(
                select(area_successor.c.code).where(
                    area_successor.c.successor.in_(filters["successor"])
                )
            )
        )
    if "other_code" in filters:
        where.append(area.c.code.in_(_with_other_code(filters, valid_on)))
    if valid_on is not None:
        where += _valid(table, valid_on)
    if patterns is not None:
        where.append(_like_any(code, list(patterns)))
    return where


def _with_other_code(
    filters: Mapping[str, Sequence[str]], valid_on: date | None
) -> Select[tuple[str]]:
    codes = select(area_code.c.area).where(area_code.c.code.in_(filters["other_code"]))
    if "code_system" in filters:
        codes = codes.where(area_code.c.system.in_(filters["code_system"]))
    return codes if valid_on is None else codes.where(*_valid(area_code, valid_on))


def _valid(table: Table, on: date) -> list[ColumnElement[bool]]:
    return [
        table.c.valid_from <= on,
        or_(table.c.valid_until.is_(None), table.c.valid_until > on),
    ]


def _like_any(column: ColumnElement[str], patterns: list[str]) -> ColumnElement[bool]:
    return column.like(any_(bindparam(None, patterns, type_=ARRAY(Text))))


async def page(
    connection: AsyncConnection,
    table: Table,
    where: Sequence[ColumnElement[bool]],
    after: str | None,
    limit: int | None,
) -> DocumentPage:
    """Up to `limit` areas or bodies (None: all) in the order of their keys, after `after`."""
    key = next(iter(table.primary_key.columns))
    rows = select(key.label("key"), table.c.document).where(*where)
    if after is not None:
        rows = rows.where(key > after)
    inner = rows.order_by(key).limit(limit).subquery()
    glued = func.string_agg(inner.c.document, aggregate_order_by(literal(","), inner.c.key))
    result = await connection.execute(select(glued, func.max(inner.c.key), func.count()))
    row = result.one()
    return DocumentPage(f"[{row[0] or ''}]", row[1], row[2])


async def count(
    connection: AsyncConnection, table: Table, where: Sequence[ColumnElement[bool]]
) -> int:
    """How many areas or bodies meet the conditions."""
    result = await connection.execute(select(func.count()).select_from(table).where(*where))
    return int(result.scalar_one())


async def document(connection: AsyncConnection, table: Table, key: str) -> Any:
    """The row `(area_code, revision, document)` of one area or body, None when there is none."""
    column = next(iter(table.primary_key.columns))
    code = table.c.code if table is area else table.c.area_code
    result = await connection.execute(
        select(code.label("area_code"), table.c.revision, table.c.document).where(column == key)
    )
    return result.one_or_none()


TABLES: Mapping[str, Table] = {"areas": area, "bodies": body}
