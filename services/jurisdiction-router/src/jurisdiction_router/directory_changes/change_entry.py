"""Adding or replacing one area or one body."""

from dataclasses import dataclass
from typing import Any, ClassVar

from jurisdiction_router.core.directory.change import DirectoryChange
from jurisdiction_router.core.refusals import DirectoryInvalid, DirectoryLeavesHoles
from jurisdiction_router.directory_changes import rows
from jurisdiction_router.directory_changes.apply import ChangeDirectory, Pointers, check_reach
from jurisdiction_router.jurisdiction.current import CurrentJurisdiction
from jurisdiction_router.tables import area, body
from servicekit.auth import Caller
from servicekit.errors import OutsideAreas, PreconditionFailed, PreconditionRequired
from servicekit.ledger import Attempt, Changes


@dataclass(frozen=True, slots=True)
class ChangeDirectoryEntry:
    """The use case, with what it needs."""

    refusals: ClassVar = (
        DirectoryInvalid,
        DirectoryLeavesHoles,
        OutsideAreas,
        PreconditionFailed,
        PreconditionRequired,
    )

    changes: Changes
    current: CurrentJurisdiction
    apply: ChangeDirectory

    async def __call__(
        self,
        caller: Caller,
        entry: DirectoryChange,
        reason: str | None,
        if_match: str | None,
        *,
        accept_holes: bool,
    ) -> dict[str, Any]:
        """Add or replace one area or body; one that is there only by who has read it."""
        pointers = Pointers(
            {each.area.code: "" for each in entry.areas},
            {body.id: "" for body in entry.bodies},
        )
        attempt = Attempt(if_match)
        async with self.changes.begin(caller, attempt) as change:
            connection = change.connection
            before = await self.current.hold(connection, "alone")
            check_reach(caller, before.directory, entry, pointers)
            revisions = await rows.revisions(connection, area, list(pointers.areas))
            revisions |= await rows.revisions(connection, body, list(pointers.bodies))
            for revision in revisions.values():
                attempt.check(revision)
            done = await self.apply(
                connection, before, entry, caller, reason, pointers, accept_holes=accept_holes
            )
            change.event(*done.events)
            answer = done.answer()
            change.answer(200, answer)
        return answer
