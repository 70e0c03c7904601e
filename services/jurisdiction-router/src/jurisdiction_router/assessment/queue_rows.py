"""Organizations that wait for a job to assess them again."""

from collections.abc import Collection
from uuid import UUID

from sqlalchemy import ARRAY, Text, Uuid, bindparam, text
from sqlalchemy.ext.asyncio import AsyncConnection


async def add(
    connection: AsyncConnection, job: UUID, places: Collection[str], also: Collection[UUID]
) -> int:
    """Queue those who ever have one of the division codes `places`, and `also` these; how many."""
    added = await connection.execute(_ADD, {"job": job, "places": list(places), "also": list(also)})
    return added.rowcount


async def count(connection: AsyncConnection, job: UUID) -> int:
    """How many still wait."""
    found = await connection.execute(
        text("SELECT count(*) FROM reassessment WHERE job = :job"), {"job": job}
    )
    return int(found.scalar_one())


async def take(connection: AsyncConnection, job: UUID, limit: int) -> list[UUID]:
    """Take the next ones off the queue; they are back if the transaction does not commit."""
    found = await connection.execute(_TAKE, {"job": job, "limit": limit})
    return list(found.scalars())


_ADD = text(
    "INSERT INTO reassessment (job, organization_id) "
    "SELECT :job, organization_id FROM fact JOIN fact_period ON fact_period.fact = fact.id "
    "WHERE domicile = ANY(:places) OR registering = ANY(:places) "
    "UNION SELECT :job, unnest(:also)"
).bindparams(
    bindparam("job", type_=Uuid),
    bindparam("places", type_=ARRAY(Text)),
    bindparam("also", type_=ARRAY(Uuid)),
)
_TAKE = text(
    "DELETE FROM reassessment WHERE job = :job AND organization_id IN ("
    "SELECT organization_id FROM reassessment WHERE job = :job "
    "ORDER BY organization_id LIMIT :limit) RETURNING organization_id"
)
