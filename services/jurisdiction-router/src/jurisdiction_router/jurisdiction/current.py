"""The jurisdiction in force, loaded once per edition and shared by all who decide."""

from typing import Literal

from sqlalchemy.ext.asyncio import AsyncConnection

from jurisdiction_router.core.deciding.timeline import Jurisdiction
from jurisdiction_router.core.rules.vocabulary import Vocabulary
from jurisdiction_router.jurisdiction import rows
from servicekit.database import Database


class CurrentJurisdiction:
    """Rule sets and directory as the database has them, reloaded when their edition moves on."""

    def __init__(self, database: Database, vocabulary: Vocabulary) -> None:
        self._database = database
        self.vocabulary = vocabulary
        self._loaded: tuple[int, Jurisdiction] | None = None

    async def read(self) -> Jurisdiction:
        """The newest jurisdiction, for answers that store nothing."""
        async with self._database.reading() as connection:
            edition = await rows.edition(connection)
        if self._loaded is not None and self._loaded[0] == edition:
            return self._loaded[1]
        async with self._database.snapshot() as connection:
            return await self._load(connection, await rows.edition(connection))

    async def hold(
        self, connection: AsyncConnection, lock: Literal["shared", "alone"] = "shared"
    ) -> Jurisdiction:
        """The newest jurisdiction, which cannot change until the transaction ends.

        Whoever stores assignments holds it shared. Whoever changes directory or rule sets holds
        it alone, and so sees every organization that was assessed before.
        """
        edition = await rows.edition(connection, lock)
        if self._loaded is not None and self._loaded[0] == edition:
            return self._loaded[1]
        return await self._load(connection, edition)

    async def visible_in(self, connection: AsyncConnection) -> Jurisdiction:
        """The jurisdiction that a transaction with a snapshot of its own sees."""
        edition = await rows.edition(connection)
        if self._loaded is not None and self._loaded[0] == edition:
            return self._loaded[1]
        return await self._load(connection, edition)

    async def edition(self, connection: AsyncConnection) -> int:
        """The edition that the transaction sees."""
        return await rows.edition(connection)

    async def _load(self, connection: AsyncConnection, edition: int) -> Jurisdiction:
        jurisdiction = Jurisdiction(
            await rows.load_rule_sets(connection),
            await rows.load_directory(connection),
            self.vocabulary,
        )
        self._loaded = (edition, jurisdiction)
        return jurisdiction


async def next_edition(connection: AsyncConnection) -> None:
    """Say that directory or rule sets have changed; the caller holds the jurisdiction alone."""
    await rows.next_edition(connection)
