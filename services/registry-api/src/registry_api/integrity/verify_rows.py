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
from registry_api.core.organization.known_past import KnownPast, Patch
from registry_api.history import read as history
from registry_api.integrity import rows
from registry_api.integrity.rows import Extent
from registry_api.register.store import obligation_values
from registry_api.register.stored import StoredOrganization
from servicekit.database import Database

_BATCH = 500


@dataclass(frozen=True, slots=True)
class Difference:
    """Where a row is not what the ledger says: a column, `obligations`, or the `row` itself."""

    organization_id: UUID
    where: str
    ledger: Any
    row: Any


@dataclass(frozen=True, slots=True)
class VerifyRows:
    """The use case, with what it needs."""

    database: Database

    async def __call__(self, progress: Callable[[int, int], None]) -> AsyncIterator[Difference]:
        """All differences, as of one moment, in the order of ids; memory is that of a batch.

        `progress` is given how many organizations are done, of how many.
        """
        async with self.database.snapshot() as connection:
            total = await rows.count(connection)
            for identifier in await rows.without_events(connection):
                yield Difference(identifier, "row", None, "a row without events")
            after: UUID | None = None
            done = 0
            while batch := await rows.extents_after(connection, after, _BATCH):
                for difference in await _differences(connection, batch):
                    yield difference
                after = batch[-1].id
                done += len(batch)
                progress(done, max(total, done))


async def _differences(connection: AsyncConnection, batch: Sequence[Extent]) -> list[Difference]:
    identifiers = [extent.id for extent in batch]
    in_register = [extent.id for extent in batch if not extent.void]
    patches = await history.patches_of(connection, in_register)
    stored = await rows.by_column(connection, identifiers)
    owed = await rows.obligations(connection, identifiers)
    differences: list[Difference] = []
    for extent in batch:
        row, owing = stored.get(extent.id), owed.get(extent.id, set())
        if extent.void:
            if row is not None or owing:
                differences.append(Difference(extent.id, "row", "void", "a row, or obligations"))
        elif row is None:
            differences.append(Difference(extent.id, "row", "an organization", None))
        else:
            differences += _differences_of(extent, patches[extent.id], row, owing)
    return differences


def _differences_of(
    extent: Extent, patches: Sequence[Patch], row: dict[str, Any], owing: set[tuple[Any, ...]]
) -> list[Difference]:
    """Where the row and what is owed by the table are not what the patches come to."""
    timeline = KnownPast(patches).timeline
    expected = StoredOrganization(
        extent.id, extent.revision, timeline[-1].state, extent.first_on, extent.last_on
    )
    differences = [
        Difference(extent.id, name, value, row[name])
        for name, value in expected.by_column().items()
        if row[name] != value
    ]
    due = set(obligation_values(obligations_ahead(timeline)))
    if due != owing:
        differences.append(Difference(extent.id, "obligations", due - owing, owing - due))
    return differences
