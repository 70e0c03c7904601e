"""Deciding for an organization described in the request; nothing is stored."""

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, ClassVar

from jurisdiction_router.core.deciding import unknown_street as open_places
from jurisdiction_router.core.refusals import NoRuleSetInForce
from jurisdiction_router.core.rules.facts import Facts, facts_of
from jurisdiction_router.jurisdiction.current import CurrentJurisdiction
from servicekit.time import Clock


@dataclass(frozen=True, slots=True)
class DecideOrganization:
    """The use case, with what it needs."""

    refusals: ClassVar = (NoRuleSetInForce,)

    current: CurrentJurisdiction
    clock: Clock

    async def __call__(
        self, organization: Mapping[str, Any], valid_on: date | None
    ) -> dict[str, Any]:
        """The decision document for `organization` (its state, whole or partial) on a day.

        A field that is absent is unknown; null says that there is none. Where only the street is
        unknown, with what each street of the authority's territory would give.
        """
        day = valid_on or self.clock.today()
        jurisdiction = await self.current.read()
        view = jurisdiction.directory.on(day)
        decision = open_places.decide(jurisdiction, facts_of(organization), view)
        if decision is None:
            raise NoRuleSetInForce(valid_on=day.isoformat())
        return {
            "valid_on": day.isoformat(),
            "decision": decision.digest,
            **decision.document,
        }

    async def many(
        self, organizations: Sequence[Mapping[str, Any]], valid_on: date | None, *, trace: bool
    ) -> dict[str, Any]:
        """The answers for many organizations on one day, in their order; each case decided once.

        `items` has null where no rule set of the territory is in force. Without `trace` a document
        has no trace, no nearest flip and no explanation, and so no digest to be found by.
        """
        day = valid_on or self.clock.today()
        jurisdiction = await self.current.read()
        view = jurisdiction.directory.on(day)
        distinct = [facts_of(organization) for organization in organizations]

        def decide(facts: Facts) -> dict[str, Any] | None:
            if not trace:
                return open_places.decide_plainly(jurisdiction, facts, view)
            decision = open_places.decide(jurisdiction, facts, view)
            if decision is None:
                return None
            return {**decision.document, "decision": decision.digest}

        decisions = await asyncio.to_thread(
            lambda: {facts: decide(facts) for facts in dict.fromkeys(distinct)}
        )
        return {"valid_on": day.isoformat(), "items": [decisions[facts] for facts in distinct]}
