"""Proofs of integrity: the ledger's head and chain, and digests by area."""

import asyncio
from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass, replace

from sqlalchemy.ext.asyncio import AsyncConnection

from registry_api.core.point_in_time import PointInTime
from registry_api.history import read as history
from registry_api.history.point_in_time import IN_FORCE, find_point_in_time
from registry_api.integrity.area_digest import AreaDigest
from registry_api.selection.criteria import Selection
from registry_api.selection.select import select_identifiers, stream_selected
from servicekit.auth import Caller, area_prefix
from servicekit.database import Database
from servicekit.errors import OutsideAreas, PositionAhead, refuses
from servicekit.ledger import Head, Ledger
from servicekit.time import AsOf, Clock


@dataclass(frozen=True, slots=True)
class AreaProof:
    """Count and digest (`integrity.area_digest`) of an area's organizations at a position."""

    area: str
    count: int
    digest: str
    algorithm: str
    position: int


@dataclass(frozen=True, slots=True)
class ProveIntegrity:
    """The use case, with what it needs."""

    database: Database
    ledger: Ledger
    clock: Clock

    async def head(self) -> Head:
        """Where the ledger ends, and the digest of its whole chain."""
        async with self.database.reading() as connection:
            return await self.ledger.head(connection)

    @refuses(OutsideAreas, PositionAhead)
    async def area(self, caller: Caller, area: str, known_at: AsOf) -> AreaProof:
        """What a copy of the area's organizations comes to, at the head or an earlier position.

        Raises OutsideAreas when some of the area is not the caller's, PositionAhead.
        """
        prefix = area_prefix(area)
        if caller.areas is not None and not prefix.startswith(caller.areas):
            raise OutsideAreas(area=area)
        async with self.database.snapshot() as connection:
            head = await self.ledger.head(connection)
            point = await find_point_in_time(connection, known_at, self.clock.today())
            digest = AreaDigest(head.algorithm)
            pages = await _documents(connection, prefix, point.position, head)
            async for documents in pages:
                await asyncio.to_thread(digest.add, documents)
        return AreaProof(area, digest.count, digest.hexdigest(), head.algorithm, point.position)


async def _documents(
    connection: AsyncConnection, prefix: str, position: int, head: Head
) -> AsyncIterator[Sequence[str]]:
    """The area's documents at the position, in the order of ids.

    At an earlier position the area held some that are in it now, and some that have changed since.
    """
    current = Selection({}, [f"{prefix}%"])
    if position == head.position:
        return stream_selected(connection, current)
    past = replace(current, point=PointInTime(IN_FORCE, position))
    changed = await history.changed_since(connection, position, _MAX_CHANGES + 1)
    if len(changed) > _MAX_CHANGES:
        return stream_selected(connection, past)
    in_area = await select_identifiers(connection, current)
    return stream_selected(connection, replace(past, among=sorted({*changed, *in_area})))


_MAX_CHANGES = 50_000
"""From here on it is cheaper to look at every organization."""
