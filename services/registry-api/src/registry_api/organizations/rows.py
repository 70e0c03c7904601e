"""Statements that read organizations by what names them: ids, codes, numbers, likeness of names.

What closeness of names is, and what it does not see, stands in `core.organization.name_pairs`.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import (
    ARRAY,
    ColumnElement,
    Integer,
    Select,
    Text,
    Uuid,
    any_,
    bindparam,
    func,
    or_,
    select,
    text,
)
from sqlalchemy.ext.asyncio import AsyncConnection

from registry_api.core.organization.name_pairs import needed
from registry_api.selection.select import SortedRow
from registry_api.tables import organization
from servicekit.database import Database

READ = "SELECT revision, area, document FROM organization WHERE id = $1"
READ_BY_CREDIT_CODE = "SELECT revision, area, document FROM organization WHERE credit_code = $1"
FIND_NAMED = text(
    """
    SELECT id, credit_code, filing_number, document FROM organization
    WHERE (credit_code = ANY(:codes) OR id = ANY(:identifiers) OR filing_number = ANY(:numbers))
      AND (CAST(:patterns AS text[]) IS NULL OR area LIKE ANY(:patterns))
    ORDER BY id
    """
).bindparams(
    bindparam("codes", type_=ARRAY(Text)),
    bindparam("identifiers", type_=ARRAY(Uuid)),
    bindparam("numbers", type_=ARRAY(Text)),
    bindparam("patterns", type_=ARRAY(Text)),
)
BEARERS = text(
    """
    SELECT id FROM organization WHERE credit_code = ANY(:codes)
    UNION SELECT id FROM organization WHERE filing_number = ANY(:numbers)
    UNION SELECT organization_id FROM former_identifier
        WHERE kind = 'credit_code' AND value = ANY(:codes)
    UNION SELECT organization_id FROM former_identifier
        WHERE kind = 'filing_number' AND value = ANY(:numbers)
    """
).bindparams(bindparam("codes", type_=ARRAY(Text)), bindparam("numbers", type_=ARRAY(Text)))
PAIR_FREQUENCIES = text(
    """
    SELECT pair, frequency FROM pg_stats,
    LATERAL unnest(CAST(CAST(most_common_elems AS text) AS integer[]), most_common_elem_freqs)
        AS known (pair, frequency)
    WHERE schemaname = current_schema() AND tablename = 'organization' AND attname = 'name_pairs'
      AND pair = ANY(:pairs)
    """
).bindparams(bindparam("pairs", type_=ARRAY(Integer)))


@dataclass(frozen=True, slots=True)
class CurrentDocument:
    """The current document of an organization as JSON text, its revision and access area."""

    revision: int
    area: str
    text: str


@dataclass(frozen=True, slots=True)
class NamedOrganization:
    """An organization's names, and its document."""

    id: UUID
    credit_code: str | None
    filing_number: str | None
    document: str


async def read(database: Database, identifier: UUID) -> CurrentDocument | None:
    """The current document of an organization, None when there is none."""
    row = await database.read_row(READ, identifier)
    return None if row is None else CurrentDocument(row["revision"], row["area"], row["document"])


async def read_by_credit_code(database: Database, code: str) -> CurrentDocument | None:
    """The same by credit code."""
    row = await database.read_row(READ_BY_CREDIT_CODE, code)
    return None if row is None else CurrentDocument(row["revision"], row["area"], row["document"])


async def find_named(
    connection: AsyncConnection,
    credit_codes: Sequence[str],
    identifiers: Sequence[UUID],
    filing_numbers: Sequence[str],
    patterns: Sequence[str] | None,
) -> list[NamedOrganization]:
    """All that bear one of these names now and lie in a limited caller's areas, each once."""
    bound = {
        "codes": list(credit_codes),
        "identifiers": list(identifiers),
        "numbers": list(filing_numbers),
        "patterns": None if patterns is None else list(patterns),
    }
    return [NamedOrganization(*row) for row in await connection.execute(FIND_NAMED, bound)]


async def bearers(
    connection: AsyncConnection, credit_codes: Sequence[str], filing_numbers: Sequence[str]
) -> list[UUID]:
    """All that ever bore one of these names on any day, those that are void too."""
    bound: dict[str, Any] = {"codes": list(credit_codes), "numbers": list(filing_numbers)}
    return list((await connection.execute(BEARERS, bound)).scalars())


async def closest_rows(
    connection: AsyncConnection,
    where: Sequence[ColumnElement[bool]],
    pairs: Sequence[int],
    after: tuple[int, UUID] | None,
    limit: int,
) -> list[SortedRow]:
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
    return [SortedRow(*row) for row in await connection.execute(ordered)]


async def count_close(
    connection: AsyncConnection, where: Sequence[ColumnElement[bool]], pairs: Sequence[int]
) -> int:
    """How many names are close enough to be found."""
    near = (await _near(connection, where, pairs)).subquery()
    counted = await connection.execute(select(func.count()).select_from(near))
    return int(counted.scalar_one())


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
    requested = unnested.table_valued("pair", name="requested").render_derived()
    shared = (
        select(func.count())
        .select_from(requested)
        .where(requested.c.pair == any_(name_pairs))
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
    rows = await connection.execute(PAIR_FREQUENCIES, {"pairs": list(pairs)})
    known: dict[int, float] = {row.pair: row.frequency for row in rows}
    return sorted(pairs, key=lambda pair: (known.get(pair, 0.0), pair))
