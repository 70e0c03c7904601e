"""Organizations that were entered in error: out of the register, kept in the ledger."""

from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import delete, insert, text
from sqlalchemy.ext.asyncio import AsyncConnection

from registry_api.register import former_identifiers, obligation_rows
from registry_api.register.rows import Held
from registry_api.tables import organization, void_organization


@dataclass(frozen=True, slots=True)
class Void:
    """Since which position of the ledger an organization is void, since when (RFC 3339), and why.

    `area` is the access area it had last.
    """

    area: str
    position: int
    voided_at: str
    reason: str


async def take_out(connection: AsyncConnection, held: Held) -> None:
    """Take an organization out of the register; its codes are free again.

    What hangs on the row goes with it, candidates' names too; it owes nothing any more.
    """
    await former_identifiers.keep(connection, [(held.id, {}, ())])
    await obligation_rows.replace_one(connection, (held.id, ()))
    await connection.execute(delete(organization).where(organization.c.id == held.id))
    await connection.execute(insert(void_organization).values(id=held.id, area=held.area))


async def read(connection: AsyncConnection, identifier: UUID) -> Void | None:
    """What the ledger says of a void organization; None for any other id."""
    row = (await connection.execute(_READ, {"id": identifier})).one_or_none()
    return None if row is None else Void(row.area, row.position, row.voided_at, row.reason)


_READ = text(
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
