"""Carrying out approved plans on their day, exactly once, whoever is running.

Everything that decides is looked at again under the lock that holds directory, rule sets and
register still: the proof over today's directory, and the impact. If either is not what was
approved, nothing is activated; the plan is set aside with the reason and the difference.
"""

import asyncio
import contextlib
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from datetime import date
from typing import Any, Final

import structlog
from sqlalchemy.ext.asyncio import AsyncConnection

from jurisdiction_router.assessment.reassess import ReassessOrganizations
from jurisdiction_router.core.proving.proof_report import Proof
from jurisdiction_router.impacts.compute import Proposal
from jurisdiction_router.impacts.repeat import difference, forget, keep, repeat
from jurisdiction_router.jurisdiction.current import CurrentJurisdiction, next_edition
from jurisdiction_router.rule_sets import rows as rule_set_rows
from jurisdiction_router.rule_sets.documents import rule_set_event
from jurisdiction_router.rule_sets.enactments import Enactment, of_rule_set
from jurisdiction_router.rule_sets.propose import OF, enactments_after, proposal_of
from jurisdiction_router.rule_sets.rows import RuleSetRow
from servicekit import jobs
from servicekit.auth import Caller
from servicekit.database import Database, Notifications
from servicekit.errors import Refusal
from servicekit.ledger import Ledger
from servicekit.time import Clock

ACTOR: Final = "jurisdiction-router"
_LOOK_SECONDS: Final = 5.0
"""How soon a new day is noticed; an approval wakes at once."""

log = structlog.get_logger()


@dataclass(frozen=True, slots=True)
class ActivateDueRuleSets:
    """The use case, with what it needs."""

    database: Database
    ledger: Ledger
    clock: Clock
    current: CurrentJurisdiction
    reassess: ReassessOrganizations
    notifications: Notifications

    @asynccontextmanager
    async def running(self) -> AsyncIterator[None]:
        """Carry out what is due while the context is open."""
        task = asyncio.create_task(self._run(), name="plans")
        try:
            yield
        finally:
            task.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await task

    async def _run(self) -> None:
        while True:
            try:
                notification = self.notifications.next_notification(jobs.CHANNEL)
                if not await self():
                    await self.notifications.wait(jobs.CHANNEL, _LOOK_SECONDS, notification)
            except Exception:
                log.exception("plans")
                await asyncio.sleep(1)

    async def __call__(self) -> int:
        """Carry out every plan that is due; how many were carried out or set aside."""
        today = self.clock.today()
        async with self.database.reading() as connection:
            due = await rule_set_rows.due(connection, today)
        for rule_set_id in due:
            await self._carry_out(rule_set_id, today)
        return len(due)

    async def _carry_out(self, rule_set_id: str, today: date) -> None:
        async with self.database.transaction() as connection:
            before = await self.current.hold(connection, "alone")
            row = await rule_set_rows.lock(connection, rule_set_id)
            if row is None or row.plan is None or row.plan["from"] > today.isoformat():
                return  # another process has done it, or it was withdrawn
            held = await rule_set_rows.enactments(connection)
            action, start = row.plan["action"], date.fromisoformat(row.plan["from"])
            try:
                proposal = await proposal_of(connection, before, row, action, start, today)
                after = enactments_after(row, held, action, start)
            except Refusal as refusal:
                await self._set_aside(connection, row, held, {"why": refusal.code}, today)
                return
            drift = await self._drift(connection, row, proposal)
            if drift is None:
                await self._apply(connection, row, proposal, held, after)
            else:
                await self._set_aside(connection, row, held, drift, today)

    async def _drift(
        self, connection: AsyncConnection, row: RuleSetRow, proposal: Proposal
    ) -> dict[str, Any] | None:
        """Why the plan must not be carried out: what is no longer as it was approved."""
        plan = row.plan or {}
        if plan["action"] == "activate":
            proof = await asyncio.to_thread(Proof, row.rule_set(), proposal.after.directory)
            if not proof.holds:
                report = proof.report(self.current.vocabulary)
                return {"why": "rule-set-unproved", "proof": report}
        repeated = await repeat(connection, proposal)
        if repeated.digest == plan["digest"]:
            await forget(connection, repeated)
            return None
        params = {
            "of": OF, "rule_set": row.id, "rule_set_digest": row.digest,
            "action": plan["action"], "from": plan["from"],
        }  # fmt: skip
        await keep(connection, repeated, params, ACTOR)
        return {
            "why": "impact-differs",
            "approved_impact": plan["impact"],
            "found_impact": str(repeated.id),
            "difference": await difference(connection, plan["impact"], repeated),
        }

    async def _apply(
        self,
        connection: AsyncConnection,
        row: RuleSetRow,
        proposal: Proposal,
        held: Sequence[Enactment],
        after: Sequence[Enactment],
    ) -> None:
        plan = row.plan or {}
        await rule_set_rows.write_enactments(connection, after)
        await next_edition(connection)
        reason = f"{plan['action']} {row.id} from {plan['from']}, approved by {plan['approver']}"
        events = []
        for each in await rule_set_rows.all_rows(connection):
            if each.id != row.id and of_rule_set(held, each.id) == of_rule_set(after, each.id):
                continue
            kind = "superseded"
            if each.id == row.id:
                each = replace(each, plan=None)  # noqa: PLW2901 - the same rule set, done with
                kind = "activated" if plan["action"] == "activate" else "retired"
            each = replace(each, revision=each.revision + 1)  # noqa: PLW2901
            await rule_set_rows.write(connection, each)
            effective_on = date.fromisoformat(plan["from"])
            events.append(rule_set_event(each, after, kind, effective_on, ACTOR, reason))
        touched = await self.reassess.touched(
            connection, proposal.after, proposal.places, Caller(ACTOR, frozenset(), None), reason
        )
        await self.ledger.append(connection, [*events, *touched.events])
        log.info("plan_carried_out", rule_set=row.id, organizations=touched.organizations)

    async def _set_aside(
        self,
        connection: AsyncConnection,
        row: RuleSetRow,
        held: Sequence[Enactment],
        reason: dict[str, Any],
        today: date,
    ) -> None:
        stopped = {**reason, "plan": row.plan, "on": today.isoformat()}
        row = replace(row, plan=None, stopped=stopped, revision=row.revision + 1)
        await rule_set_rows.write(connection, row)
        event = rule_set_event(row, held, "stopped", today, ACTOR, str(reason["why"]))
        await self.ledger.append(connection, [event])
        log.warning("plan_stopped", rule_set=row.id, why=reason["why"])
