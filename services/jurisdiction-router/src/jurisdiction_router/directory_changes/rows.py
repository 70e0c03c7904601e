"""Rows of areas and bodies as a change writes them, and of organizations it would leave behind."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict
from datetime import date
from typing import NamedTuple

import orjson
from sqlalchemy import (
    ARRAY,
    Date,
    Table,
    Text,
    TextClause,
    any_,
    bindparam,
    select,
    text,
)
from sqlalchemy.ext.asyncio import AsyncConnection

from jurisdiction_router.core.directory.directory import (
    Area,
    Body,
    FormerName,
    ParentEdge,
    Succession,
)
from jurisdiction_router.tables import area_code, area_parent, area_successor

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
_ENDS = (bindparam("keys", type_=ARRAY(Text)), bindparam("ends", type_=ARRAY(Date)))
_SUPERVISED = text(
    "SELECT key, count(DISTINCT organization_id) AS organizations "
    "FROM unnest(:keys, :ends) AS ended (key, until) JOIN assignment ON body_id = key "
    "WHERE valid_until IS NULL OR valid_until > until GROUP BY key ORDER BY key"
).bindparams(*_ENDS)
_LIVING = text(
    "SELECT key, count(DISTINCT organization_id) AS organizations "
    "FROM unnest(:keys, :ends) AS ended (key, until) "
    "JOIN fact ON domicile = key OR registering = key "
    "JOIN fact_period ON fact_period.fact = fact.id "
    "WHERE valid_until IS NULL OR valid_until > until GROUP BY key ORDER BY key"
).bindparams(*_ENDS)


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


def _names_json(names: Iterable[FormerName]) -> str:
    return orjson.dumps([[name, until.isoformat()] for name, until in names]).decode()


async def revisions(
    connection: AsyncConnection, table: Table, keys: Sequence[str]
) -> dict[str, int]:
    """The revisions of the rows with these keys that exist."""
    key = next(iter(table.primary_key.columns))
    result = await connection.execute(
        select(key, table.c.revision).where(
            key == any_(bindparam(None, list(keys), type_=ARRAY(Text)))
        )
    )
    return {row[0]: row[1] for row in result}


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


async def supervised_after(
    connection: AsyncConnection, ends: Mapping[str, date | None]
) -> dict[str, int]:
    """How many organizations each body (by id) supervises on or after its end; none is left out."""
    return await _count(connection, _SUPERVISED, ends)


async def living_after(
    connection: AsyncConnection, ends: Mapping[str, date | None]
) -> dict[str, int]:
    """How many organizations lie in, or were registered by, each area on or after its end."""
    return await _count(connection, _LIVING, ends)


async def _count(
    connection: AsyncConnection, statement: TextClause, ends: Mapping[str, date | None]
) -> dict[str, int]:
    if not ends:
        return {}
    rows = await connection.execute(
        statement,
        {"keys": list(ends), "ends": list(ends.values())},
    )
    return {row.key: row.organizations for row in rows}
