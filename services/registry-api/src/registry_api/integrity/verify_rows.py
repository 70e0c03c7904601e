"""Hold the current rows to the ledger: each must be what the fold of its organization's events is.

The ledger is the truth; `organization` and `obligation` are what lists and filters are answered
from. They are written in one transaction with the event, so a difference means that somebody has
altered rows by hand, or that a release reads events otherwise than the one that wrote the rows.
"""

from collections.abc import AsyncIterator, Callable, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncConnection

from registry_api.core.obligations.derive import obligations_ahead
from registry_api.core.organization.known_past import KnownPast
from registry_api.history import read as history
from registry_api.history.read import Extent
from registry_api.register import obligation_rows
from registry_api.register import rows as organization_rows
from registry_api.register.rows import Held
from registry_api.selection import present as listing
from servicekit.database import Database

_BATCH = 500


@dataclass(frozen=True, slots=True)
class Difference:
    """Where a row is not what the ledger says: a column, `obligations`, or the `row` itself."""

    organization_id: UUID
    where: str
    ledger: Any
    held: Any


@dataclass(frozen=True, slots=True)
class VerifyRows:
    """The use case, with what it needs."""

    database: Database

    async def __call__(self, progress: Callable[[int, int], None]) -> AsyncIterator[Difference]:
        """All differences, as of one moment, in the order of ids; memory is that of a batch.

        `progress` is told how many organizations are done, of how many.
        """
        async with self.database.snapshot() as connection:
            total = await listing.count(connection, [])
            for identifier in await listing.without_events(connection):
                yield Difference(identifier, "row", None, "a row without events")
            after: UUID | None = None
            done = 0
            while told := await history.extents_after(connection, after, _BATCH):
                for difference in await _differences(connection, told):
                    yield difference
                after = told[-1].id
                done += len(told)
                progress(done, max(total, done))


async def _differences(connection: AsyncConnection, told: Sequence[Extent]) -> list[Difference]:
    standing = [extent for extent in told if not extent.void]
    identifiers = [extent.id for extent in standing]
    patches = await history.patches_of(connection, identifiers)
    rows = await organization_rows.rows(connection, [extent.id for extent in told])
    owed = await obligation_rows.owed(connection, [extent.id for extent in told])
    found: list[Difference] = []
    for extent in told:
        row, owing = rows.get(extent.id), owed.get(extent.id, set())
        if extent.void:
            if row is not None or owing:
                found.append(Difference(extent.id, "row", "void", "a row, or obligations"))
            continue
        if row is None:
            found.append(Difference(extent.id, "row", "an organization", None))
            continue
        timeline = KnownPast(patches[extent.id]).timeline
        held = Held(extent.id, extent.revision, timeline[-1].state, extent.first_on, extent.last_on)
        expected = organization_rows.by_name(held)
        found += [
            Difference(extent.id, name, value, row[name])
            for name, value in expected.items()
            if row[name] != value
        ]
        due = obligation_rows.values_of(obligations_ahead(timeline))
        if due != owing:
            found.append(Difference(extent.id, "obligations", due - owing, owing - due))
    return found
