"""Approving what a rule set's impact showed, by someone who did not write the rule set."""

from dataclasses import dataclass, replace
from typing import Any, ClassVar
from uuid import UUID

from jurisdiction_router.core.refusals import (
    AlreadyApproved,
    ApprovedByAuthor,
    ImpactDiffers,
    ImpactOfAnother,
    NothingApproved,
)
from jurisdiction_router.impacts.compute import JOB_KIND
from jurisdiction_router.impacts.repeat import digest_of
from jurisdiction_router.rule_sets import rows
from jurisdiction_router.rule_sets.documents import rule_set_document, rule_set_event, rule_set_of
from jurisdiction_router.rule_sets.propose import KIND
from jurisdiction_router.rule_sets.rows import RuleSetRow
from servicekit import jobs
from servicekit.auth import Caller
from servicekit.errors import (
    IdempotencyConflict,
    NotFound,
    OutsideAreas,
    PreconditionFailed,
    PreconditionRequired,
    refuses,
)
from servicekit.jobs import Job
from servicekit.ledger import Attempt, Change, Changes, StoredAnswer
from servicekit.time import Clock


@dataclass(frozen=True, slots=True)
class ApproveRuleSet:
    """The use case, with what it needs."""

    refusals: ClassVar = (
        PreconditionFailed,
        PreconditionRequired,
        NotFound,
        OutsideAreas,
        ApprovedByAuthor,
        AlreadyApproved,
        ImpactOfAnother,
        ImpactDiffers,
        IdempotencyConflict,
    )

    changes: Changes
    clock: Clock

    async def __call__(
        self, caller: Caller, rule_set_id: str, impact: UUID, digest: str, attempt: Attempt
    ) -> StoredAnswer:
        """Approve what `impact` proposes, bound to its `digest`; the rule set's document.

        It is carried out by itself on its day.
        """
        async with self.changes.begin(caller, attempt) as change:
            if change.replayed:
                return change.replayed
            connection = change.connection
            row = await rule_set_of(connection, caller, rule_set_id, "change")
            attempt.check(row.revision)
            if caller.client in row.authors:
                raise ApprovedByAuthor(client=caller.client)
            if row.plan is not None:
                raise AlreadyApproved(id=row.id, start=row.plan["from"])
            job = await jobs.find(connection, impact)
            computed = await digest_of(connection, impact)
            if job is None or computed is None or not _is_of(job, row):
                raise ImpactOfAnother(id=row.id, impact=str(impact))
            if computed != digest:
                raise ImpactDiffers(sent=digest, found=computed)
            plan = {
                "action": job.params["action"], "from": job.params["from"],
                "impact": str(impact), "digest": digest, "approver": caller.client,
            }  # fmt: skip
            row = replace(row, plan=plan, stopped=None)
            document = await self._record(change, caller, row, "approved")
            # Whoever activates what is due looks as soon as this is committed.
            await rows.wake(connection, jobs.CHANNEL)
            return change.answer(200, document)

    @refuses(
        PreconditionFailed,
        PreconditionRequired,
        NotFound,
        OutsideAreas,
        NothingApproved,
        IdempotencyConflict,
    )
    async def withdraw(
        self, caller: Caller, rule_set_id: str, reason: str | None, attempt: Attempt
    ) -> StoredAnswer:
        """Withdraw an approval before its day; the rule set's document."""
        async with self.changes.begin(caller, attempt) as change:
            if change.replayed:
                return change.replayed
            row = await rule_set_of(change.connection, caller, rule_set_id, "change")
            attempt.check(row.revision)
            if row.plan is None:
                raise NothingApproved(id=row.id)
            row = replace(row, plan=None)
            return change.answer(200, await self._record(change, caller, row, "withdrawn", reason))

    async def _record(
        self, change: Change, caller: Caller, row: RuleSetRow, kind: str, reason: str | None = None
    ) -> dict[str, Any]:
        """Store the rule set's next revision with its event; its document."""
        row = replace(row, revision=row.revision + 1)
        await rows.write(change.connection, row)
        enactments = await rows.enactments(change.connection)
        today = self.clock.today()
        change.event(rule_set_event(row, enactments, kind, today, caller.client, reason))
        return rule_set_document(caller, row, enactments, today)


def _is_of(job: Job, row: RuleSetRow) -> bool:
    params = job.params
    return bool(
        job.kind == JOB_KIND
        and params.get("of") == KIND
        and params["rule_set"] == row.id
        and params["rule_set_digest"] == row.digest
    )
