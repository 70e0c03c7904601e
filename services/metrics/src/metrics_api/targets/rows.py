"""Targets that users set: kept by edition like all that is counted, so that receipts hold."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from fractions import Fraction
from typing import Any
from uuid import UUID

from sqlalchemy import Row, bindparam, func, insert, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from metrics_api.core.definitions.targets import Target, TargetVariant
from metrics_api.tables import own_target
from servicekit.errors import Text


@dataclass(frozen=True, slots=True)
class OwnTarget:
    """A target, the division codes it speaks of, and the edition that knew it so first.

    One that speaks of no area in particular is everybody's.
    """

    target: Target
    areas: tuple[str, ...]
    edition: int


async def believed_targets(connection: AsyncConnection, edition: int) -> list[OwnTarget]:
    """Every own target that `edition` believed, in the order in which they were set."""
    begun = own_target.c.edition_from <= bindparam("edition")
    ended = own_target.c.edition_until.is_(None) | (
        own_target.c.edition_until > bindparam("edition")
    )
    query = select(own_target).where(begun, ended).order_by(own_target.c.id)
    return [_own(row) for row in await connection.execute(query, {"edition": edition})]


async def find_target(connection: AsyncConnection, identifier: UUID) -> OwnTarget | None:
    """The target as it is now, None where there is none."""
    query = select(own_target).where(
        own_target.c.id == bindparam("id"), own_target.c.edition_until.is_(None)
    )
    row = (await connection.execute(query, {"id": identifier})).one_or_none()
    return None if row is None else _own(row)


async def count_targets(connection: AsyncConnection) -> int:
    """How many own targets there are now."""
    query = select(func.count()).where(own_target.c.edition_until.is_(None))
    return int((await connection.execute(query)).scalar_one())


async def open_target(
    connection: AsyncConnection,
    identifier: UUID,
    edition: int,
    revision: int,
    definition: Mapping[str, Any],
    areas: Sequence[str],
    client: str,
) -> None:
    """Believe a definition from `edition` on."""
    row = {
        "id": identifier,
        "edition_from": edition,
        "revision": revision,
        "definition": dict(definition),
        "areas": list(areas),
        "client": client,
    }
    await connection.execute(insert(own_target), row)


async def close_target(connection: AsyncConnection, identifier: UUID, edition: int) -> None:
    """No longer believe the target as it is from `edition` on."""
    believed = (own_target.c.id == identifier) & own_target.c.edition_until.is_(None)
    await connection.execute(update(own_target).where(believed).values(edition_until=edition))


def _own(row: Row[Any]) -> OwnTarget:
    definition = row.definition
    indicator, title = definition["indicator"], Text(**definition["title"])
    target = Target(
        id=str(row.id),
        title=title,
        goal=Fraction(definition["goal"]),
        deadline=date.fromisoformat(definition["deadline"]),
        reference=definition["reference"],
        filters={name: tuple(values) for name, values in definition["filters"].items()},
        variants=(TargetVariant("own", indicator, title),),
        revision=row.revision,
    )
    return OwnTarget(target, tuple(row.areas), row.edition_from)
