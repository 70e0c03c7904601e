"""Proving a rule set: the exact proof over the directory and the file's own tests, as a report."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any, Final
from uuid import UUID

import orjson
from sqlalchemy.ext.asyncio import AsyncConnection

from jurisdiction_router.domain.proof import HITTING, Counterexample
from jurisdiction_router.domain.proof_report import SHOWN, Proof
from jurisdiction_router.domain.rule_set import RuleSet
from jurisdiction_router.domain.timeline import Jurisdiction
from jurisdiction_router.storage import fact_rows, rule_set_rows
from jurisdiction_router.storage.fact_rows import FactRow
from jurisdiction_router.usecases.attempts import Attempt, Worked, once
from jurisdiction_router.usecases.current_jurisdiction import CurrentJurisdiction
from jurisdiction_router.usecases.rule_set_documents import rule_set_event, rule_set_of
from servicekit.auth import Caller
from servicekit.clock import Clock
from servicekit.database import Database
from servicekit.idempotency import StoredAnswer
from servicekit.ledger import Ledger
from servicekit.refusals import Refusal

BATCH: Final = 5_000
SAMPLES: Final = 5
"""Organizations named with a counterexample."""


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
            async with self.database.snapshot() as connection:
                hit = await _organizations(connection, jurisdiction, rule_set, shown)
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
    if caller.areas is None:
        return report
    examples = []
    for example in report["counterexamples"]:
        hit = example["organizations"]
        if hit is not None:
            seen = [each for each in hit["samples"] if caller.may_see(each["area"])]
            hit = {"count": None, "samples": seen}
        examples.append({**example, "organizations": hit})
    return {**report, "counterexamples": examples}


async def _organizations(
    connection: AsyncConnection,
    jurisdiction: Jurisdiction,
    rule_set: RuleSet,
    examples: Sequence[Counterexample],
) -> list[dict[str, Any] | None]:
    """For each counterexample how many organizations have such facts, and a few of them."""
    places = [
        place
        for place in await fact_rows.all_places(connection)
        if rule_set.scope in jurisdiction.directory.above(place)
    ]
    hit: list[list[UUID]] = [[] for _ in examples]
    async for part in fact_rows.facts_in(connection, places, BATCH):
        await asyncio.to_thread(_note_hits, part, examples, hit)
    found: list[dict[str, Any] | None] = []
    for example, facts in zip(examples, hit, strict=True):
        if example.kind not in HITTING:
            found.append(None)
            continue
        periods = (
            [(e.valid_from, e.valid_until) for e in example.place.extents]
            if (example.place)
            else [(rule_set.valid_from, rule_set.valid_until)]
        )
        holders = await fact_rows.who_has(connection, facts, periods, SAMPLES)
        found.append(
            {
                "count": holders.organizations,
                "samples": [
                    {"organization_id": str(holder.organization_id),
                     "area": jurisdiction.access_area(holder.facts, holder.day)}
                    for holder in holders.samples
                ],
            }
        )  # fmt: skip
    return found


def _note_hits(
    part: Sequence[FactRow], examples: Sequence[Counterexample], hit: list[list[UUID]]
) -> None:
    for row in part:
        for example, facts in zip(examples, hit, strict=True):
            if example.hits(row.facts):
                facts.append(row.id)
