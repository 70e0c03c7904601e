"""The information base 党建信息库, read off the current rows."""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, func, select
from sqlalchemy.ext.asyncio import AsyncConnection

from registry_api.storage import listing
from registry_api.storage.tables import obligation, organization

_O = organization.c
_MEMBERS = func.coalesce(_O.full_members, 0) + func.coalesce(_O.probationary_members, 0)


def conditions(
    filters: Mapping[str, Any],
    patterns: Sequence[str] | None,
    eligible_from: int,
    eligible: bool | None,
    organizer_missing: bool | None,
    among: Sequence[UUID] | None,
) -> list[ColumnElement[bool]]:
    """In operation, members, no Party organization yet; and what else is asked for.

    `eligible_from` is the number of full members that must form a Party organization.
    """
    found = [
        *listing.conditions(filters, patterns, among),
        _O.status == "active",
        _O.has_party_organization.is_(False),
        _MEMBERS > 0,
    ]
    enough = func.coalesce(_O.full_members, 0) >= eligible_from
    if eligible is not None:
        found.append(enough if eligible else ~enough)
    if organizer_missing is not None:
        found.append(_O.has_organizer.is_(not organizer_missing))
    return found


async def owed_since(
    connection: AsyncConnection, identifiers: Sequence[UUID], day: date
) -> dict[UUID, tuple[str, date]]:
    """(kind, since) of what each owes for it on `day`: a Party organization, an organizer."""
    columns = obligation.c
    statement = select(columns.organization_id, columns.kind, columns.since).where(
        listing.one_of(columns.organization_id, identifiers),
        columns.kind.in_(("form_party_organization", "assign_organizer")),
        columns.since <= day,
        columns.until > day,
    )
    rows = await connection.execute(statement)
    return {identifier: (kind, since) for identifier, kind, since in rows}
