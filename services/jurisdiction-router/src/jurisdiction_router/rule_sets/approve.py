"""Approving what a rule set's impact showed, by someone who did not write the rule set."""

from dataclasses import dataclass, replace
from typing import Any
from uuid import UUID

import orjson
from sqlalchemy.ext.asyncio import AsyncConnection

from jurisdiction_router.attempts import Attempt, Worked, once
from jurisdiction_router.impacts.compute import JOB_KIND
from jurisdiction_router.impacts.repeat import digest_of
from jurisdiction_router.rule_sets import rows as rule_set_rows
from jurisdiction_router.rule_sets.documents import rule_set_document, rule_set_event, rule_set_of
from jurisdiction_router.rule_sets.propose import OF
from jurisdiction_router.rule_sets.rows import RuleSetRow
from servicekit import jobs
from servicekit.auth import Caller
from servicekit.database import Database
from servicekit.errors import Refusal
from servicekit.http import check_if_match
from servicekit.ledger import Ledger, StoredAnswer
from servicekit.time import Clock


@dataclass(frozen=True, slots=True)
class ApproveRuleSet:
    """The use case, with what it needs."""

    database: Database
    ledger: Ledger
    clock: Clock

    async def __call__(
        self, caller: Caller, rule_set_id: str, impact: UUID, digest: str, attempt: Attempt
    ) -> StoredAnswer:
        """Approve what `impact` proposes, bound to its `digest`; the rule set's document.

        It is carried out by itself on its day. Raises Refusal: `not-found`, `outside-areas`,
        `approved-by-author`, `already-approved`, `impact-of-another` for an impact that is not
        (or not yet) one of this text, `impact-differs` for another digest, `idempotency-conflict`;
        Problem 412 and 428.
        """

        async def work() -> Worked:
            row = await rule_set_of(connection, caller, rule_set_id, "change")
            check_if_match(attempt.if_match, row.revision)
            if caller.client in row.authors:
                raise Refusal("approved-by-author", client=caller.client)
            if row.plan is not None:
                raise Refusal("already-approved", id=row.id, start=row.plan["from"])
            job = await jobs.find(connection, impact)
            if job is None or job.kind != JOB_KIND or not _is_of(job.params, row):
                raise Refusal("impact-of-another", id=row.id, impact=str(impact))
            computed = await digest_of(connection, impact)
            if computed is None:
                raise Refusal("impact-of-another", id=row.id, impact=str(impact))
            if computed != digest:
                raise Refusal("impact-differs", sent=digest, found=computed)
            plan = {
                "action": job.params["action"], "from": job.params["from"],
                "impact": str(impact), "digest": digest, "approver": caller.client,
            }  # fmt: skip
            # Whoever carries out plans looks as soon as this is committed.
            await rule_set_rows.wake(connection, jobs.CHANNEL)
            return await self._record(
                connection, caller, replace(row, plan=plan, stopped=None), "approved"
            )

        async with self.database.transaction() as connection:
            return await once(connection, self.ledger, caller, attempt, work)

    async def withdraw(
        self, caller: Caller, rule_set_id: str, reason: str | None, attempt: Attempt
    ) -> StoredAnswer:
        """Take an approval back before its day; the rule set's document.

        Raises Refusal `not-found`, `outside-areas`, `nothing-approved`, `idempotency-conflict`;
        Problem 412 and 428.
        """

        async def work() -> Worked:
            row = await rule_set_of(connection, caller, rule_set_id, "change")
            check_if_match(attempt.if_match, row.revision)
            if row.plan is None:
                raise Refusal("nothing-approved", id=row.id)
            return await self._record(
                connection, caller, replace(row, plan=None), "withdrawn", reason
            )

        async with self.database.transaction() as connection:
            return await once(connection, self.ledger, caller, attempt, work)

    async def _record(
        self,
        connection: AsyncConnection,
        caller: Caller,
        row: RuleSetRow,
        kind: str,
        reason: str | None = None,
    ) -> Worked:
        row = replace(row, revision=row.revision + 1)
        await rule_set_rows.write(connection, row)
        held = await rule_set_rows.enactments(connection)
        today = self.clock.today()
        document = rule_set_document(caller, row, held, today)
        event = rule_set_event(row, held, kind, today, caller.client, reason)
        return StoredAnswer(200, None, orjson.dumps(document).decode()), [event]


def _is_of(params: dict[str, Any], row: RuleSetRow) -> bool:
    return bool(
        params.get("of") == OF
        and params["rule_set"] == row.id
        and params["rule_set_digest"] == row.digest
    )
