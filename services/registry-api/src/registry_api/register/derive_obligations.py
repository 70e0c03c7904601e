"""Derive anew what everybody owes, after the rules of `data/obligations.yaml` have changed.

Each write keeps its organization's rows in step; a release with other rules leaves the rows of
whoever has not been written since as the old rules made them.
"""

from collections.abc import Callable
from dataclasses import dataclass
from uuid import UUID

from registry_api.core.organization.known_past import KnownPast
from registry_api.history import read as history
from registry_api.register import rows, store
from servicekit.database import Database

_BATCH = 1_000


@dataclass(frozen=True, slots=True)
class DeriveObligations:
    """The use case, with what it needs."""

    database: Database

    async def __call__(self, progress: Callable[[int, int], None]) -> int:
        """Derive for every organization; how many there were.

        A batch is one transaction, so others may write meanwhile, and it may be broken off and
        begun again. `progress` is given how many are done, of how many.
        """
        async with self.database.reading() as connection:
            total = await rows.count(connection)
        after: UUID | None = None
        done = 0
        while derived := await self._derive_after(after):
            after = derived[-1]
            done += len(derived)
            progress(done, max(total, done))
        return done

    async def _derive_after(self, after: UUID | None) -> list[UUID]:
        async with self.database.transaction() as connection:
            identifiers = await rows.identifiers_after(connection, after, _BATCH)
            locked = await rows.lock_many(connection, identifiers)
            patches = await history.patches_of(connection, list(locked))
            timelines = [(i, KnownPast(known).timeline) for i, known in patches.items()]
            await store.replace_obligations(connection, timelines)
        return identifiers
