"""Proving a rule set: the exact proof over the directory and the file's own tests, as a report."""

import asyncio
from dataclasses import dataclass, replace
from typing import Any

import orjson

from jurisdiction_router.attempts import Attempt, Worked, once
from jurisdiction_router.core.proving.proof import HITTING
from jurisdiction_router.core.proving.proof_report import SHOWN, Proof
from jurisdiction_router.facts.find_affected import examples_seen_by, organizations_hit
from jurisdiction_router.facts.read import places_of
from jurisdiction_router.jurisdiction.current import CurrentJurisdiction
from jurisdiction_router.rule_sets import rows as rule_set_rows
from jurisdiction_router.rule_sets.documents import rule_set_event, rule_set_of
from servicekit.auth import Caller
from servicekit.database import Database
from servicekit.errors import Refusal
from servicekit.ledger import Ledger, StoredAnswer
from servicekit.time import Clock


@dataclass(frozen=True, slots=True)
class ProveRuleSet:
    """The use case, with what it needs."""

    database: Database
    ledger: Ledger
    clock: Clock
    current: CurrentJurisdiction

    async def __call__(self, caller: Caller, rule_set_id: str, attempt: Attempt) -> StoredAnswer:
        """Prove the rule set over the directory as it is now, and keep the report.

        A report that finds something is an answer, not an error: `proved` is false and
        `counterexamples` say why, each with the organizations of the register that it hits.
        Raises Refusal `not-found`, `outside-areas`, `rule-set-changed` when someone rewrote it
        meanwhile, `idempotency-conflict`.
        """
        async with self.database.reading() as connection:
            read = await rule_set_of(connection, caller, rule_set_id, "read")
        jurisdiction = await self.current.read()
        rule_set = read.rule_set()
        proof = await asyncio.to_thread(Proof, rule_set, jurisdiction.directory)
        report = proof.report(self.current.vocabulary)
        shown = proof.counterexamples[:SHOWN]
        if any(example.kind in HITTING for example in shown):
            always = rule_set.valid_from, rule_set.valid_until
            async with self.database.snapshot() as connection:
                places = await places_of(connection, jurisdiction.directory, rule_set.scope)
                hit = await organizations_hit(
                    connection, jurisdiction, places, [(example, always) for example in shown]
                )
            for document, organizations in zip(report["counterexamples"], hit, strict=True):
                document["organizations"] = organizations

        async def work() -> Worked:
            row = await rule_set_of(connection, caller, rule_set_id, "change")
            answer = StoredAnswer(200, None, orjson.dumps(seen_by(caller, report)).decode())
            if row.digest != read.digest:
                raise Refusal("rule-set-changed", id=rule_set_id)
            if row.proof == report:
                return answer, ()
            row = replace(row, proof=report, proved=proof.holds, revision=row.revision + 1)
            await rule_set_rows.write(connection, row)
            kind = "proved" if proof.holds else "refuted"
            held = await rule_set_rows.enactments(connection)
            event = rule_set_event(row, held, kind, self.clock.today(), caller.client)
            return answer, [event]

        async with self.database.transaction() as connection:
            return await once(connection, self.ledger, caller, attempt, work)


def seen_by(caller: Caller, report: dict[str, Any]) -> dict[str, Any]:
    """The report without what lies outside a limited caller's areas: counts and organizations."""
    return {**report, "counterexamples": examples_seen_by(caller, report["counterexamples"])}
