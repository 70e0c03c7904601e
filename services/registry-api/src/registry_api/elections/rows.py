"""Statements on candidates under review, and the audit of who read their names.

`candidate` is the one table where a natural person's name may lie, sealed.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

ADD = text(
    """
    INSERT INTO candidate (id, organization_id, election_id, number, post, name_sealed)
    SELECT :id, :organization, :election, count(*), :post, :name
    FROM candidate WHERE election_id = :election
    """
)
ADD_BESIDE = text(
    """
    INSERT INTO candidate (id, organization_id, election_id, number, post, name_sealed)
    SELECT :id, organization_id, election_id,
           (SELECT count(*) FROM candidate c WHERE c.election_id = b.election_id), :post, :name
    FROM candidate b WHERE id = :beside
    """
)
OF_ELECTION = text(
    "SELECT id, post, name_sealed FROM candidate WHERE election_id = :election ORDER BY number"
)
SEALED_OTHERWISE = text(
    "SELECT id, name_sealed FROM candidate WHERE name_sealed IS NOT NULL "
    "AND substring(name_sealed FROM 1 FOR :size) <> :mark LIMIT :limit FOR UPDATE"
)
REPLACE_SEALED = text("UPDATE candidate SET name_sealed = :sealed WHERE id = :candidate")
NOTE_ACCESS = text(
    "INSERT INTO restricted_access (client, organization_id, what) "
    "VALUES (:client, :organization, :what)"
)
RESTRICTED_READS = text(
    """
    SELECT id, at, client, organization_id, what FROM restricted_access
    WHERE id > :after
      AND (CAST(:organization AS uuid) IS NULL OR organization_id = :organization)
    ORDER BY id LIMIT 1000
    """
)


@dataclass(frozen=True, slots=True)
class Candidate:
    """Who stands for which post; what the reviews say stands in the organization's state."""

    id: UUID
    post: str
    name_sealed: bytes | None


@dataclass(frozen=True, slots=True)
class RestrictedRead:
    """One read of restricted fields: by whom, `what` of which organization."""

    id: int
    at: datetime
    client: str
    organization_id: UUID
    what: str


async def add(
    connection: AsyncConnection,
    organization: UUID,
    election: UUID,
    candidates: Sequence[Candidate],
) -> None:
    """Add an election's candidates, in the order in which they were named."""
    for candidate in candidates:
        bound = {"organization": organization, "election": election, **_bound(candidate)}
        await connection.execute(ADD, bound)


async def add_beside(
    connection: AsyncConnection, beside: UUID, candidates: Sequence[Candidate]
) -> None:
    """Add candidates to the election in which another one stands, or stood."""
    for candidate in candidates:
        await connection.execute(ADD_BESIDE, {"beside": beside, **_bound(candidate)})


async def of_election(connection: AsyncConnection, election: UUID) -> list[Candidate]:
    """An election's candidates in the order they were named."""
    rows = await connection.execute(OF_ELECTION, {"election": election})
    return [Candidate(row.id, row.post, row.name_sealed) for row in rows]


async def note_access(
    connection: AsyncConnection, client: str, organization: UUID, what: str
) -> None:
    """Leave an audit entry of a read of restricted fields."""
    bound = {"client": client, "organization": organization, "what": what}
    await connection.execute(NOTE_ACCESS, bound)


async def restricted_reads(
    connection: AsyncConnection, organization: UUID | None, after: int
) -> list[RestrictedRead]:
    """Up to a thousand entries after an id, oldest first; of one organization if it is given."""
    bound = {"organization": organization, "after": after}
    return [RestrictedRead(*row) for row in await connection.execute(RESTRICTED_READS, bound)]


async def sealed_otherwise(
    connection: AsyncConnection, mark: bytes, limit: int
) -> list[tuple[UUID, bytes]]:
    """Names that another key sealed than the one whose `mark` starts what it seals."""
    rows = await connection.execute(
        SEALED_OTHERWISE,
        {"size": len(mark), "mark": mark, "limit": limit},
    )
    return [(row.id, bytes(row.name_sealed)) for row in rows]


async def replace_sealed(connection: AsyncConnection, candidate: UUID, sealed: bytes) -> None:
    """Keep a name sealed anew."""
    await connection.execute(REPLACE_SEALED, {"candidate": candidate, "sealed": sealed})


def _bound(candidate: Candidate) -> dict[str, Any]:
    return {"id": candidate.id, "post": candidate.post, "name": candidate.name_sealed}
