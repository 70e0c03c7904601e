"""Finding the real organizations that counterexamples hit."""

import asyncio
from collections.abc import Collection, Sequence
from datetime import date
from typing import Any, Final
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncConnection

from jurisdiction_router.core.deciding.timeline import Jurisdiction
from jurisdiction_router.core.proving.affected_organizations import AffectedPeriods, Days
from jurisdiction_router.core.proving.proof import AFFECTING, Counterexample
from jurisdiction_router.core.rules.facts import DistinctFacts
from jurisdiction_router.facts import rows as fact_rows
from servicekit.auth import Caller

BATCH: Final = 5_000
SAMPLES: Final = 5
"""Organizations named with a counterexample."""

_Affected = list[tuple[UUID, date, date | None]]


async def organizations_affected(
    connection: AsyncConnection,
    jurisdiction: Jurisdiction,
    places: Collection[str],
    examples: Sequence[tuple[Counterexample, Days]],
) -> list[dict[str, Any] | None]:
    """For each counterexample how many organizations it affects, and a few of them.

    Each comes with the days on which its rule set is in force. Looked at are organizations with
    one of the division codes `places`. None for a counterexample that no organization can have.
    """
    if not any(example.kind in AFFECTING for example, _ in examples):
        return [None for _ in examples]
    affected_periods = AffectedPeriods(jurisdiction.directory)
    noted: list[_Affected] = [[] for _ in examples]
    async for part in fact_rows.facts_in(connection, places, BATCH):
        await asyncio.to_thread(_note, affected_periods, part, examples, noted)
    affected: list[dict[str, Any] | None] = []
    for (example, _), facts in zip(examples, noted, strict=True):
        if example.kind not in AFFECTING:
            affected.append(None)
            continue
        holders = await fact_rows.who_has(connection, facts, SAMPLES)
        affected.append(
            {
                "count": holders.organizations,
                "samples": [
                    {"organization_id": str(holder.organization_id),
                     "area": jurisdiction.access_area(holder.facts, holder.day)}
                    for holder in holders.samples
                ],
            }
        )  # fmt: skip
    return affected


def _note(
    affected_periods: AffectedPeriods,
    part: Sequence[DistinctFacts],
    examples: Sequence[tuple[Counterexample, Days]],
    noted: Sequence[_Affected],
) -> None:
    for row in part:
        for (example, always), periods in zip(examples, noted, strict=True):
            periods += [(row.id, *days) for days in affected_periods.of(example, row.facts, always)]


def examples_visible_to(caller: Caller, examples: Sequence[dict[str, Any]]) -> list[dict[str, Any]]:
    """Counterexamples without what lies outside a limited caller's areas: counts and samples."""
    if caller.areas is None:
        return [*examples]
    visible = []
    for example in examples:
        organizations = example["organizations"]
        if organizations is not None:
            samples = [each for each in organizations["samples"] if caller.may_see(each["area"])]
            organizations = {"count": None, "samples": samples}
        visible.append({**example, "organizations": organizations})
    return visible
