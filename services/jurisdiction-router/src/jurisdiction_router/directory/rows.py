"""Rows of areas and bodies: all of them for the domain, pages of them for the API."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict
from datetime import date
from typing import Any, NamedTuple

import orjson
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
    text,
)
from sqlalchemy.dialects.postgresql import aggregate_order_by
from sqlalchemy.ext.asyncio import AsyncConnection

from jurisdiction_router.core.directory.directory import (
    Area,
    Body,
    Directory,
    FormerName,
    OtherCode,
    ParentEdge,
    Succession,
)
from jurisdiction_router.tables import area, area_code, area_parent, area_successor, body


class AreaRow(NamedTuple):
    """An area with its document and its next revision."""

    area: Area
    edges: tuple[ParentEdge, ...]
    successions: tuple[Succession, ...]
    revision: int
    document: str


class BodyRow(NamedTuple):
    """A body with its document and its next revision."""

    body: Body
    revision: int
    document: str


async def load_directory(connection: AsyncConnection) -> Directory:
    """Every area, parent edge, succession and body."""
    codes: dict[str, tuple[OtherCode, ...]] = {}
    for row in await connection.execute(_CODES):
        codes[row[0]] = (*codes.get(row[0], ()), OtherCode(*row[1:]))
    areas = await connection.execute(_AREAS)
    edges = await connection.execute(_EDGES)
    bodies = await connection.execute(_BODIES)
    successions = await connection.execute(_SUCCESSIONS)
    return Directory(
        (
            Area(
                row.code,
                row.name,
                row.level,
                row.valid_from,
                row.valid_until,
                _names(row.former_names),
                codes.get(row.code, ()),
            )
            for row in areas
        ),
        (ParentEdge(*row) for row in edges),
        (Body(**{**row, "former_names": _names(row["former_names"])}) for row in bodies.mappings()),
        (Succession(*row) for row in successions),
    )


def _names(stored: str) -> tuple[FormerName, ...]:
    if stored == "[]":
        return ()
    return tuple(
        FormerName(name, date.fromisoformat(until)) for name, until in orjson.loads(stored)
    )


def _names_json(names: Iterable[FormerName]) -> str:
    return orjson.dumps([[name, until.isoformat()] for name, until in names]).decode()


_AREAS = text("SELECT code, name, level, valid_from, valid_until, former_names FROM area")
_EDGES = text("SELECT child, parent, valid_from, valid_until FROM area_parent")
_SUCCESSIONS = text("SELECT code, successor, valid_from FROM area_successor")
_CODES = text(
    "SELECT area, system, code, valid_from, valid_until FROM area_code "
    "ORDER BY area, system, valid_from"
)
_BODIES = text(
    "SELECT id, kind, name, area_code, system, valid_from, valid_until, successor, former_names "
    "FROM body"
)


async def revisions(
    connection: AsyncConnection, table: Table, keys: Sequence[str]
) -> dict[str, int]:
    """The revisions of the rows with these keys that exist."""
    key = next(iter(table.primary_key.columns))
    found = await connection.execute(
        select(key, table.c.revision).where(
            key == any_(bindparam(None, list(keys), type_=ARRAY(Text)))
        )
    )
    return {row[0]: row[1] for row in found}


async def write_areas(connection: AsyncConnection, rows: Iterable[AreaRow]) -> None:
    """Insert or replace areas with their parent edges."""
    rows = list(rows)
    if not rows:
        return
    await connection.execute(
        _PUT_AREA,
        [
            {
                "code": row.area.code,
                "name": row.area.name,
                "level": row.area.level,
                "valid_from": row.area.valid_from,
                "valid_until": row.area.valid_until,
                "former_names": _names_json(row.area.former_names),
                "revision": row.revision,
                "document": row.document,
            }
            for row in rows
        ],
    )
    codes = {"codes": [row.area.code for row in rows]}
    for dropped in _DROP_DETAILS:
        await connection.execute(dropped, codes)
    edges = [edge for row in rows for edge in row.edges]
    if edges:
        await connection.execute(area_parent.insert(), [asdict(edge) for edge in edges])
    successions = [asdict(succession) for row in rows for succession in row.successions]
    if successions:
        await connection.execute(area_successor.insert(), successions)
    others = [{"area": r.area.code, **code._asdict()} for r in rows for code in r.area.codes]
    if others:
        await connection.execute(area_code.insert(), others)


async def write_bodies(connection: AsyncConnection, rows: Iterable[BodyRow]) -> None:
    """Insert or replace bodies."""
    values = [
        {
            "id": row.body.id,
            "kind": row.body.kind,
            "name": row.body.name,
            "area_code": row.body.area_code,
            "system": row.body.system,
            "valid_from": row.body.valid_from,
            "valid_until": row.body.valid_until,
            "successor": row.body.successor,
            "former_names": _names_json(row.body.former_names),
            "revision": row.revision,
            "document": row.document,
        }
        for row in rows
    ]
    if values:
        await connection.execute(_PUT_BODY, values)


_DROP_DETAILS = [
    text(statement).bindparams(bindparam("codes", type_=ARRAY(Text)))
    for statement in (
        "DELETE FROM area_parent WHERE child = ANY(:codes)",
        "DELETE FROM area_successor WHERE code = ANY(:codes)",
        "DELETE FROM area_code WHERE area = ANY(:codes)",
    )
]
_PUT_AREA = text(
    "INSERT INTO area (code, name, level, valid_from, valid_until, former_names, revision, "
    "document) VALUES (:code, :name, :level, :valid_from, :valid_until, :former_names, :revision, "
    ":document) ON CONFLICT (code) DO UPDATE SET name = excluded.name, level = excluded.level, "
    "valid_from = excluded.valid_from, valid_until = excluded.valid_until, "
    "former_names = excluded.former_names, revision = excluded.revision, "
    "document = excluded.document"
)
_PUT_BODY = text(
    "INSERT INTO body (id, kind, name, area_code, system, valid_from, valid_until, successor, "
    "former_names, revision, document) VALUES (:id, :kind, :name, :area_code, :system, "
    ":valid_from, :valid_until, :successor, :former_names, :revision, :document) "
    "ON CONFLICT (id) DO UPDATE SET kind = excluded.kind, name = excluded.name, "
    "area_code = excluded.area_code, system = excluded.system, "
    "valid_from = excluded.valid_from, valid_until = excluded.valid_until, "
    "successor = excluded.successor, former_names = excluded.former_names, "
    "revision = excluded.revision, document = excluded.document"
)


class Found(NamedTuple):
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
    found: list[ColumnElement[bool]] = [
        table.c[name].in_(values)
        for name, values in filters.items()
        if name in table.c and name not in ("area", "successor")
    ]
    if "area" in filters:
        found.append(_like_any(code, [f"{value}%" for value in filters["area"]]))
    if "parent" in filters:
        children = select(area_parent.c.child).where(area_parent.c.parent.in_(filters["parent"]))
        if valid_on is not None:
            children = children.where(*_valid(area_parent, valid_on))
        found.append(area.c.code.in_(children))
    if table is area and "successor" in filters:
        found.append(
            area.c.code.in_(
                select(area_successor.c.code).where(
                    area_successor.c.successor.in_(filters["successor"])
                )
            )
        )
    if "other_code" in filters:
        found.append(area.c.code.in_(_with_other_code(filters, valid_on)))
    if valid_on is not None:
        found += _valid(table, valid_on)
    if patterns is not None:
        found.append(_like_any(code, list(patterns)))
    return found


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
) -> Found:
    """Up to `limit` areas or bodies (None: all) in the order of their keys, after `after`."""
    key = next(iter(table.primary_key.columns))
    rows = select(key.label("key"), table.c.document).where(*where)
    if after is not None:
        rows = rows.where(key > after)
    inner = rows.order_by(key).limit(limit).subquery()
    glued = func.string_agg(inner.c.document, aggregate_order_by(literal(","), inner.c.key))
    found = await connection.execute(select(glued, func.max(inner.c.key), func.count()))
    row = found.one()
    return Found(f"[{row[0] or ''}]", row[1], row[2])


async def count(
    connection: AsyncConnection, table: Table, where: Sequence[ColumnElement[bool]]
) -> int:
    """How many areas or bodies meet the conditions."""
    found = await connection.execute(select(func.count()).select_from(table).where(*where))
    return int(found.scalar_one())


async def document(connection: AsyncConnection, table: Table, key: str) -> Any:
    """The row `(area_code, revision, document)` of one area or body, None when there is none."""
    column = next(iter(table.primary_key.columns))
    code = table.c.code if table is area else table.c.area_code
    found = await connection.execute(
        select(code.label("area_code"), table.c.revision, table.c.document).where(column == key)
    )
    return found.one_or_none()


TABLES: Mapping[str, Table] = {"areas": area, "bodies": body}
