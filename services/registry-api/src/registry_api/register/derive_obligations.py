"""Derive anew what everybody owes, after the rules of `data/obligations.yaml` have changed.

Each write keeps its organization's rows in step; a release with other rules leaves the rows of
whoever has not been written since as the old rules made them.
"""

from collections.abc import Callable
from dataclasses import dataclass
from uuid import UUID

from registry_api.core.obligations.derive import obligations_ahead
from registry_api.core.organization.known_past import KnownPast
from registry_api.history import read as history
from registry_api.register import obligation_rows
from registry_api.register import rows as organization_rows
from registry_api.selection import present as listing
from servicekit.database import Database

_BATCH = 1_000


@dataclass(frozen=True, slots=True)
class DeriveObligations:
    """The use case, with what it needs."""

    database: Database

    async def __call__(self, progress: Callable[[int, int], None]) -> int:
        """Derive for every organization; how many there were.

        A batch is one transaction, so others may write meanwhile, and it may be broken off and
        begun again. `progress` is told how many are done, of how many.
        """
        async with self.database.reading() as connection:
            total = await listing.count(connection, [])
        after: UUID | None = None
        done = 0
        while found := await self._derive_after(after):
            after = found[-1]
            done += len(found)
            progress(done, max(total, done))
        return done

    async def _derive_after(self, after: UUID | None) -> list[UUID]:
        async with self.database.transaction() as connection:
            identifiers = await listing.identifiers_after(connection, after, _BATCH)
            held = await organization_rows.lock_many(connection, identifiers)
            patches = await history.patches_of(connection, list(held))
            await obligation_rows.replace_many(
                connection,
                [(i, obligations_ahead(KnownPast(known).timeline)) for i, known in patches.items()],
            )
        return identifiers
