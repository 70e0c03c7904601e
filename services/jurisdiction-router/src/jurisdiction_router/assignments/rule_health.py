"""Live rule health: where the rules in force do not fit the register, as counts with lists behind.

Every count is that of a list: `GET /v1/assignments?health=…` (or `rule=…`, `flip=…`) with the same
filters. As another type of institution nearly everybody would have another body: whom it is worth
to look at is told by the fact (`one_fact_away_by`).
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from jurisdiction_router.assignments import rows
from jurisdiction_router.assignments.rows import HEALTH
from jurisdiction_router.core.periods import holds_on
from jurisdiction_router.jurisdiction.current import CurrentJurisdiction
from servicekit.auth import Caller
from servicekit.database import Database
from servicekit.time import Clock


@dataclass(frozen=True, slots=True)
class ReadRuleHealth:
    """The use case, with what it needs."""

    database: Database
    current: CurrentJurisdiction
    clock: Clock

    async def __call__(
        self, caller: Caller, areas: Sequence[str] | None, valid_on: date | None
    ) -> dict[str, Any]:
        """Counts on a day, within the caller's areas and `areas` (prefixes of codes)."""
        day = valid_on or self.clock.today()
        filters = {"area": areas} if areas else {}
        where = rows.conditions(filters, day, caller.like_patterns())
        async with self.database.snapshot() as connection:
            jurisdiction = await self.current.visible_in(connection)
            cells = await rows.counts(connection, where)
            by_basis = await rows.counts_by_basis(connection, where)
            by_flip = await rows.counts_by_flip(connection, where)
            by_health = {
                health: await rows.count(connection, [*where, condition()])
                for health, condition in HEALTH.items()
            }
        matched = {(cell["rule_set"], cell["rule"]) for cell in cells}
        return {
            "valid_on": day.isoformat(),
            "assignments": sum(cell["count"] for cell in cells),
            "rules_without_match": [
                {
                    "rule_set": rule_set.id,
                    "rule": rule.id,
                    "title": {"zh": rule.title.zh, "en": rule.title.en},
                }
                for rule_set in jurisdiction.rule_sets
                if holds_on(rule_set, day)
                for rule in rule_set.rules
                if (rule_set.id, rule.id) not in matched
            ],
            "by_basis": by_basis,
            **by_health,
            "one_fact_away_by": by_flip,
        }
