"""Organizations that something which ends would leave without it."""

from collections.abc import Mapping
from datetime import date

from sqlalchemy import ARRAY, Date, Text, TextClause, bindparam, text
from sqlalchemy.ext.asyncio import AsyncConnection


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
