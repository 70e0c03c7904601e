"""Importing areas and bodies in one step: all or nothing."""

from dataclasses import dataclass
from typing import Any

from jurisdiction_router.domain.directory_change import DirectoryChange
from jurisdiction_router.usecases.change_directory import (
    ChangeDirectory,
    Pointers,
    out_of_reach,
)
from jurisdiction_router.usecases.current_jurisdiction import CurrentJurisdiction
from servicekit.auth import Caller
from servicekit.database import Database


@dataclass(frozen=True, slots=True)
class ImportDirectory:
    """The use case, with what it needs."""

    database: Database
    current: CurrentJurisdiction
    change: ChangeDirectory

    async def __call__(
        self, caller: Caller, change: DirectoryChange, reason: str | None
    ) -> dict[str, Any]:
        """Upsert areas by code and bodies by id; the same import again changes nothing.

        Answers with what changed and who is reassessed. Raises Refusal `outside-areas` for what
        lies beyond the caller's areas, and those of `ChangeDirectory`.
        """
        pointers = Pointers.of(change)
        out_of_reach(caller, change, pointers)
        async with self.database.transaction() as connection:
            before = await self.current.hold(connection, "alone")
            done = await self.change(connection, before, change, caller, reason, pointers)
        return done.answer()
