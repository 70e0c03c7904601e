"""What activating or retiring a rule set would change: the proposal behind its impact."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Any, Final, Literal
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncConnection

from jurisdiction_router.core.deciding.timeline import Jurisdiction
from jurisdiction_router.core.periods import holds_on
from jurisdiction_router.core.refusals import PlanNotPossible, RuleSetChanged, RuleSetNotProved
from jurisdiction_router.core.rules.rule_set import RuleSet
from jurisdiction_router.facts.read import places_of
from jurisdiction_router.impacts.compute import JOB_KIND, Proposal
from jurisdiction_router.rule_sets import enactments as domain
from jurisdiction_router.rule_sets import rows
from jurisdiction_router.rule_sets.documents import check_scope, rule_set_of
from jurisdiction_router.rule_sets.enactments import Enactment
from jurisdiction_router.rule_sets.rows import RuleSetRow
from servicekit import jobs
from servicekit.auth import Caller
from servicekit.errors import (
    IdempotencyConflict,
    NotFound,
    OutsideAreas,
    Refusal,
    TooManyJobs,
    Violation,
    refuses,
)
from servicekit.ledger import Attempt, Changes
from servicekit.time import Clock

KIND: Final = "rule_set"
"""What such an impact is of, in its job's parameters."""

Action = Literal["activate", "retire"]


@dataclass(frozen=True, slots=True)
class ProposeRuleSet:
    """The use case, with what it needs."""

    changes: Changes
    clock: Clock
    jobs_per_client: int

    @refuses(
        NotFound, OutsideAreas, RuleSetNotProved, PlanNotPossible, IdempotencyConflict, TooManyJobs
    )
    async def start(
        self,
        caller: Caller,
        rule_set_id: str,
        action: Action,
        start: date | None,
        attempt: Attempt,
    ) -> UUID:
        """Queue the impact of activating (or retiring) the rule set from `start` on; its job.

        `start` None is the first day its file names, or today for a retirement.
        """
        async with self.changes.begin(caller, attempt) as change:
            if change.replayed:
                return UUID(change.replayed.body)
            connection = change.connection
            row = await rule_set_of(connection, caller, rule_set_id, "read")
            check_scope(caller, row.scope)
            enactments = await rows.enactments(connection)
            day = start or _usual_day(row, action, self.clock.today())
            enactments_after(row, enactments, action, day)
            params = {
                "of": KIND, "rule_set": row.id, "rule_set_digest": row.digest,
                "action": action, "from": day.isoformat(),
            }  # fmt: skip
            job = await jobs.enqueue(
                connection, JOB_KIND, params, caller.client, caller.areas, self.jobs_per_client
            )
            change.answer(202, str(job), f"/v1/impacts/{job}")
            return job

    async def propose(
        self, connection: AsyncConnection, before: Jurisdiction, params: Mapping[str, Any]
    ) -> Proposal:
        """The proposal of a queued job. Raises Refusal `rule-set-changed`, `plan-not-possible`."""
        row = await rows.find(connection, params["rule_set"])
        if row is None or row.digest != params["rule_set_digest"]:
            raise RuleSetChanged(id=params["rule_set"])
        return await proposal_of(
            connection, before, row, params["action"], date.fromisoformat(params["from"]),
            self.clock.today(),
        )  # fmt: skip


async def proposal_of(
    connection: AsyncConnection,
    before: Jurisdiction,
    row: RuleSetRow,
    action: Action,
    start: date,
    today: date,
) -> Proposal:
    """The jurisdiction that would be, and the places of the rule set's territory."""
    enactments = await rows.enactments(connection)
    after = enactments_after(row, enactments, action, start)
    rule_sets = {each.id: each for each in before.rule_sets} | {row.id: row.rule_set()}
    return Proposal(
        before=before,
        after=before.with_rule_sets(in_force(after, rule_sets)),
        places=await places_of(connection, before.directory, row.scope),
        valid_on=max(start, today),
        header=f"{action} {row.id} {row.digest} {start.isoformat()}\n",
    )


def in_force(enactments: Sequence[Enactment], rule_sets: Mapping[str, RuleSet]) -> list[RuleSet]:
    """The rule sets as they are enacted, each with the period in which it is in force."""
    return [
        replace(rule_sets[e.rule_set], valid_from=e.valid_from, valid_until=e.valid_until)
        for e in enactments
    ]


def enactments_after(
    row: RuleSetRow, enactments: Sequence[Enactment], action: Action, start: date
) -> list[Enactment]:
    """The enactments once the action is done.

    Raises Refusal `rule-set-not-proved`, `plan-not-possible` for a day outside the file's own
    dates, or on which the rule set is not in force.
    """
    first, last = (row.document[name] for name in ("valid_from", "valid_until"))
    if action == "retire":
        own = domain.of_rule_set(enactments, row.id)
        if not any(holds_on(each, start) or each.valid_from > start for each in own):
            raise _not_possible("rule_set_not_in_force", start)
        return domain.retire(enactments, row.id, row.scope, start)
    if not row.proved:
        raise RuleSetNotProved(id=row.id)
    if start.isoformat() < first or (last is not None and start.isoformat() >= last):
        raise _not_possible("rule_set_outside_dates", start, first=first, last=last or "…")
    end = None if last is None else date.fromisoformat(last)
    return domain.activate(enactments, row.id, row.scope, start, end)


def _usual_day(row: RuleSetRow, action: Action, today: date) -> date:
    return today if action == "retire" else date.fromisoformat(row.document["valid_from"])


def _not_possible(rule: str, start: date, **facts: str) -> Refusal:
    return PlanNotPossible(Violation("/from", rule, start.isoformat(), facts))
