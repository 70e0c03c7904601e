"""Statements that lay the current rows beside what the ledger says."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import ARRAY, Uuid, bindparam, func, select, text
from sqlalchemy.ext.asyncio import AsyncConnection

from registry_api.register.stored import COLUMNS
from registry_api.tables import organization

EXTENTS = text(
    """
    SELECT first.subject, max(told.revision), min(told.effective_on), max(told.effective_on),
           bool_or(told.type = 'organization.voided')
    FROM (
        SELECT subject FROM ledger
        WHERE revision = 1 AND subject > :after ORDER BY subject LIMIT :limit
    ) AS first
    JOIN ledger told USING (subject)
    GROUP BY first.subject ORDER BY first.subject
    """
)
WITHOUT_EVENTS = text(
    "SELECT id FROM organization o "
    "WHERE NOT EXISTS (SELECT FROM ledger WHERE subject = CAST(o.id AS text)) ORDER BY id"
)
OBLIGATIONS = text(
    "SELECT organization_id, kind, since, due_on, until FROM obligation "
    "WHERE organization_id = ANY(:identifiers)"
).bindparams(bindparam("identifiers", type_=ARRAY(Uuid)))


@dataclass(frozen=True, slots=True)
class Extent:
    """How far an organization's events reach.

    The last revision, the first and last day they take effect on, and whether the last one made it
    void.
    """

    id: UUID
    revision: int
    first_on: date
    last_on: date
    void: bool


async def extents_after(
    connection: AsyncConnection, after: UUID | None, limit: int
) -> list[Extent]:
    """The extents of the organizations that the ledger knows, in the order of their ids."""
    bound = {"after": "" if after is None else str(after), "limit": limit}
    return [Extent(UUID(row[0]), *row[1:]) for row in await connection.execute(EXTENTS, bound)]


async def count(connection: AsyncConnection) -> int:
    """How many rows there are."""
    statement = select(func.count()).select_from(organization)
    return int((await connection.execute(statement)).scalar_one())


async def without_events(connection: AsyncConnection) -> list[UUID]:
    """Organizations of which the ledger knows nothing; there should be none."""
    return list((await connection.execute(WITHOUT_EVENTS)).scalars())


async def by_column(
    connection: AsyncConnection, identifiers: Sequence[UUID]
) -> dict[UUID, dict[str, Any]]:
    """The rows of these organizations, by column, as they are stored."""
    statement = select(*(organization.c[name] for name in COLUMNS)).where(
        organization.c.id == func.any(bindparam(None, list(identifiers), type_=ARRAY(Uuid)))
    )
    stored = (await connection.execute(statement)).mappings()
    return {row["id"]: dict(row) for row in stored}


async def obligations(
    connection: AsyncConnection, identifiers: Sequence[UUID]
) -> dict[UUID, set[tuple[Any, ...]]]:
    """(kind, since, due_on, until) of what these organizations owe by the table."""
    owed: dict[UUID, set[tuple[Any, ...]]] = {}
    stored = await connection.execute(OBLIGATIONS, {"identifiers": list(identifiers)})
    for identifier, *values in stored:
        owed.setdefault(identifier, set()).add(tuple(values))
    return owed
