"""An impact computed again while everything is held still, beside the one that was approved."""

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncConnection

from jurisdiction_router.impacts import rows
from jurisdiction_router.impacts.compute import Proposal, impact_of
from servicekit.ids import uuid7


class Repeated(NamedTuple):
    """An impact computed outside a job."""

    id: UUID
    digest: str


async def digest_of(connection: AsyncConnection, impact: UUID) -> str | None:
    """The digest of an impact, None while it is not computed."""
    row = await rows.find(connection, impact)
    return None if row is None else str(row.digest)


async def repeat(connection: AsyncConnection, proposal: Proposal) -> Repeated:
    """Compute an impact under a new id; the caller holds the jurisdiction alone."""
    identifier = uuid7()
    return Repeated(identifier, await impact_of(connection, identifier, proposal))


async def difference(
    connection: AsyncConnection,
    approved: str,
    repeated: Repeated,
    patterns: Sequence[str] | None = None,
) -> dict[str, int]:
    """How the lists of the two differ: `no_longer` and `new`; with `patterns`, in those areas."""
    return await rows.difference(connection, approved, repeated.id, patterns)


async def keep(
    connection: AsyncConnection, repeated: Repeated, params: Mapping[str, Any], client: str
) -> None:
    """Make it readable like one that a job has computed from `params`."""
    await rows.put_finished_job(connection, repeated.id, params, client, repeated.digest)


async def forget(connection: AsyncConnection, repeated: Repeated) -> None:
    """Remove one that nobody will read."""
    await rows.forget(connection, repeated.id)
