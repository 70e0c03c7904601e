"""The `organization` table: a state becomes a row, rows are locked, written and found.

Whoever stores a state stores with it what the organization owes (`obligation_rows`).
"""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date
from typing import Any
from uuid import UUID

import asyncpg
import orjson
from sqlalchemy import ARRAY, Text, TextClause, Uuid, bindparam, func, insert, select, text, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncConnection

from registry_api.domain.checks import Identifier
from registry_api.domain.facets import facet_values, facets
from registry_api.domain.name_pairs import name_pairs
from registry_api.domain.obligations import obligations_ahead, obligations_from
from registry_api.domain.organization import State, access_area
from registry_api.storage import former_identifiers, obligation_rows
from registry_api.storage.obligation_rows import Owing
from registry_api.storage.tables import organization
from servicekit.database import copy_rows
from servicekit.ledger import canonical_text
from servicekit.time import Segment

Timeline = Sequence[Segment]


@dataclass(frozen=True, slots=True)
class Held:
    """An organization as the register holds it now.

    `text` is the state as canonical JSON, from those who have it at hand.
    """

    id: UUID
    revision: int
    state: State
    first_effective_on: date
    last_effective_on: date
    text: bytes | None = field(default=None, compare=False, repr=False)

    @property
    def area(self) -> str:
        """Its access area."""
        return access_area(self.state)


def document(held: Held) -> str:
    """The JSON document that the API shows: id and revision, then the state as canonical JSON."""
    state = canonical_text(held.state) if held.text is None else held.text
    return f'{{"id":"{held.id}","revision":{held.revision},{state[1:].decode()}'


def row(held: Held) -> tuple[Any, ...]:
    """The table row, in the order of the columns: the document, and copies to filter by."""
    return (
        held.id,
        held.revision,
        document(held),
        held.first_effective_on,
        held.last_effective_on,
        held.area,
        *facet_values(held.state),
        name_pairs(held.state["name"]),
    )


_COLUMNS = (
    "id",
    "revision",
    "document",
    "first_effective_on",
    "last_effective_on",
    "area",
    *facets(),
    "name_pairs",
)


def by_name(held: Held) -> dict[str, Any]:
    """The same by column."""
    return dict(zip(_COLUMNS, row(held), strict=True))


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


class NameTaken(Exception):
    """One of many rows has a name that another organization bears: its `field`."""

    def __init__(self, field: Identifier) -> None:
        super().__init__(field)
        self.field = field


def taken(error: Exception) -> Identifier:
    """Which of its names the refused row shares with another organization."""
    of_number = "organization_filing_number_key" in str(error)
    return "filing_number" if of_number else "credit_code"


@contextmanager
def _telling_who_is_taken() -> Iterator[None]:
    """COPY goes to the driver, whose errors SQLAlchemy does not wrap."""
    try:
        yield
    except (IntegrityError, asyncpg.UniqueViolationError) as error:
        raise NameTaken(taken(error)) from error


async def insert_one(connection: AsyncConnection, held: Held) -> None:
    """Add an organization. Raises sqlalchemy.exc.IntegrityError when its code is taken."""
    await connection.execute(insert(organization).values(**by_name(held)))
    await obligation_rows.insert_one(connection, _newly_owing(held))


async def update_one(connection: AsyncConnection, held: Held, timeline: Timeline) -> None:
    """Replace an organization's current row; `timeline` is its whole one."""
    await former_identifiers.keep(connection, [(held.id, held.state, timeline)])
    await connection.execute(
        update(organization).where(organization.c.id == held.id).values(**by_name(held))
    )
    await obligation_rows.replace_one(connection, (held.id, obligations_ahead(timeline)))


async def insert_many(connection: AsyncConnection, new: Sequence[Held]) -> None:
    """Add many by COPY. Raises NameTaken."""
    with _telling_who_is_taken():
        await copy_rows(connection, "organization", _COLUMNS, map(row, new))
    await obligation_rows.insert_many(connection, map(_newly_owing, new))


async def update_many(
    connection: AsyncConnection, changed: Sequence[tuple[Held, Timeline]]
) -> None:
    """Replace many current rows, given their whole timelines: COPY to a temporary table, then one
    UPDATE. Raises NameTaken."""
    if not changed:
        return
    named = ((held.id, held.state, timeline) for held, timeline in changed)
    await former_identifiers.keep(connection, named)
    await connection.execute(
        text(
            "CREATE TEMP TABLE IF NOT EXISTS organization_staging "
            "(LIKE organization) ON COMMIT DELETE ROWS"
        )
    )
    await copy_rows(
        connection, "organization_staging", _COLUMNS, (row(held) for held, _ in changed)
    )
    assigned = ", ".join(f"{c} = s.{c}" for c in _COLUMNS if c != "id")
    with _telling_who_is_taken():
        await connection.execute(_replacing(assigned))
    owing = [(held.id, obligations_ahead(timeline)) for held, timeline in changed]
    await obligation_rows.replace_many(connection, owing)


def _replacing(assigned: str) -> TextClause:
    source = "FROM organization_staging s WHERE o.id = s.id"
    return text(f"UPDATE organization o SET {assigned} {source}")  # noqa: S608


def _newly_owing(held: Held) -> Owing:
    return held.id, obligations_from(held.state, held.first_effective_on)


async def rows(
    connection: AsyncConnection, identifiers: Sequence[UUID]
) -> dict[UUID, dict[str, Any]]:
    """The table's rows of these organizations, by column, as they are stored."""
    columns = [organization.c[name] for name in _COLUMNS]
    statement = select(*columns).where(
        organization.c.id == func.any(bindparam(None, list(identifiers), type_=ARRAY(Uuid)))
    )
    found = (await connection.execute(statement)).mappings()
    return {stored["id"]: dict(stored) for stored in found}


async def lock(connection: AsyncConnection, identifier: UUID) -> Held | None:
    """The organization, locked against other writers until the transaction ends."""
    found = await connection.execute(
        select(*_HELD).where(organization.c.id == identifier).with_for_update()
    )
    row_ = found.one_or_none()
    return None if row_ is None else _held(row_)


async def lock_many(connection: AsyncConnection, identifiers: Sequence[UUID]) -> dict[UUID, Held]:
    """Those that are there, locked in the order of their ids: nobody waits in a circle."""
    locked = await connection.execute(_LOCK, {"ids": list(set(identifiers))})
    return {held.id: held for held in map(_held, locked)}


async def lock_by_identity(
    connection: AsyncConnection, codes: Sequence[str], numbers: Sequence[str]
) -> dict[UUID, Held]:
    """Who bears one of these credit codes, or one of these filing numbers under any authority.

    Locked in the order of their ids, so that two imports can't wait for each other.
    """
    found: set[UUID] = set()
    if codes:
        found.update(await connection.scalars(_BY_CODE, {"codes": list(codes)}))
    if numbers:
        found.update(await connection.scalars(_BY_FILING_NUMBER, {"numbers": list(numbers)}))
    return await lock_many(connection, list(found)) if found else {}


_BY_CODE = text("SELECT id FROM organization WHERE credit_code = ANY(:codes)").bindparams(
    bindparam("codes", type_=ARRAY(Text))
)
_BY_FILING_NUMBER = text(
    "SELECT id FROM organization WHERE filing_number = ANY(:numbers)"
).bindparams(bindparam("numbers", type_=ARRAY(Text)))
_LOCK = text(
    "SELECT id, revision, document, first_effective_on, last_effective_on FROM organization "
    "WHERE id = ANY(:ids) ORDER BY id FOR UPDATE"
).bindparams(bindparam("ids", type_=ARRAY(Uuid)))
