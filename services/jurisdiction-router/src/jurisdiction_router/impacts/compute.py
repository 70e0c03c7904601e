"""Computing what another jurisdiction would change, over the whole register, set-wise.

Two parts. `ImpactOf` is the computation in a transaction of its caller's: for a job's snapshot, or
for an activation that holds everything still. `RunImpact` is the durable job around it, open to
whatever can say which jurisdiction it proposes: a rule set, or a restructuring.
"""

import asyncio
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, Final
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncConnection

from jurisdiction_router.assessment.read import overridden_organizations
from jurisdiction_router.core.deciding.designation import Override
from jurisdiction_router.core.deciding.timeline import Jurisdiction
from jurisdiction_router.core.rules.facts import DistinctFacts, FactPeriod
from jurisdiction_router.facts.read import count_facts, facts_in
from jurisdiction_router.impacts import rows as impact_rows
from jurisdiction_router.impacts.differences import Placed, changes, placed, placed_by_timelines
from jurisdiction_router.impacts.rows import Flows, NewFlow, StagedChange
from jurisdiction_router.jurisdiction.current import CurrentJurisdiction
from servicekit import jobs
from servicekit.database import Database
from servicekit.errors import Refusal
from servicekit.jobs import Job, JobFailed

JOB_KIND: Final = "impact"
BATCH: Final = 5_000
"""Distinct facts decided between two looks at the clock; bounds how long a cancellation waits."""

OVERRIDDEN_BATCH: Final = 500
"""Organizations under an override, each of which is assessed on its own."""

OnProgress = Callable[[int, int], Awaitable[None]]


@dataclass(frozen=True, slots=True)
class Proposal:
    """Another jurisdiction, and what it can touch.

    `places` are the organizations' division codes whose answers may differ. `valid_on` is the day
    that is summed up. `header` names what is proposed: it goes into the digest, so that the impact
    of one proposal can't be taken for another's.
    """

    before: Jurisdiction
    after: Jurisdiction
    places: Sequence[str]
    valid_on: date
    header: str


Propose = Callable[[AsyncConnection, Jurisdiction, Mapping[str, Any]], Awaitable[Proposal]]
"""Says, inside a snapshot, what a job's `params` propose. Raises Refusal if it can't."""


async def no_progress(_done: int, _total: int) -> None:
    """For those who wait anyway."""


async def impact_of(
    connection: AsyncConnection,
    impact: UUID,
    proposal: Proposal,
    on_progress: OnProgress = no_progress,
) -> str:
    """Compute and store an impact under a new id; the digest of its list.

    The connection's transaction must see one state of the register throughout.
    """
    await impact_rows.begin(connection)
    total = await count_facts(connection, proposal.places)
    await on_progress(0, total)
    flows: Flows = {}
    done = 0
    async for part in facts_in(connection, proposal.places, BATCH):
        staged = await asyncio.to_thread(_staged, proposal, part, flows)
        if staged:
            await impact_rows.stage(connection, staged)
        done += len(part)
        await on_progress(done, total)
    await _stage_overridden(connection, proposal, flows)
    await impact_rows.store_moves(connection, impact, flows)
    return await impact_rows.finish(
        connection, impact, proposal.header, proposal.valid_on, proposal.places
    )


def _staged(proposal: Proposal, part: Sequence[DistinctFacts], flows: Flows) -> list[StagedChange]:
    staged = []
    for row in part:
        moves = changes(proposal.before, proposal.after, row.facts)
        pieces = placed(proposal.before, proposal.after, row.facts, moves)
        staged += [_stage(row.id, piece, flows) for piece in pieces]
    return staged


def _stage(of: UUID, piece: Placed, flows: Flows) -> StagedChange:
    change = piece.change
    flow = flows.setdefault(change.key(), NewFlow(len(flows), change.before, change.after))
    days = change.valid_from, change.valid_until
    return StagedChange(of, piece.area, piece.area_after, *days, flow.number)


async def _stage_overridden(connection: AsyncConnection, proposal: Proposal, flows: Flows) -> None:
    """Whom an override places moves as the whole timeline does: it may end, or its body may."""
    async for part in overridden_organizations(connection, OVERRIDDEN_BATCH):
        staged = await asyncio.to_thread(
            _staged_overridden, proposal, part.periods, part.overrides, flows
        )
        await impact_rows.stage_overridden(connection, staged)


def _staged_overridden(
    proposal: Proposal,
    periods: Mapping[UUID, Sequence[FactPeriod]],
    overrides: Mapping[UUID, Sequence[Override]],
    flows: Flows,
) -> list[StagedChange]:
    return [
        _stage(identifier, piece, flows)
        for identifier, own in overrides.items()
        for piece in placed_by_timelines(
            proposal.before.timeline(periods.get(identifier, ()), own),
            proposal.after.timeline(periods.get(identifier, ()), own),
        )
    ]


@dataclass(frozen=True, slots=True)
class RunImpact:
    """The job's handler, with what it needs."""

    database: Database
    current: CurrentJurisdiction
    impact_sources: Mapping[str, Propose]

    async def __call__(self, job: Job) -> dict[str, Any]:
        """Compute the impact of what `job.params` propose, on one snapshot; its digest.

        A job that was interrupted starts over: its half-done work was rolled back.
        """

        async def on_progress(done: int, total: int) -> None:
            async with self.database.transaction() as other:
                await jobs.advance(other, job, done=done, errors=0, total=total)

        async with self.database.transaction() as connection:
            await impact_rows.hold_snapshot(connection)
            before = await self.current.visible_in(connection)
            try:
                propose = self.impact_sources[job.params["of"]]
                proposal = await propose(connection, before, job.params)
            except Refusal as refusal:
                raise JobFailed({"error": refusal.code, **refusal.facts}) from refusal
            digest = await impact_of(connection, job.id, proposal, on_progress)
        return {"digest": digest}
