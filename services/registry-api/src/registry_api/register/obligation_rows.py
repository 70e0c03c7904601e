"""The `obligation` table: what each organization owes, in step with its current row.

Written by `organization_rows` in the transaction that stores a new state, and by nothing else.
"""

from collections.abc import Iterable, Iterator, Sequence
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import ARRAY, Date, Text, Uuid, bindparam, text
from sqlalchemy.ext.asyncio import AsyncConnection

from registry_api.core.obligations.derive import Obligation
from servicekit.database import copy_rows

Owing = tuple[UUID, Sequence[Obligation]]
"""An organization and all that it owes, now or ahead."""

Values = tuple[str, date, date, date]
"""An obligation as the table holds it: kind, since, due_on, until."""

_COLUMNS = ("organization_id", "kind", "since", "due_on", "until")

NEVER = date.max
"""PostgreSQL's `infinity`: no term is set; held until something new is recorded."""


async def insert_one(connection: AsyncConnection, owing: Owing) -> None:
    """What a new organization owes."""
    identifier, owed = owing
    if owed:
        columns = zip(*map(_values, owed), strict=True)
        bound = dict(zip(_COLUMNS[1:], map(list, columns), strict=True))
        await connection.execute(_INSERT, {"identifier": identifier, **bound})


async def replace_one(connection: AsyncConnection, owing: Owing) -> None:
    """What a changed organization owes, in place of what it owed before."""
    await connection.execute(_DELETE, {"identifiers": [owing[0]]})
    await insert_one(connection, owing)


async def insert_many(connection: AsyncConnection, owing: Iterable[Owing]) -> None:
    """What many new organizations owe, by COPY."""
    await copy_rows(connection, "obligation", _COLUMNS, _rows(owing))


async def replace_many(connection: AsyncConnection, owing: Sequence[Owing]) -> None:
    """What many changed organizations owe, in place of what they owed before."""
    await connection.execute(_DELETE, {"identifiers": [identifier for identifier, _ in owing]})
    await insert_many(connection, owing)


async def owed(connection: AsyncConnection, identifiers: Sequence[UUID]) -> dict[UUID, set[Values]]:
    """What these organizations owe by the table; who owes nothing is left out."""
    found: dict[UUID, set[Values]] = {}
    for identifier, *values in await connection.execute(_OWED, {"identifiers": list(identifiers)}):
        kind, since, due_on, until = values
        found.setdefault(identifier, set()).add((kind, since, due_on, until))
    return found


def values_of(obligations: Iterable[Obligation]) -> set[Values]:
    """What the table holds of these obligations of one organization."""
    return set(map(_values, obligations))


def _rows(owing: Iterable[Owing]) -> Iterator[tuple[Any, ...]]:
    return ((identifier, *_values(item)) for identifier, owed in owing for item in owed)


def _values(item: Obligation) -> Values:
    return item.kind, item.since, item.due_on or NEVER, item.until or NEVER


_DELETE = text("DELETE FROM obligation WHERE organization_id = ANY(:identifiers)").bindparams(
    bindparam("identifiers", type_=ARRAY(Uuid))
)
_OWED = text(
    "SELECT organization_id, kind, since, due_on, until FROM obligation "
    "WHERE organization_id = ANY(:identifiers)"
).bindparams(bindparam("identifiers", type_=ARRAY(Uuid)))
_INSERT = text(
    "INSERT INTO obligation (organization_id, kind, since, due_on, until) "
    "SELECT :identifier, * FROM unnest(:kind, :since, :due_on, :until)"
).bindparams(
    bindparam("identifier", type_=Uuid),
    bindparam("kind", type_=ARRAY(Text)),
    bindparam("since", type_=ARRAY(Date)),
    bindparam("due_on", type_=ARRAY(Date)),
    bindparam("until", type_=ARRAY(Date)),
)
