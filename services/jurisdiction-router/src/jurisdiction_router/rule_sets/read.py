"""Reading rule sets: lists, one with its content, its proof, its tests, what differs."""

from dataclasses import asdict, dataclass, replace
from datetime import date
from typing import Any

import orjson
from sqlalchemy.ext.asyncio import AsyncConnection

from jurisdiction_router.core.proving.embedded_tests import coverage, run_tests
from jurisdiction_router.core.rules.rule_set import RuleSet
from jurisdiction_router.rule_sets import rows
from jurisdiction_router.rule_sets.diff import diff
from jurisdiction_router.rule_sets.documents import is_visible, rule_set_document, rule_set_of
from jurisdiction_router.rule_sets.prove import report_visible_to
from servicekit.auth import Caller
from servicekit.database import Database
from servicekit.errors import NotFound, refuses
from servicekit.time import Clock


@dataclass(frozen=True, slots=True)
class ReadRuleSets:
    """The use case, with what it needs. All raise Refusal `not-found` for one that is not there."""

    database: Database
    clock: Clock

    async def all(self, caller: Caller) -> dict[str, Any]:
        """The documents of all rule sets whose territory meets the caller's."""
        patterns = caller.like_patterns()
        today = self.clock.today()
        async with self.database.reading() as connection:
            every = await rows.all_rows(connection)
            enactments = await rows.enactments(connection)
        visible = [row for row in every if is_visible(row.scope, patterns)]
        return {"items": [rule_set_document(caller, row, enactments, today) for row in visible]}

    @refuses(NotFound)
    async def one(self, caller: Caller, rule_set_id: str) -> dict[str, Any]:
        """One rule set's document with its whole `content`."""
        async with self.database.reading() as connection:
            row = await rule_set_of(connection, caller, rule_set_id, "read")
            enactments = await rows.enactments(connection)
        document = rule_set_document(caller, row, enactments, self.clock.today())
        return {**document, "content": orjson.loads(row.content)}

    @refuses(NotFound)
    async def proof(self, caller: Caller, rule_set_id: str) -> dict[str, Any]:
        """The report of the last proof."""
        async with self.database.reading() as connection:
            row = await rule_set_of(connection, caller, rule_set_id, "read")
        if row.proof is None:
            raise NotFound()
        return report_visible_to(caller, row.proof)

    @refuses(NotFound)
    async def tests(self, caller: Caller, rule_set_id: str) -> dict[str, Any]:
        """Runs the embedded tests; which rules they reach."""
        async with self.database.reading() as connection:
            row = await rule_set_of(connection, caller, rule_set_id, "read")
        rule_set = row.rule_set()
        results = run_tests(rule_set)
        counts = coverage(rule_set, results)
        return {
            "passed": sum(result.passed for result in results),
            "failed": sum(not result.passed for result in results),
            "results": [asdict(result) for result in results],
            "coverage": [{"rule": rule, "tests": count} for rule, count in counts.items()],
        }

    @refuses(NotFound)
    async def difference(self, caller: Caller, rule_set_id: str, against: str) -> dict[str, Any]:
        """What this rule set changes against another one."""
        async with self.database.reading() as connection:
            after = await rule_set_of(connection, caller, rule_set_id, "read")
            before = await rule_set_of(connection, caller, against, "read")
        return diff(orjson.loads(before.content), orjson.loads(after.content))


async def approved_rule_sets(connection: AsyncConnection) -> list[RuleSet]:
    """The rule sets whose activation is approved, each from its day on.

    What they will replace is not cut short: an approval can still be taken back.
    """
    return [
        replace(row.rule_set(), valid_from=date.fromisoformat(row.plan["from"]))
        for row in await rows.planned(connection)
        if row.plan is not None and row.plan["action"] == "activate"
    ]
