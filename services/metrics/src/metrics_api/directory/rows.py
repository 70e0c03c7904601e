"""Versions of areas, bodies and rule sets over both times, a table each of the same shape."""

from collections.abc import Collection, Mapping, Sequence
from datetime import date
from typing import Any, TypeAlias

from sqlalchemy import Row, Table, bindparam, insert, select, tuple_, update
from sqlalchemy.ext.asyncio import AsyncConnection

from metrics_api.core.facts.timelines import Span

Details: TypeAlias = tuple[str | list[list[str]] | None, ...]
"""The columns of a version in a fixed order."""


async def read_versions(connection: AsyncConnection, table: Table) -> Sequence[Row[Any]]:
    """Every version that any edition believed."""
    return (await connection.execute(select(table))).all()


async def read_believed(
    connection: AsyncConnection, table: Table, details: tuple[str, ...], codes: Collection[str]
) -> dict[str, list[Span[Details]]]:
    """The spans of `details` believed now of each of `codes`, in order."""
    believed: dict[str, list[Span[Details]]] = {code: [] for code in codes}
    query = (
        select(table)
        .where(
            table.c.code.in_(bindparam("codes", expanding=True)), table.c.edition_until.is_(None)
        )
        .order_by(table.c.code, table.c.valid_from)
    )
    for row in (await connection.execute(query, {"codes": list(codes)})).mappings():
        value = tuple(row[name] for name in details)
        believed[row["code"]].append(Span(row["valid_from"], row["valid_until"], value))
    return believed


async def close_versions(
    connection: AsyncConnection, table: Table, edition: int, keys: Sequence[tuple[str, date]]
) -> None:
    """No longer believe the versions with these codes and first days from `edition` on."""
    if not keys:
        return
    closed = tuple_(table.c.code, table.c.valid_from).in_(keys)
    believed = table.c.edition_until.is_(None)
    await connection.execute(update(table).where(closed, believed).values(edition_until=edition))


async def open_versions(
    connection: AsyncConnection,
    table: Table,
    details: tuple[str, ...],
    edition: int,
    spans: Sequence[tuple[str, Span[Details]]],
) -> None:
    """Believe `spans` from `edition` on."""
    if spans:
        rows = [_row(code, span, edition, details) for code, span in spans]
        await connection.execute(insert(table), rows)


def _row(
    code: str, span: Span[Details], edition: int, details: tuple[str, ...]
) -> Mapping[str, object]:
    return {
        "code": code,
        "valid_from": span.start,
        "valid_until": span.until,
        "edition_from": edition,
        **dict(zip(details, span.value, strict=True)),
    }
