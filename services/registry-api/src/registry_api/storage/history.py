"""An organization's past, read from the ledger."""

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any
from uuid import UUID

import orjson
from sqlalchemy import ARRAY, Text, bindparam, text
from sqlalchemy.ext.asyncio import AsyncConnection

Patch = tuple[date, int, dict[str, Any]]
"""(effective_on, position, RFC 7396 merge patch)."""


async def patches(
    connection: AsyncConnection, identifier: UUID, known_at: int | None = None
) -> list[Patch]:
    """The organization's patches, those up to position `known_at` only if it is given."""
    rows = await connection.execute(_PATCHES, {"subject": str(identifier), "known_at": known_at})
    return [(row.effective_on, row.position, orjson.loads(row.change)) for row in rows]


async def patches_of(
    connection: AsyncConnection, identifiers: Sequence[UUID]
) -> dict[UUID, list[Patch]]:
    """The patches of several organizations."""
    rows = await connection.execute(_PATCHES_OF, {"subjects": [str(i) for i in identifiers]})
    found: dict[UUID, list[Patch]] = {identifier: [] for identifier in identifiers}
    for row in rows:
        found[UUID(row.subject)].append((row.effective_on, row.position, orjson.loads(row.change)))
    return found


async def position_at(connection: AsyncConnection, moment: datetime) -> int:
    """The last position recorded at or before `moment`; 0 before the first."""
    found = await connection.execute(_POSITION_AT, {"moment": moment})
    return int(found.scalar_one())


_PATCHES = text(
    """
    SELECT position, effective_on, event::json #>> '{data,change}' AS change FROM ledger
    WHERE subject = :subject AND (CAST(:known_at AS bigint) IS NULL OR position <= :known_at)
    ORDER BY position
    """
)
_PATCHES_OF = text(
    "SELECT subject, position, effective_on, event::json #>> '{data,change}' AS change "
    "FROM ledger WHERE subject = ANY(:subjects)"
).bindparams(bindparam("subjects", type_=ARRAY(Text)))
_POSITION_AT = text("SELECT coalesce(max(position), 0) FROM ledger WHERE recorded_at <= :moment")
