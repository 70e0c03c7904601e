"""Reassessing the organizations that a changed jurisdiction touches: a few at once, many as a job.

The job needs no copy of what has changed: each of its steps assesses by the newest jurisdiction,
so whatever changes meanwhile, and whatever the follower assesses meanwhile, the end is the same.
"""

from collections.abc import Collection
from dataclasses import dataclass
from typing import Any, Final
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncConnection

from jurisdiction_router.assessment import rows
from jurisdiction_router.assessment.assess import AssessOrganizations
from jurisdiction_router.core.deciding.timeline import Jurisdiction
from jurisdiction_router.jurisdiction.current import CurrentJurisdiction
from servicekit import jobs
from servicekit.auth import Caller
from servicekit.database import Database
from servicekit.jobs import Job
from servicekit.ledger import Ledger, NewEvent

JOB_KIND: Final = "reassessment"
AT_ONCE: Final = 500
"""Up to so many organizations are assessed inside the request that changes the jurisdiction."""
STEP: Final = 2_000
"""Organizations assessed in one transaction of a job."""


@dataclass(frozen=True, slots=True)
class Reassessment:
    """What follows from a change: how many organizations, and the events of those already moved.

    With `job`, they are assessed by it and there are no events yet.
    """

    organizations: int
    events: list[NewEvent]
    job: UUID | None = None


@dataclass(frozen=True, slots=True)
class ReassessOrganizations:
    """The use case and the job's handler, with what they need."""

    database: Database
    ledger: Ledger
    current: CurrentJurisdiction
    assess: AssessOrganizations
    at_once: int = AT_ONCE

    async def touched(
        self,
        connection: AsyncConnection,
        after: Jurisdiction,
        places: Collection[str],
        caller: Caller,
        reason: str | None,
        bodies: Collection[str] = (),
    ) -> Reassessment:
        """Reassess those who ever have one of the division codes `places`.

        And those for whom one of `bodies` is designated on any day.

        Runs in the transaction that changes the jurisdiction to `after`. The caller appends the
        events, together with its own, as the last thing of that transaction.
        """
        also = await rows.designated(connection, bodies) if bodies else []
        few = await rows.touched_organizations(connection, places, self.at_once + 1)
        identifiers = {*few, *also}
        if len(identifiers) <= self.at_once:
            events = await self.assess.reassess(
                connection, after, identifiers, caller.client, reason
            )
            return Reassessment(len(identifiers), events)
        job = await jobs.enqueue(
            connection, JOB_KIND, {"reason": reason, "actor": caller.client}, caller.client,
            caller.areas,
        )  # fmt: skip
        waiting = await rows.queue(connection, job, places, also)
        return Reassessment(waiting, [], job)

    async def __call__(self, job: Job) -> dict[str, Any]:
        """Assess what waits for `job`, a step at a time; `{"reassessed", "reassigned"}`."""
        done, moved = job.done, int((job.result or {}).get("reassigned", 0))
        async with self.database.reading() as connection:
            total = done + await rows.count_queued(connection, job.id)
        while done < total:
            async with self.database.transaction() as connection:
                jurisdiction = await self.current.hold(connection, "shared")
                identifiers = await rows.take_queued(connection, job.id, STEP)
                events = await self.assess.reassess(
                    connection, jurisdiction, identifiers, job.params["actor"], job.params["reason"]
                )
                done, moved = done + len(identifiers), moved + len(events)
                result = {"reassigned": moved}
                await jobs.advance(connection, job, done=done, errors=0, total=total, result=result)
                await self.ledger.append(connection, events)
        return {"reassessed": done, "reassigned": moved}
