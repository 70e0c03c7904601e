"""Candidates under review: the one place where a natural person's name may lie, sealed."""

from collections.abc import Sequence
from datetime import date
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from registry_api.domain.elections import Candidate


async def add(
    connection: AsyncConnection,
    organization: UUID,
    opened_on: date,
    candidates: Sequence[tuple[Candidate, bytes | None]],
) -> None:
    """Add an election's candidates, each with its sealed name."""
    await connection.execute(
        text(
            "INSERT INTO candidate (id, organization_id, opened_on, number, post, result, "
            "name_sealed) VALUES (:id, :organization, :opened_on, :number, :post, 'pending', :name)"
        ),
        [
            {"id": c.id, "organization": organization, "opened_on": opened_on,
             "number": number, "post": c.post, "name": name}
            for number, (c, name) in enumerate(candidates)
        ],
    )  # fmt: skip


async def of_election(
    connection: AsyncConnection, organization: UUID, opened_on: date
) -> list[tuple[Candidate, bytes | None]]:
    """An election's candidates in the order they were named, with their sealed names."""
    rows = await connection.execute(
        text(
            "SELECT id, post, result, reviewed_on, name_sealed FROM candidate "
            "WHERE organization_id = :organization AND opened_on = :opened_on ORDER BY number"
        ),
        {"organization": organization, "opened_on": opened_on},
    )
    return [
        (Candidate(row.id, row.post, row.result, row.reviewed_on), row.name_sealed) for row in rows
    ]


async def record_result(
    connection: AsyncConnection, candidate: UUID, result: str, reviewed_on: date
) -> None:
    """Keep what the review said."""
    await connection.execute(
        text(
            "UPDATE candidate SET result = :result, reviewed_on = :reviewed_on "
            "WHERE id = :candidate"
        ),
        {"candidate": candidate, "result": result, "reviewed_on": reviewed_on},
    )


async def note_access(
    connection: AsyncConnection, client: str, organization: UUID, what: str
) -> None:
    """Leave an audit entry of a read of restricted fields."""
    await connection.execute(
        text(
            "INSERT INTO restricted_access (client, organization_id, what) "
            "VALUES (:client, :organization, :what)"
        ),
        {"client": client, "organization": organization, "what": what},
    )


async def sealed_before(
    connection: AsyncConnection, mark: bytes, limit: int
) -> list[tuple[UUID, bytes]]:
    """Names that another key sealed than the one whose `mark` starts what it seals."""
    rows = await connection.execute(
        text(
            "SELECT id, name_sealed FROM candidate WHERE name_sealed IS NOT NULL "
            "AND substring(name_sealed FROM 1 FOR :size) <> :mark LIMIT :limit FOR UPDATE"
        ),
        {"size": len(mark), "mark": mark, "limit": limit},
    )
    return [(row.id, bytes(row.name_sealed)) for row in rows]


async def replace_sealed(connection: AsyncConnection, candidate: UUID, sealed: bytes) -> None:
    """Keep a name sealed anew."""
    await connection.execute(
        text("UPDATE candidate SET name_sealed = :sealed WHERE id = :candidate"),
        {"candidate": candidate, "sealed": sealed},
    )
