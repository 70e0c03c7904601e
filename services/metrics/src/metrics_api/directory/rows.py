"""Versions of areas, bodies and rule sets over both times, a table each of the same shape."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, TypeAlias

from sqlalchemy import Row, Table, bindparam, insert, select, tuple_, update
from sqlalchemy.ext.asyncio import AsyncConnection

from metrics_api.tables import OPEN_END, area_version, body_version, closed_end, rule_set_version
from servicekit.time import Period

Details: TypeAlias = tuple[str | list[list[str]] | None, ...]
"""The columns of a version in a fixed order."""


@dataclass(frozen=True, slots=True)
class VersionTable:
    """A table of versions, and the columns of `Details` in their order."""

    table: Table
    details: tuple[str, ...]


AREAS = VersionTable(area_version, ("level", "parent", "name", "successors"))
BODIES = VersionTable(body_version, ("kind", "name", "area_code", "successor"))
RULE_SETS = VersionTable(rule_set_version, ("scope", "digest"))


async def read_versions(connection: AsyncConnection, versions: VersionTable) -> Sequence[Row[Any]]:
    """Every version that any edition believed."""
    return (await connection.execute(select(versions.table))).all()


async def read_believed(
    connection: AsyncConnection, versions: VersionTable, codes: Collection[str]
) -> dict[str, list[Period[Details]]]:
    """The spans believed now of each of `codes`, in order."""
    table = versions.table
    believed: dict[str, list[Period[Details]]] = {code: [] for code in codes}
    query = (
        select(table)
        .where(
            table.c.code.in_(bindparam("codes", expanding=True)), table.c.edition_until.is_(None)
        )
        .order_by(table.c.code, table.c.valid_from)
    )
    for row in (await connection.execute(query, {"codes": list(codes)})).mappings():
        value = tuple(row[name] for name in versions.details)
        believed[row["code"]].append(
            Period(row["valid_from"], closed_end(row["valid_until"]), value)
        )
    return believed


async def close_versions(
    connection: AsyncConnection,
    versions: VersionTable,
    edition: int,
    keys: Sequence[tuple[str, date]],
) -> None:
    """No longer believe the versions with these codes and first days from `edition` on."""
    if not keys:
        return
    table = versions.table
    closed = tuple_(table.c.code, table.c.valid_from).in_(keys)
    believed = table.c.edition_until.is_(None)
    await connection.execute(update(table).where(closed, believed).values(edition_until=edition))


async def open_versions(
    connection: AsyncConnection,
    versions: VersionTable,
    edition: int,
    spans: Sequence[tuple[str, Period[Details]]],
) -> None:
    """Believe `spans` from `edition` on."""
    if spans:
        rows = [_row(code, span, edition, versions.details) for code, span in spans]
        await connection.execute(insert(versions.table), rows)


def _row(
    code: str, span: Period[Details], edition: int, details: tuple[str, ...]
) -> Mapping[str, object]:
    return {
        "code": code,
        "valid_from": span.start,
        "valid_until": span.until or OPEN_END,
        "edition_from": edition,
        **dict(zip(details, span.value, strict=True)),
    }
