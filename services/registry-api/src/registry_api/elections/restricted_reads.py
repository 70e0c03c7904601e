"""Who read restricted fields, and when: the audit entries that such reads leave."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection


@dataclass(frozen=True, slots=True)
class RestrictedRead:
    """One read, `what` of which organization."""

    id: int
    at: datetime
    client: str
    organization_id: UUID
    what: str


async def page(
    connection: AsyncConnection, organization: UUID | None, after: int
) -> list[RestrictedRead]:
    """Up to a thousand entries after an id, oldest first; of one organization if it is given."""
    rows = await connection.execute(_READ, {"organization": organization, "after": after})
    return [RestrictedRead(*row) for row in rows]


_READ = text(
    """
    SELECT id, at, client, organization_id, what FROM restricted_access
    WHERE id > :after
      AND (CAST(:organization AS uuid) IS NULL OR organization_id = :organization)
    ORDER BY id LIMIT 1000
    """
)
