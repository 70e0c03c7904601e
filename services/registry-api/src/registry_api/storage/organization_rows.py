"""The `organization` table: a state becomes a row, rows are locked, written and found."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

import orjson
from sqlalchemy import ARRAY, Text, bindparam, insert, select, text, update
from sqlalchemy.ext.asyncio import AsyncConnection

from registry_api.domain.organization import State, access_area
from registry_api.storage.tables import organization
from servicekit.database import copy_rows


@dataclass(frozen=True, slots=True)
class Held:
    """An organization as the register holds it now."""

    id: UUID
    revision: int
    state: State
    first_effective_on: date
    last_effective_on: date

    @property
    def area(self) -> str:
        """Its access area."""
        return access_area(self.state)


def document(held: Held) -> str:
    """The JSON document that the API shows."""
    return orjson.dumps({"id": str(held.id), "revision": held.revision, **held.state}).decode()


def row(held: Held) -> dict[str, Any]:
    """The table row: the document, and the copies of its fields to filter by."""
    state = held.state
    registration, party = state["registration"], state["party"]
    registered_on = registration["registered_on"]
    return {
        "id": held.id,
        "revision": held.revision,
        "document": document(held),
        "first_effective_on": held.first_effective_on,
        "last_effective_on": held.last_effective_on,
        "area": held.area,
        "credit_code": state["credit_code"],
        "filing_number": state["filing_number"],
        "name": state["name"],
        "kind": state["kind"],
        "institution_type": state["institution_type"],
        "category": state["category"],
        "registration_mode": registration["mode"],
        "registration_level": registration["level"],
        "authority_division": registration["authority"]["division_code"],
        "supervisor_system": (state["business_supervisor"] or {}).get("system"),
        "status": state["status"],
        "grade": (state["grade"] or {}).get("level"),
        "charter_state": state["charter"]["state"],
        "party_organization_mode": (party["organization"] or {}).get("mode"),
        "full_members": party["full_members"],
        "registered_on": date.fromisoformat(registered_on) if registered_on else None,
    }


_COLUMNS = [column.name for column in organization.columns]
_HELD = (
    organization.c.id,
    organization.c.revision,
    organization.c.document,
    organization.c.first_effective_on,
    organization.c.last_effective_on,
)


def _held(found: Any) -> Held:
    state = orjson.loads(found.document)
    del state["id"], state["revision"]
    return Held(found.id, found.revision, state, found.first_effective_on, found.last_effective_on)


async def insert_one(connection: AsyncConnection, held: Held) -> None:
    """Add an organization. Raises sqlalchemy.exc.IntegrityError when its code is taken."""
    await connection.execute(insert(organization).values(**row(held)))


async def update_one(connection: AsyncConnection, held: Held) -> None:
    """Replace an organization's current row."""
    await connection.execute(
        update(organization).where(organization.c.id == held.id).values(**row(held))
    )


async def insert_many(connection: AsyncConnection, new: Iterable[Held]) -> None:
    """Add many by COPY."""
    rows = (row(held) for held in new)
    await copy_rows(
        connection, "organization", _COLUMNS, (tuple(r[c] for c in _COLUMNS) for r in rows)
    )


async def update_many(connection: AsyncConnection, changed: Sequence[Held]) -> None:
    """Replace many current rows: COPY to a temporary table, then one UPDATE."""
    if not changed:
        return
    await connection.execute(
        text(
            "CREATE TEMP TABLE IF NOT EXISTS organization_staging "
            "(LIKE organization) ON COMMIT DELETE ROWS"
        )
    )
    rows = (row(held) for held in changed)
    await copy_rows(
        connection, "organization_staging", _COLUMNS, (tuple(r[c] for c in _COLUMNS) for r in rows)
    )
    assigned = ", ".join(f"{c} = s.{c}" for c in _COLUMNS if c != "id")
    await connection.execute(
        text(f"UPDATE organization o SET {assigned} FROM organization_staging s WHERE o.id = s.id")  # noqa: S608
    )


async def lock(connection: AsyncConnection, identifier: UUID) -> Held | None:
    """The organization, locked against other writers until the transaction ends."""
    found = await connection.execute(
        select(*_HELD).where(organization.c.id == identifier).with_for_update()
    )
    row_ = found.one_or_none()
    return None if row_ is None else _held(row_)


async def lock_by_identity(
    connection: AsyncConnection, codes: Sequence[str], filings: Sequence[tuple[str, str]]
) -> dict[str | tuple[str, str], Held]:
    """Known organizations by credit code, or by (authority's division, filing number); locked.

    Locked in the order of their ids, so that two imports can't wait for each other.
    """
    rows = await connection.execute(
        _LOCK_BY_IDENTITY,
        {
            "codes": list(codes),
            "divisions": [division for division, _ in filings],
            "numbers": [number for _, number in filings],
        },
    )
    known: dict[str | tuple[str, str], Held] = {}
    for found in rows:
        held = _held(found)
        known[identity(held.state)] = held
    return known


def identity(state: State) -> str | tuple[str, str]:
    """What names an organization in files: its credit code, else authority and filing number."""
    if state["credit_code"]:
        return str(state["credit_code"])
    return (
        state["registration"]["authority"]["division_code"] or "",
        state["filing_number"] or "",
    )


_LOCK_BY_IDENTITY = text(
    """
    SELECT id, revision, document, first_effective_on, last_effective_on FROM organization
    WHERE credit_code = ANY(:codes)
       OR (credit_code IS NULL AND (coalesce(authority_division, ''), filing_number) IN
           (SELECT * FROM unnest(CAST(:divisions AS text[]), CAST(:numbers AS text[]))))
    ORDER BY id FOR UPDATE
    """
).bindparams(
    bindparam("codes", type_=ARRAY(Text)),
    bindparam("divisions", type_=ARRAY(Text)),
    bindparam("numbers", type_=ARRAY(Text)),
)
