"""Searching by name in the current rows: the closest first, typing errors forgiven.

What closeness is, and what it does not see, stands in `domain.name_pairs`.
"""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import (
    ARRAY,
    ColumnElement,
    Integer,
    Select,
    any_,
    bindparam,
    func,
    or_,
    select,
    text,
)
from sqlalchemy.ext.asyncio import AsyncConnection

from registry_api.core.organization.name_pairs import needed
from registry_api.selection.present import Row
from registry_api.tables import organization


async def closest_rows(
    connection: AsyncConnection,
    where: Sequence[ColumnElement[bool]],
    pairs: Sequence[int],
    after: tuple[int, UUID] | None,
    limit: int,
) -> list[Row]:
    """Up to `limit` rows by the closeness of their names to a query's `pairs`, closest first.

    `key` is the closeness: 1,000 for each shared pair, less one for each pair that the name has,
    so that of two names with the same share the shorter comes first.
    """
    near = (await _near(connection, where, pairs)).subquery()
    statement = select(near.c.id, near.c.document, near.c.closeness)
    if after is not None:
        closeness, last = after
        level = (near.c.closeness == closeness) & (near.c.id > last)
        statement = statement.where(or_(near.c.closeness < closeness, level))
    ordered = statement.order_by(near.c.closeness.desc(), near.c.id).limit(limit)
    return [Row(*row) for row in await connection.execute(ordered)]


async def count_close(
    connection: AsyncConnection, where: Sequence[ColumnElement[bool]], pairs: Sequence[int]
) -> int:
    """How many names are close enough to be found."""
    near = (await _near(connection, where, pairs)).subquery()
    found = await connection.execute(select(func.count()).select_from(near))
    return int(found.scalar_one())


async def _near(
    connection: AsyncConnection, where: Sequence[ColumnElement[bool]], pairs: Sequence[int]
) -> Select[Any]:
    """(id, document, closeness) of the rows that share enough pairs.

    A name that shares k of n pairs has at least one of any n - k + 1 of them. The rarest of them
    find all candidates in the index, and leave the crowd of 协会 and 医院 alone.
    """
    enough = needed(len(pairs))
    rare = (await _rarest_first(connection, pairs))[: len(pairs) - enough + 1]
    name_pairs = organization.c.name_pairs
    unnested = func.unnest(bindparam(None, list(pairs), type_=ARRAY(Integer)))
    wanted = unnested.table_valued("pair", name="wanted").render_derived()
    shared = (
        select(func.count())
        .select_from(wanted)
        .where(wanted.c.pair == any_(name_pairs))
        .scalar_subquery()
    )
    closeness = shared * 1000 - func.least(func.cardinality(name_pairs), 999)
    candidates = (
        select(organization.c.id, organization.c.document, closeness.label("closeness"))
        .where(name_pairs.overlap(bindparam(None, rare, type_=ARRAY(Integer))), *where)
        .subquery()
    )
    return select(candidates).where(candidates.c.closeness > (enough - 1) * 1000)


async def _rarest_first(connection: AsyncConnection, pairs: Sequence[int]) -> list[int]:
    """The pairs by how many names have them, as PostgreSQL's statistics know; unlisted is rare.

    Without statistics any order finds the same names, only not as fast.
    """
    rows = await connection.execute(_FREQUENCIES, {"pairs": list(pairs)})
    known: dict[int, float] = {row.pair: row.frequency for row in rows}
    return sorted(pairs, key=lambda pair: (known.get(pair, 0.0), pair))


_FREQUENCIES = text(
    """
    SELECT pair, frequency FROM pg_stats,
    LATERAL unnest(CAST(CAST(most_common_elems AS text) AS integer[]), most_common_elem_freqs)
        AS known (pair, frequency)
    WHERE schemaname = current_schema() AND tablename = 'organization' AND attname = 'name_pairs'
      AND pair = ANY(:pairs)
    """
).bindparams(bindparam("pairs", type_=ARRAY(Integer)))
