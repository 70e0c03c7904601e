"""Statements on the register's tables: organizations, what they owe, how they were called."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any
from uuid import UUID

import orjson
from sqlalchemy import (
    ARRAY,
    Date,
    Row,
    Text,
    Uuid,
    bindparam,
    column,
    delete,
    func,
    insert,
    select,
    table,
    text,
    update,
)
from sqlalchemy.ext.asyncio import AsyncConnection

from registry_api.register.stored import COLUMNS, StoredOrganization
from registry_api.tables import organization, void_organization
from servicekit.database import copy_rows

LOCK = text(
    "SELECT id, revision, document, first_effective_on, last_effective_on FROM organization "
    "WHERE id = ANY(:ids) ORDER BY id FOR UPDATE"
).bindparams(bindparam("ids", type_=ARRAY(Uuid)))
BY_CREDIT_CODE = text("SELECT id FROM organization WHERE credit_code = ANY(:codes)").bindparams(
    bindparam("codes", type_=ARRAY(Text))
)
BY_FILING_NUMBER = text(
    "SELECT id FROM organization WHERE filing_number = ANY(:numbers)"
).bindparams(bindparam("numbers", type_=ARRAY(Text)))
CREATE_STAGING = text(
    "CREATE TEMP TABLE IF NOT EXISTS organization_staging (LIKE organization) ON COMMIT DELETE ROWS"
)
DELETE_OBLIGATIONS = text(
    "DELETE FROM obligation WHERE organization_id = ANY(:identifiers)"
).bindparams(bindparam("identifiers", type_=ARRAY(Uuid)))
INSERT_OBLIGATIONS = text(
    "INSERT INTO obligation (organization_id, kind, since, due_on, until) "
    "SELECT :identifier, * FROM unnest(:kind, :since, :due_on, :until)"
).bindparams(
    bindparam("identifier", type_=Uuid),
    bindparam("kind", type_=ARRAY(Text)),
    bindparam("since", type_=ARRAY(Date)),
    bindparam("due_on", type_=ARRAY(Date)),
    bindparam("until", type_=ARRAY(Date)),
)
KEEP_CURRENT_NAMES = text(
    """
    INSERT INTO former_identifier (kind, value, organization_id)
    SELECT former.kind, former.value, o.id
    FROM unnest(:ids, :credit_code, :filing_number) AS next (id, credit_code, filing_number)
    JOIN organization o USING (id)
    CROSS JOIN LATERAL (
        VALUES ('credit_code', o.credit_code, next.credit_code),
               ('filing_number', o.filing_number, next.filing_number)
    ) AS former (kind, value, next)
    WHERE former.value IS NOT NULL AND former.value IS DISTINCT FROM former.next
    ON CONFLICT DO NOTHING
    """
).bindparams(
    bindparam("ids", type_=ARRAY(Uuid)),
    bindparam("credit_code", type_=ARRAY(Text)),
    bindparam("filing_number", type_=ARRAY(Text)),
)
KEEP_NAMES = text(
    """
    INSERT INTO former_identifier (kind, value, organization_id)
    SELECT * FROM unnest(:kinds, :values, :ids) ON CONFLICT DO NOTHING
    """
).bindparams(
    bindparam("kinds", type_=ARRAY(Text)),
    bindparam("values", type_=ARRAY(Text)),
    bindparam("ids", type_=ARRAY(Uuid)),
)
READ_VOID = text(
    """
    SELECT v.area, last.position, event::json ->> 'time' AS voided_at,
           event::json #>> '{data,reason}' AS reason
    FROM void_organization v
    CROSS JOIN LATERAL (
        SELECT position, event FROM ledger
        WHERE subject = CAST(v.id AS text) ORDER BY revision DESC LIMIT 1
    ) AS last
    WHERE v.id = :id
    """
)

ObligationValues = tuple[Any, ...]
"""An obligation as the table has it: kind, since, due_on, until."""

_OBLIGATION_COLUMNS = ("organization_id", "kind", "since", "due_on", "until")
_STAGING = table("organization_staging", *(column(name) for name in COLUMNS))
_STORED = (
    organization.c.id,
    organization.c.revision,
    organization.c.document,
    organization.c.first_effective_on,
    organization.c.last_effective_on,
)


async def lock(connection: AsyncConnection, identifier: UUID) -> StoredOrganization | None:
    """The organization, locked against other writers until the transaction ends."""
    statement = select(*_STORED).where(organization.c.id == identifier).with_for_update()
    row = (await connection.execute(statement)).one_or_none()
    return None if row is None else _stored(row)


async def lock_many(
    connection: AsyncConnection, identifiers: Iterable[UUID]
) -> dict[UUID, StoredOrganization]:
    """Those that are there, locked in the order of their ids: nobody waits in a circle."""
    locked = await connection.execute(LOCK, {"ids": list(set(identifiers))})
    return {stored.id: stored for stored in map(_stored, locked)}


async def bearers(
    connection: AsyncConnection, codes: Sequence[str], numbers: Sequence[str]
) -> set[UUID]:
    """Who bears one of these credit codes, or one of these filing numbers under any authority."""
    identifiers: set[UUID] = set()
    if codes:
        identifiers.update(await connection.scalars(BY_CREDIT_CODE, {"codes": list(codes)}))
    if numbers:
        identifiers.update(await connection.scalars(BY_FILING_NUMBER, {"numbers": list(numbers)}))
    return identifiers


async def count(connection: AsyncConnection) -> int:
    """How many organizations the register has."""
    statement = select(func.count()).select_from(organization)
    return int((await connection.execute(statement)).scalar_one())


async def identifiers_after(
    connection: AsyncConnection, after: UUID | None, limit: int
) -> list[UUID]:
    """Up to `limit` ids in their order, after `after`."""
    statement = select(organization.c.id).order_by(organization.c.id).limit(limit)
    if after is not None:
        statement = statement.where(organization.c.id > after)
    return list((await connection.execute(statement)).scalars())


async def insert_one(connection: AsyncConnection, stored: StoredOrganization) -> None:
    """Add a row. Raises IntegrityError for a name that another organization bears."""
    await connection.execute(insert(organization).values(**stored.by_column()))


async def update_one(connection: AsyncConnection, stored: StoredOrganization) -> None:
    """Replace a row. Raises IntegrityError for a name that another organization bears."""
    statement = update(organization).where(organization.c.id == stored.id)
    await connection.execute(statement.values(**stored.by_column()))


async def insert_many(connection: AsyncConnection, new: Iterable[StoredOrganization]) -> None:
    """Add rows by COPY. Raises UniqueViolationError of asyncpg for a name that another bears."""
    await copy_rows(connection, "organization", COLUMNS, (stored.row() for stored in new))


async def stage(connection: AsyncConnection, changed: Iterable[StoredOrganization]) -> None:
    """Lay rows that are to be replaced into a temporary table, by COPY."""
    await connection.execute(CREATE_STAGING)
    rows = (stored.row() for stored in changed)
    await copy_rows(connection, "organization_staging", COLUMNS, rows)


async def update_staged(connection: AsyncConnection) -> None:
    """Replace rows by those staged. Raises IntegrityError for a name that another bears."""
    assigned = {name: _STAGING.c[name] for name in COLUMNS if name != "id"}
    statement = update(organization).where(organization.c.id == _STAGING.c.id)
    await connection.execute(statement.values(**assigned))


async def delete_one(connection: AsyncConnection, stored: StoredOrganization) -> None:
    """Move an organization from the register to those that are void; what hangs on it goes too."""
    await connection.execute(delete(organization).where(organization.c.id == stored.id))
    void = {"id": stored.id, "area": stored.area}
    await connection.execute(insert(void_organization).values(**void))


async def read_void(connection: AsyncConnection, identifier: UUID) -> Row[Any] | None:
    """(area, position, voided_at, reason) of a void organization; None for any other id."""
    return (await connection.execute(READ_VOID, {"id": identifier})).one_or_none()


async def insert_obligations(
    connection: AsyncConnection, identifier: UUID, owed: Iterable[ObligationValues]
) -> None:
    """What one organization owes."""
    columns = list(zip(*owed, strict=True))
    if columns:
        bound = dict(zip(_OBLIGATION_COLUMNS[1:], map(list, columns), strict=True))
        await connection.execute(INSERT_OBLIGATIONS, {"identifier": identifier, **bound})


async def copy_obligations(
    connection: AsyncConnection, owed: Iterable[tuple[UUID, Iterable[ObligationValues]]]
) -> None:
    """What many organizations owe, by COPY."""
    rows = ((identifier, *values) for identifier, listed in owed for values in listed)
    await copy_rows(connection, "obligation", _OBLIGATION_COLUMNS, rows)


async def delete_obligations(connection: AsyncConnection, identifiers: Sequence[UUID]) -> None:
    """Forget what these organizations owe."""
    await connection.execute(DELETE_OBLIGATIONS, {"identifiers": list(identifiers)})


async def keep_current_names(
    connection: AsyncConnection,
    identifiers: Sequence[UUID],
    next_names: Mapping[str, Sequence[str | None]],
) -> None:
    """Keep the names in the rows that differ from `next_names` (by kind, in the order of ids)."""
    await connection.execute(KEEP_CURRENT_NAMES, {"ids": list(identifiers), **next_names})


async def keep_names(connection: AsyncConnection, names: Sequence[tuple[str, str, UUID]]) -> None:
    """Keep names that organizations bear on other days than today: (kind, value, organization)."""
    kinds, values, owners = zip(*names, strict=True)
    bound = {"kinds": list(kinds), "values": list(values), "ids": list(owners)}
    await connection.execute(KEEP_NAMES, bound)


def _stored(row: Any) -> StoredOrganization:
    state = orjson.loads(row.document)
    del state["id"], state["revision"]
    return StoredOrganization(
        row.id, row.revision, state, row.first_effective_on, row.last_effective_on
    )
