"""Proving a rule set: the exact proof over the directory and the file's own tests, as a report."""

import asyncio
from dataclasses import dataclass, replace
from typing import Any, ClassVar

from jurisdiction_router.core.deciding.timeline import Jurisdiction
from jurisdiction_router.core.proving.proof import AFFECTING
from jurisdiction_router.core.proving.proof_report import SHOWN, Proof
from jurisdiction_router.core.refusals import RuleSetChanged
from jurisdiction_router.core.rules.rule_set import RuleSet
from jurisdiction_router.facts.find_affected import examples_visible_to, organizations_affected
from jurisdiction_router.facts.read import places_of
from jurisdiction_router.jurisdiction.current import CurrentJurisdiction
from jurisdiction_router.rule_sets import rows
from jurisdiction_router.rule_sets.documents import rule_set_event, rule_set_of
from servicekit.auth import Caller
from servicekit.database import Database
from servicekit.errors import IdempotencyConflict, NotFound, OutsideAreas
from servicekit.ledger import Attempt, Changes, StoredAnswer
from servicekit.time import Clock


@dataclass(frozen=True, slots=True)
class ProveRuleSet:
    """The use case, with what it needs."""

    refusals: ClassVar = (NotFound, OutsideAreas, RuleSetChanged, IdempotencyConflict)

    database: Database
    changes: Changes
    clock: Clock
    current: CurrentJurisdiction

    async def __call__(self, caller: Caller, rule_set_id: str, attempt: Attempt) -> StoredAnswer:
        """Prove the rule set over the directory as it is now, and keep the report.

        A report that finds something is an answer, not an error: `proved` is false and
        `counterexamples` say why, each with the organizations of the register that it affects.
        """
        async with self.database.reading() as connection:
            read = await rule_set_of(connection, caller, rule_set_id, "read")
        jurisdiction = await self.current.read()
        rule_set = read.rule_set()
        proof = await asyncio.to_thread(Proof, rule_set, jurisdiction.directory)
        report = await self._report(rule_set, jurisdiction, proof)
        async with self.changes.begin(caller, attempt) as change:
            if change.replayed:
                return change.replayed
            row = await rule_set_of(change.connection, caller, rule_set_id, "change")
            if row.digest != read.digest:
                raise RuleSetChanged(id=rule_set_id)
            if row.proof != report:
                row = replace(row, proof=report, proved=proof.holds, revision=row.revision + 1)
                await rows.write(change.connection, row)
                kind = "proved" if proof.holds else "refuted"
                enactments = await rows.enactments(change.connection)
                today = self.clock.today()
                change.event(rule_set_event(row, enactments, kind, today, caller.client))
            return change.answer(200, report_visible_to(caller, report))

    async def _report(
        self, rule_set: RuleSet, jurisdiction: Jurisdiction, proof: Proof
    ) -> dict[str, Any]:
        """The report, each counterexample with the organizations that it affects."""
        report = proof.report(self.current.vocabulary)
        shown = proof.counterexamples[:SHOWN]
        if not any(example.kind in AFFECTING for example in shown):
            return report
        always = rule_set.valid_from, rule_set.valid_until
        async with self.database.snapshot() as connection:
            places = await places_of(connection, jurisdiction.directory, rule_set.scope)
            affected = await organizations_affected(
                connection, jurisdiction, places, [(example, always) for example in shown]
            )
        for document, organizations in zip(report["counterexamples"], affected, strict=True):
            document["organizations"] = organizations
        return report


def report_visible_to(caller: Caller, report: dict[str, Any]) -> dict[str, Any]:
    """The report without what lies outside a limited caller's areas: counts and organizations."""
    return {**report, "counterexamples": examples_visible_to(caller, report["counterexamples"])}
