"""The information base 党建信息库: who is in it, now or at a point in time."""

from collections.abc import Sequence
from datetime import date
from uuid import UUID

from sqlalchemy import ColumnElement, func, select
from sqlalchemy.ext.asyncio import AsyncConnection

from registry_api.selection import present as listing
from registry_api.selection.conditions import Columns
from registry_api.tables import obligation


def conditions(
    columns: Columns, eligible_from: int, eligible: bool | None, organizer_missing: bool | None
) -> list[ColumnElement[bool]]:
    """In operation, members, no Party organization yet; and what else is asked for.

    `eligible_from` is the number of full members that must form a Party organization.
    """
    full = func.coalesce(columns["full_members"], 0)
    found = [
        columns["status"] == "active",
        columns["has_party_organization"].is_(False),
        full + func.coalesce(columns["probationary_members"], 0) > 0,
    ]
    if eligible is not None:
        found.append(full >= eligible_from if eligible else full < eligible_from)
    if organizer_missing is not None:
        found.append(columns["has_organizer"].is_(not organizer_missing))
    return found


OWED = ("form_party_organization", "assign_organizer")
"""What who is in the base can owe for it."""


async def owed_since(
    connection: AsyncConnection, identifiers: Sequence[UUID], day: date
) -> dict[UUID, tuple[str, date]]:
    """(kind, since) of what each owes for it, by its current state, on `day`."""
    columns = obligation.c
    statement = select(columns.organization_id, columns.kind, columns.since).where(
        listing.one_of(columns.organization_id, identifiers),
        columns.kind.in_(OWED),
        columns.since <= day,
        columns.until > day,
    )
    rows = await connection.execute(statement)
    return {identifier: (kind, since) for identifier, kind, since in rows}
