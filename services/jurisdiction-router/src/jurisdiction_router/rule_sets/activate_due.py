"""Carrying out approved plans on their day, exactly once, whoever is running.

Everything that decides is looked at again under the lock that holds directory, rule sets and
register still: the proof over today's directory, and the impact. If either is not what was
approved, nothing is activated; the plan is set aside with the reason and the difference.
"""

import asyncio
from collections.abc import Sequence
from contextlib import AbstractAsyncContextManager
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
from jurisdiction_router.rule_sets import rows
from jurisdiction_router.rule_sets.documents import rule_set_event
from jurisdiction_router.rule_sets.enactments import Enactment, of_rule_set
from jurisdiction_router.rule_sets.propose import KIND, enactments_after, proposal_of
from jurisdiction_router.rule_sets.rows import RuleSetRow
from servicekit import jobs
from servicekit.auth import Caller
from servicekit.background import Loop
from servicekit.database import Database, Notifications
from servicekit.errors import Refusal
from servicekit.ledger import Ledger
from servicekit.time import Clock

ACTOR: Final = "jurisdiction-router"
_LOOK_SECONDS: Final = 5.0
"""How soon a new day is noticed; an approval wakes at once."""

_DONE: Final = {"activate": "activated", "retire": "retired"}
"""The event that says that an action is done."""

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

    def running(self) -> AbstractAsyncContextManager[None]:
        """Activate what is due while the context is open."""
        loop = Loop(
            name="plans",
            step=self,
            every=_LOOK_SECONDS,
            retry=1,
            wakes=self.notifications,
            channel=jobs.CHANNEL,
        )
        return loop.running()

    async def __call__(self) -> int:
        """Carry out every plan that is due; how many were carried out or set aside."""
        today = self.clock.today()
        async with self.database.reading() as connection:
            due = await rows.due(connection, today)
        for rule_set_id in due:
            await self._carry_out(rule_set_id, today)
        return len(due)

    async def _carry_out(self, rule_set_id: str, today: date) -> None:
        async with self.database.transaction() as connection:
            before = await self.current.hold(connection, "alone")
            row = await rows.lock(connection, rule_set_id)
            if row is None or row.plan is None or row.plan["from"] > today.isoformat():
                return  # another process has done it, or it was withdrawn
            enactments = await rows.enactments(connection)
            action, start = row.plan["action"], date.fromisoformat(row.plan["from"])
            try:
                proposal = await proposal_of(connection, before, row, action, start, today)
                after = enactments_after(row, enactments, action, start)
            except Refusal as refusal:
                await self._set_aside(connection, row, enactments, {"why": refusal.code}, today)
                return
            drift = await self._drift(connection, row, proposal)
            if drift is None:
                await self._apply(connection, row, proposal, enactments, after)
            else:
                await self._set_aside(connection, row, enactments, drift, today)

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
            "of": KIND, "rule_set": row.id, "rule_set_digest": row.digest,
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
        enactments: Sequence[Enactment],
        after: Sequence[Enactment],
    ) -> None:
        plan = row.plan or {}
        await rows.write_enactments(connection, after)
        await next_edition(connection)
        reason = f"{plan['action']} {row.id} from {plan['from']}, approved by {plan['approver']}"
        effective_on = date.fromisoformat(plan["from"])
        events = []
        for each in await rows.all_rows(connection):
            own = each.id == row.id
            if not own and of_rule_set(enactments, each.id) == of_rule_set(after, each.id):
                continue
            kind = _DONE[plan["action"]] if own else "superseded"
            next_ = replace(each, plan=None if own else each.plan, revision=each.revision + 1)
            await rows.write(connection, next_)
            events.append(rule_set_event(next_, after, kind, effective_on, ACTOR, reason))
        touched = await self.reassess.touched(
            connection, proposal.after, proposal.places, Caller(ACTOR, frozenset(), None), reason
        )
        await self.ledger.append(connection, [*events, *touched.events])
        log.info("plan_carried_out", rule_set=row.id, organizations=touched.organizations)

    async def _set_aside(
        self,
        connection: AsyncConnection,
        row: RuleSetRow,
        enactments: Sequence[Enactment],
        reason: dict[str, Any],
        today: date,
    ) -> None:
        stopped = {**reason, "plan": row.plan, "on": today.isoformat()}
        row = replace(row, plan=None, stopped=stopped, revision=row.revision + 1)
        await rows.write(connection, row)
        event = rule_set_event(row, enactments, "stopped", today, ACTOR, str(reason["why"]))
        await self.ledger.append(connection, [event])
        log.warning("plan_stopped", rule_set=row.id, why=reason["why"])
