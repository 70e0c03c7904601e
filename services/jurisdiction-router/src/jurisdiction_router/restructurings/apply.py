"""Applying a restructuring in one transaction, exactly as its dry run showed it."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, ClassVar
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncConnection

from jurisdiction_router.core.deciding.timeline import Jurisdiction
from jurisdiction_router.core.refusals import (
    DirectoryInvalid,
    DirectoryLeavesHoles,
    ImpactDiffers,
    ImpactOfAnother,
    RestructuringAlreadyApplied,
    RestructuringMoved,
)
from jurisdiction_router.directory_changes.apply import MAX_VIOLATIONS, ChangeDirectory
from jurisdiction_router.directory_changes.find_holes import Holes, refuse_holes, report_visible_to
from jurisdiction_router.impacts.repeat import difference, digest_of, forget, repeat
from jurisdiction_router.jurisdiction.current import CurrentJurisdiction
from jurisdiction_router.restructurings import rows
from jurisdiction_router.restructurings.documents import (
    lock_draft,
    plan_document,
    restructuring_event,
)
from jurisdiction_router.restructurings.plan import Plan
from jurisdiction_router.restructurings.proposal import PlanRestructuring, proposal_of
from jurisdiction_router.restructurings.rows import RestructuringRow
from servicekit.auth import Caller
from servicekit.errors import (
    IdempotencyConflict,
    NotFound,
    OutsideAreas,
    PreconditionFailed,
    PreconditionRequired,
    Violation,
)
from servicekit.ledger import Attempt, Changes, StoredAnswer


@dataclass(frozen=True, slots=True)
class ApplyRestructuring:
    """The use case, with what it needs."""

    refusals: ClassVar = (
        NotFound,
        DirectoryInvalid,
        DirectoryLeavesHoles,
        ImpactDiffers,
        ImpactOfAnother,
        OutsideAreas,
        RestructuringAlreadyApplied,
        RestructuringMoved,
        PreconditionFailed,
        PreconditionRequired,
        IdempotencyConflict,
    )

    changes: Changes
    current: CurrentJurisdiction
    plan: PlanRestructuring
    change_directory: ChangeDirectory

    async def __call__(
        self,
        caller: Caller,
        identifier: UUID,
        digest: str,
        attempt: Attempt,
        *,
        accept_holes: bool,
    ) -> StoredAnswer:
        """Apply a draft: areas, successors, bodies and reassessment, all or nothing.

        It is bound to its dry run, whose impact has this `digest`: it is planned again, and its
        impact computed again, over directory and register held still.
        """
        async with self.changes.begin(caller, attempt) as change:
            if change.replayed:
                return change.replayed
            connection = change.connection
            before = await self.current.hold(connection, "alone")
            row = await lock_draft(connection, caller, identifier, attempt)
            await _check_digest(connection, row, digest)
            planned = await self.plan(connection, before, row, caller)
            holes = await self.change_directory.holes(connection, before, planned.change)
            await _check_dry_run(connection, before, row, planned, holes, caller)
            refuse_holes(caller, holes, accepted=accept_holes)
            row = _applied(row, caller)
            await rows.put(connection, row)
            done = await self.change_directory.apply(
                connection, before, planned.change, caller, row.document["title"], holes
            )
            change.event(restructuring_event("applied", row, caller), *done.events)
            counts = done.answer()
            document = {**report_visible_to(caller, row.document), "done": counts}
            if counts["job"]:
                return change.answer(202, document, f"/v1/jobs/{counts['job']}")
            return change.answer(200, document)


def _applied(row: RestructuringRow, caller: Caller) -> RestructuringRow:
    revision = row.revision + 1
    members = {"state": "applied", "applied_by": caller.client, "revision": revision}
    return row._replace(revision=revision, document={**row.document, **members})


async def _check_digest(connection: AsyncConnection, row: RestructuringRow, digest: str) -> None:
    """Raises Refusal `impact-of-another`, `impact-differs` unless the digest is the dry run's."""
    shown = await digest_of(connection, UUID(row.document["impact"]))
    if shown is None:
        raise ImpactOfAnother(id=str(row.id), impact=row.document["impact"])
    if shown != digest:
        raise ImpactDiffers(sent=digest, found=shown)


async def _check_dry_run(
    connection: AsyncConnection,
    before: Jurisdiction,
    row: RestructuringRow,
    planned: Plan,
    holes: Holes,
    caller: Caller,
) -> None:
    """Raises Refusal `restructuring-moved` unless all is as the dry run showed it."""
    document = row.document
    moved = _moved(
        document["plan"], plan_document(before.directory, planned.change, row.effective_on)
    )
    if not holes.same_as(Holes.of(document)):
        moved.append(Violation("/holes", "holes_moved", holes.found))
    repeated = await repeat(connection, await proposal_of(connection, before, row, planned))
    if moved or repeated.digest != await digest_of(connection, UUID(document["impact"])):
        differs = await difference(connection, document["impact"], repeated, caller.like_patterns())
        raise RestructuringMoved(*moved[:MAX_VIOLATIONS], id=document["id"], **differs)
    await forget(connection, repeated)


def _moved(shown: Mapping[str, Any], now: Mapping[str, Any]) -> list[Violation]:
    """Each area and body that the plan would now make something else of than was shown."""
    moved = []
    for name, key in (("areas", "code"), ("bodies", "id")):
        was, is_ = ({item[key]: item for item in plan[name]} for plan in (shown, now))
        moved += [
            Violation(f"/plan/{name}", "plan_moved", each)
            for each in sorted({*was, *is_})
            if was.get(each) != is_.get(each)
        ]
    return moved
