"""Deciding for an organization described in the request; nothing is stored."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from jurisdiction_router.domain.facts import facts_of
from jurisdiction_router.usecases.current_jurisdiction import CurrentJurisdiction
from servicekit.clock import Clock
from servicekit.refusals import Refusal


@dataclass(frozen=True, slots=True)
class DecideOrganization:
    """The use case, with what it needs."""

    current: CurrentJurisdiction
    clock: Clock

    async def __call__(
        self, organization: Mapping[str, Any], valid_on: date | None
    ) -> dict[str, Any]:
        """The decision document for `organization` (its state, whole or partial) on a day.

        A field that is absent is unknown; null says that there is none. Raises Refusal
        `no-rule-set-in-force` when the territory's rule set has not started or has ended.
        """
        day = valid_on or self.clock.today()
        decision = (await self.current.read()).decide(facts_of(organization), day)
        if decision is None:
            raise Refusal("no-rule-set-in-force", valid_on=day.isoformat())
        return {
            "valid_on": day.isoformat(),
            "decision": decision.digest,
            **decision.document,
        }
