"""The statement that finds organizations of one name in one district."""

from collections.abc import Collection, Sequence
from uuid import UUID

from sqlalchemy import ARRAY, Text, Uuid, bindparam, text
from sqlalchemy.ext.asyncio import AsyncConnection

NAMESAKES = text(
    """
    SELECT one.id, (array_agg(other.id ORDER BY other.id))[1:10] AS others
    FROM organization AS one JOIN organization AS other ON other.name = one.name
    WHERE one.id = ANY(:identifiers) AND other.id <> one.id AND one.area <> ''
      AND left(other.area, 6) = left(one.area, 6) AND other.status = ANY(:statuses)
      AND (CAST(:patterns AS text[]) IS NULL OR other.area LIKE ANY(:patterns))
    GROUP BY one.id
    """
).bindparams(
    bindparam("identifiers", type_=ARRAY(Uuid)),
    bindparam("statuses", type_=ARRAY(Text)),
    bindparam("patterns", type_=ARRAY(Text)),
)


async def namesakes(
    connection: AsyncConnection,
    identifiers: Sequence[UUID],
    statuses: Collection[str],
    patterns: Sequence[str] | None,
) -> dict[UUID, list[str]]:
    """By organization, the ids of up to ten others with its name in its district (6 digits).

    Only others with one of the `statuses`, and only those that a limited caller may see: that a
    name is taken outside of its areas stays hidden.
    """
    bound = {
        "identifiers": list(identifiers),
        "statuses": list(statuses),
        "patterns": None if patterns is None else list(patterns),
    }
    rows = await connection.execute(NAMESAKES, bound)
    return {row.id: [str(other) for other in row.others] for row in rows}
