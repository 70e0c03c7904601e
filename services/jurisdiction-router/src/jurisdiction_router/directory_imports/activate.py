"""Activating an import of the directory, as its report says, or discarding it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncConnection

from jurisdiction_router.core.deciding.timeline import Jurisdiction
from jurisdiction_router.core.refusals import (
    DirectoryInvalid,
    DirectoryLeavesHoles,
    DirectoryMoved,
    ImportClosed,
)
from jurisdiction_router.directory_changes.apply import MAX_VIOLATIONS, ChangeDirectory, check_reach
from jurisdiction_router.directory_changes.find_holes import Holes, refuse_holes
from jurisdiction_router.directory_imports import rows
from jurisdiction_router.directory_imports.compare import (
    CompareDirectory,
    Report,
    change_of,
    items_of,
    last_day,
    pointers_of,
    requested_rows,
)
from jurisdiction_router.directory_imports.documents import KIND, answer, changed, lock_inactive
from jurisdiction_router.directory_imports.rows import ImportRow, ItemRow
from jurisdiction_router.facts.read import touched_places
from jurisdiction_router.impacts.compute import Proposal
from jurisdiction_router.jurisdiction.current import CurrentJurisdiction
from servicekit.auth import Caller
from servicekit.errors import (
    IdempotencyConflict,
    NotFound,
    OutsideAreas,
    PreconditionFailed,
    PreconditionRequired,
    Violation,
    refuses,
)
from servicekit.ledger import Attempt, Change, Changes, StoredAnswer
from servicekit.time import Clock


@dataclass(frozen=True, slots=True)
class ActivateImport:
    """The use cases, with what they need."""

    refusals: ClassVar = (
        NotFound,
        ImportClosed,
        PreconditionFailed,
        PreconditionRequired,
        IdempotencyConflict,
        DirectoryInvalid,
        DirectoryLeavesHoles,
        DirectoryMoved,
        OutsideAreas,
    )

    changes: Changes
    clock: Clock
    current: CurrentJurisdiction
    change_directory: ChangeDirectory
    compare: CompareDirectory

    async def __call__(
        self, caller: Caller, identifier: UUID, attempt: Attempt, *, accept_holes: bool
    ) -> StoredAnswer:
        """Have an import take effect, as its report says, all or nothing."""
        async with self.changes.begin(caller, attempt) as change:
            if change.replayed:
                return change.replayed
            connection = change.connection
            before = await self.current.hold(connection, "alone")
            row = await lock_inactive(connection, caller, identifier, attempt)
            stored = await rows.items(connection, identifier)
            items = items_of(stored)
            whole = change_of([*items.values()])
            check_reach(caller, before.directory, whole, pointers_of(items))
            report = await self.compare(connection, before, stored)
            _refuse_moved(row, report, stored)
            row = changed(row, row.revision + 1)
            row = await self.take_effect(
                change, before, row, report, caller, report.violations(), accept_holes=accept_holes
            )
            await rows.put(connection, row)
            return answer(change, caller, row, 200)

    async def take_effect(
        self,
        change: Change,
        before: Jurisdiction,
        row: ImportRow,
        report: Report,
        caller: Caller,
        violations: Sequence[Violation],
        *,
        accept_holes: bool,
    ) -> ImportRow:
        """Apply what an import gives; the import as it is then, not stored yet.

        Raises Refusal `directory-invalid`, `directory-leaves-holes`.
        """
        if violations:
            raise DirectoryInvalid(*violations[:MAX_VIOLATIONS], count=len(violations))
        refuse_holes(caller, report.holes, accepted=accept_holes)
        done = await self.change_directory.apply(
            change.connection, before, report.change, caller, row.document["reason"], report.holes
        )
        change.event(*done.events)
        return changed(
            row, row.revision, state="active", activated_by=caller.client, done=done.answer()
        )

    @refuses(NotFound, ImportClosed, PreconditionFailed, PreconditionRequired, IdempotencyConflict)
    async def withdraw(self, caller: Caller, identifier: UUID, attempt: Attempt) -> StoredAnswer:
        """Discard an import that is not active: it stays as a record and can't be activated."""
        async with self.changes.begin(caller, attempt) as change:
            if change.replayed:
                return change.replayed
            row = await lock_inactive(change.connection, caller, identifier, attempt)
            row = changed(row, row.revision + 1, state="withdrawn")
            await rows.put(change.connection, row)
            return answer(change, caller, row, 200)

    async def propose(
        self, connection: AsyncConnection, before: Jurisdiction, params: Mapping[str, Any]
    ) -> Proposal:
        """What an import would make of the jurisdiction: the proposal behind its impact.

        Raises Refusal `directory-moved` when that is not the one it was compared with any more.
        """
        identifier = UUID(params["import"])
        edition = await self.current.edition(connection)
        if edition != params["edition"]:
            compared = params["edition"]
            raise DirectoryMoved(id=str(identifier), compared=compared, edition=edition)
        items = await rows.items(connection, identifier)
        change = change_of([*items_of(items).values()]).without_unchanged(before.directory)
        after = change.applied_to(before.directory)
        places = await touched_places(connection, before.directory, after, change)
        on = last_day(change, self.clock.today())
        header = f"{KIND} {identifier} {edition}\n"
        return Proposal(before, before.with_directory(after), places, on, header)


def _refuse_moved(row: ImportRow, report: Report, stored: Sequence[ItemRow]) -> None:
    """Raises Refusal `directory-moved`, with every item of which something else would become."""
    shown = row.document["report"]
    if report.sums["edition"] == shown["edition"] and report.holes.same_as(Holes.of(shown)):
        return
    pairs = zip(requested_rows(stored), requested_rows(report.items), strict=True)
    violations = [
        Violation(f"/{new.number}", "directory_moved", new.key,
                  {"told": old.change, "found": new.change})
        for old, new in pairs
        if (old.change, old.before, old.errors) != (new.change, new.before, new.errors)
    ]  # fmt: skip
    raise DirectoryMoved(
        *violations[:MAX_VIOLATIONS],
        id=str(row.id),
        compared=shown["edition"],
        edition=report.sums["edition"],
        count=len(violations),
    )
