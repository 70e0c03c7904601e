"""Drafting a restructuring: planned and shown, with its impact under way; nothing else changes."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, ClassVar
from uuid import UUID

from jurisdiction_router.core.deciding.timeline import Jurisdiction
from jurisdiction_router.core.refusals import DirectoryInvalid, RestructuringAlreadyApplied
from jurisdiction_router.directory_changes.find_holes import NO_HOLES, FindHoles, report_visible_to
from jurisdiction_router.impacts.compute import JOB_KIND
from jurisdiction_router.jurisdiction.current import CurrentJurisdiction
from jurisdiction_router.restructurings import rows
from jurisdiction_router.restructurings.documents import (
    lock_draft,
    plan_document,
    restructuring_event,
)
from jurisdiction_router.restructurings.proposal import KIND, PlanRestructuring
from jurisdiction_router.restructurings.rows import RestructuringRow
from servicekit import jobs
from servicekit.auth import Caller
from servicekit.errors import (
    IdempotencyConflict,
    NotFound,
    OutsideAreas,
    PreconditionFailed,
    PreconditionRequired,
    TooManyJobs,
    refuses,
)
from servicekit.ids import uuid7
from servicekit.ledger import Attempt, Change, Changes, StoredAnswer


@dataclass(frozen=True, slots=True)
class DraftRestructuring:
    """The use cases, with what they need."""

    refusals: ClassVar = (DirectoryInvalid, OutsideAreas, IdempotencyConflict, TooManyJobs)

    changes: Changes
    current: CurrentJurisdiction
    plan: PlanRestructuring
    find_holes: FindHoles
    jobs_per_client: int

    async def __call__(
        self, caller: Caller, request: Mapping[str, Any], attempt: Attempt
    ) -> StoredAnswer:
        """The dry run: store the plan, which names every successor, and queue its impact.

        Nothing else changes.
        """
        async with self.changes.begin(caller, attempt) as change:
            if change.replayed:
                return change.replayed
            before = await self.current.hold(change.connection, "shared")
            identifier = uuid7()
            document = {
                "id": str(identifier),
                "state": "draft",
                **request,
                "plan": {},
                **NO_HOLES.members(),
                "impact": "",
                "recorded_by": caller.client,
                "applied_by": None,
                "revision": 0,
            }
            row = RestructuringRow(identifier, [], 0, document)
            return await self._dry_run(change, before, row, caller, 201)

    @refuses(
        NotFound,
        DirectoryInvalid,
        OutsideAreas,
        RestructuringAlreadyApplied,
        PreconditionFailed,
        PreconditionRequired,
        IdempotencyConflict,
        TooManyJobs,
    )
    async def replan(self, caller: Caller, identifier: UUID, attempt: Attempt) -> StoredAnswer:
        """The dry run again, over directory and register as they are now: another impact."""
        async with self.changes.begin(caller, attempt) as change:
            if change.replayed:
                return change.replayed
            before = await self.current.hold(change.connection, "shared")
            row = await lock_draft(change.connection, caller, identifier, attempt)
            return await self._dry_run(change, before, row, caller, 200)

    async def _dry_run(
        self,
        change: Change,
        before: Jurisdiction,
        row: RestructuringRow,
        caller: Caller,
        status: int,
    ) -> StoredAnswer:
        """Plan, find the holes, queue the impact; the row's next revision says what came of it."""
        connection = change.connection
        planned = await self.plan(connection, before, row, caller)
        holes = await self.find_holes(connection, before, planned.change)
        areas = sorted(planned.change.codes(before.directory))
        impact = await jobs.enqueue(
            connection, JOB_KIND, {"of": KIND, "restructuring": str(row.id), "areas": areas},
            caller.client, caller.areas, self.jobs_per_client,
        )  # fmt: skip
        document = {
            **row.document,
            "plan": plan_document(before.directory, planned.change, row.effective_on),
            **holes.members(),
            "impact": str(impact),
            "revision": row.revision + 1,
        }
        row = RestructuringRow(row.id, areas, row.revision + 1, document)
        await rows.put(connection, row)
        change.event(restructuring_event("drafted", row, caller))
        visible = report_visible_to(caller, row.document)
        return change.answer(status, visible, f"/v1/restructurings/{row.id}")
