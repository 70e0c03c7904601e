"""Proving a rule set: the exact proof and the file's own tests, kept as a report."""

import asyncio
from dataclasses import dataclass, replace
from typing import Any

from jurisdiction_router.domain.proof_report import proof_report
from jurisdiction_router.storage import rule_set_rows
from jurisdiction_router.usecases.current_jurisdiction import CurrentJurisdiction
from jurisdiction_router.usecases.rule_set_documents import rule_set_event, rule_set_of
from servicekit.auth import Caller
from servicekit.clock import Clock
from servicekit.database import Database
from servicekit.ledger import Ledger
from servicekit.refusals import Refusal


@dataclass(frozen=True, slots=True)
class ProveRuleSet:
    """The use case, with what it needs."""

    database: Database
    ledger: Ledger
    clock: Clock
    current: CurrentJurisdiction

    async def __call__(self, caller: Caller, rule_set_id: str) -> dict[str, Any]:
        """Prove the rule set over the directory as it is now, and keep the report.

        A report that finds something is an answer, not an error: `proved` is false and
        `counterexamples` say why. Raises Refusal `not-found`, `outside-areas`, and
        `rule-set-changed` when someone rewrote it meanwhile.
        """
        async with self.database.reading() as connection:
            read = await rule_set_of(connection, caller, rule_set_id, "read")
        directory = (await self.current.read()).directory
        report = await asyncio.to_thread(proof_report, read.rule_set(), directory)
        async with self.database.transaction() as connection:
            row = await rule_set_of(connection, caller, rule_set_id, "change")
            if row.digest != read.digest:
                raise Refusal("rule-set-changed", id=rule_set_id)
            if row.proof == report:
                return report
            row = replace(row, proof=report, proved=report["proved"], revision=row.revision + 1)
            await rule_set_rows.write(connection, row)
            kind = "proved" if report["proved"] else "refuted"
            held = await rule_set_rows.enactments(connection)
            await self.ledger.append(
                connection, [rule_set_event(row, held, kind, self.clock.today(), caller.client)]
            )
        return report
