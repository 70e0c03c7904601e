"""Adding or replacing one area or one body."""

from dataclasses import dataclass
from typing import Any

from jurisdiction_router.core.directory.change import DirectoryChange
from jurisdiction_router.directory_changes import rows as directory_rows
from jurisdiction_router.directory_changes.apply import ChangeDirectory, Pointers, out_of_reach
from jurisdiction_router.jurisdiction.current import CurrentJurisdiction
from jurisdiction_router.tables import area, body
from servicekit.auth import Caller
from servicekit.database import Database
from servicekit.http import check_if_match
from servicekit.ledger import Ledger


@dataclass(frozen=True, slots=True)
class ChangeDirectoryEntry:
    """The use case, with what it needs."""

    database: Database
    ledger: Ledger
    current: CurrentJurisdiction
    change: ChangeDirectory

    async def __call__(
        self,
        caller: Caller,
        change: DirectoryChange,
        reason: str | None,
        if_match: str | None,
        *,
        accept_holes: bool,
    ) -> dict[str, Any]:
        """Add or replace one area or body; one that is there only by who has read it.

        Raises Refusal `outside-areas`, `directory-invalid`, `directory-leaves-holes`; Problem 412,
        428.
        """
        pointers = Pointers(
            {given.area.code: "" for given in change.areas},
            {body.id: "" for body in change.bodies},
        )
        async with self.database.transaction() as connection:
            before = await self.current.hold(connection, "alone")
            out_of_reach(caller, before.directory, change, pointers)
            revisions = await directory_rows.revisions(connection, area, list(pointers.areas))
            revisions |= await directory_rows.revisions(connection, body, list(pointers.bodies))
            for revision in revisions.values():
                check_if_match(if_match, revision)
            done = await self.change(
                connection, before, change, caller, reason, pointers, accept_holes=accept_holes
            )
            await self.ledger.append(connection, done.events)
        return done.answer()
