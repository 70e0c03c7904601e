"""Leadership election 换届: open it, review its candidates, complete or cancel it."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from functools import partial
from uuid import UUID

from registry_api.core.life_events import elections
from registry_api.core.life_events.elections import (
    CandidateReviewed,
    CandidateWithdrawn,
    ElectionCancelled,
    ElectionCompleted,
    ElectionOpened,
    NewCandidate,
    Result,
)
from registry_api.core.life_events.event import Effect
from registry_api.core.organization.state import State
from registry_api.core.refusals import NamesNotConfigured, OrganizationVoid
from registry_api.elections import rows
from registry_api.elections.rows import Candidate
from registry_api.life_events.record import EventResult, Hook, RecordEvent
from registry_api.register.change import EventCommand
from registry_api.register.lock import lock_organization
from servicekit.auth import Caller
from servicekit.database import Database
from servicekit.errors import NotFound, refuses
from servicekit.ids import uuid7
from servicekit.ledger import Attempt
from servicekit.sealing import Sealer

_Dated = (
    ElectionOpened | CandidateReviewed | CandidateWithdrawn | ElectionCompleted | ElectionCancelled
)


@dataclass(frozen=True, slots=True)
class ReviewedCandidate:
    """A candidate with the restricted name, and what the review said last."""

    candidate: Candidate
    name: str | None
    result: Result
    reviewed_on: date | None


@dataclass(frozen=True, slots=True)
class HoldElection:
    """The use cases of an election; `sealer` is None where no key ring is configured.

    All of them raise Refusal as `RecordEvent` does.
    """

    database: Database
    record_event: RecordEvent
    sealer: Sealer | None

    @refuses(RecordEvent, NamesNotConfigured)
    async def open(
        self, caller: Caller, organization: UUID, event: ElectionOpened, attempt: Attempt
    ) -> EventResult:
        """Open an election; the outcome has its id and lists the candidates' ids.

        Raises NamesNotConfigured too, when names are sent to a register that has no
        keys to seal them with.
        """
        election = uuid7()
        standing = [self._new(new) for new in event.candidates]
        outcome = {"election_id": str(election), "candidates": _listed(standing)}

        def effect(_: State) -> Effect:
            opened = elections.opening(election, [c.id for c in standing], event.effective_on)
            return Effect(opened.patch, outcome)

        add = partial(rows.add, organization=organization, election=election, candidates=standing)
        return await self._record(
            caller, organization, elections.OPENED, event, effect, attempt, add
        )

    @refuses(RecordEvent)
    async def review(
        self, caller: Caller, organization: UUID, event: CandidateReviewed, attempt: Attempt
    ) -> EventResult:
        """Record a candidate's review."""
        effect = partial(elections.review, event=event)
        return await self._record(caller, organization, elections.REVIEWED, event, effect, attempt)

    @refuses(RecordEvent, NamesNotConfigured)
    async def withdraw(
        self, caller: Caller, organization: UUID, event: CandidateWithdrawn, attempt: Attempt
    ) -> EventResult:
        """A candidate withdraws; the outcome lists who takes the place, if somebody does."""
        replacing = [] if event.replaced_by is None else [self._new(event.replaced_by)]

        def effect(state: State) -> Effect:
            new = replacing[0].id if replacing else None
            withdrawn = elections.withdrawal(state, event, new)
            return Effect(withdrawn.patch, {"candidates": _listed(replacing)} if replacing else {})

        add = partial(rows.add_beside, beside=event.candidate_id, candidates=replacing)
        return await self._record(
            caller, organization, elections.WITHDRAWN, event, effect, attempt, add
        )

    @refuses(RecordEvent)
    async def complete(
        self, caller: Caller, organization: UUID, event: ElectionCompleted, attempt: Attempt
    ) -> EventResult:
        """Complete the election."""
        effect = partial(elections.completion, day=event.effective_on)
        return await self._record(caller, organization, elections.COMPLETED, event, effect, attempt)

    @refuses(RecordEvent)
    async def cancel(
        self, caller: Caller, organization: UUID, event: ElectionCancelled, attempt: Attempt
    ) -> EventResult:
        """Cancel the election; another one can be opened."""
        effect = partial(elections.cancellation, day=event.effective_on)
        return await self._record(caller, organization, elections.CANCELLED, event, effect, attempt)

    @refuses(NotFound, OrganizationVoid)
    async def read_candidates(self, caller: Caller, organization: UUID) -> list[ReviewedCandidate]:
        """The candidates of the latest election with their names; the read is audited."""
        async with self.database.transaction() as connection:
            stored = await lock_organization(connection, caller, organization)
            election = stored.state["leadership_election"] or {}
            candidates: list[Candidate] = []
            if election.get("id"):
                candidates = await rows.of_election(connection, UUID(election["id"]))
            await rows.note_access(connection, caller.client, organization, "candidate names")
        reviews = election.get("reviews", {})
        return [self._reviewed(c, reviews[str(c.id)]) for c in candidates if str(c.id) in reviews]

    async def reseal(self, batch: int = 500) -> int:
        """Seal anew every name that an older key sealed; how many there were.

        Raises NamesNotConfigured; SealBrokenError for a name that does not open.
        """
        if self.sealer is None:
            raise NamesNotConfigured()
        total = 0
        while True:
            async with self.database.transaction() as connection:
                names = await rows.sealed_otherwise(connection, self.sealer.mark, batch)
                for candidate, sealed in names:
                    name = self.sealer.open(sealed, str(candidate))
                    resealed = self.sealer.seal(name, str(candidate))
                    await rows.replace_sealed(connection, candidate, resealed)
            total += len(names)
            if len(names) < batch:
                return total

    async def _record(
        self,
        caller: Caller,
        organization: UUID,
        type_: str,
        event: _Dated,
        effect: Callable[[State], Effect],
        attempt: Attempt,
        after: Hook | None = None,
    ) -> EventResult:
        command = EventCommand(
            type=type_,
            effective_on=event.effective_on,
            reason=event.reason,
            effect=partial(elections.checked, type_, effect=effect),
        )
        return await self.record_event(caller, organization, command, attempt, after)

    def _new(self, sent: NewCandidate) -> Candidate:
        """The candidate under an id of its own, the name sealed for it."""
        id_, sealed = uuid7(), None
        if sent.name is not None:
            if self.sealer is None:
                raise NamesNotConfigured()
            sealed = self.sealer.seal(sent.name, str(id_))
        return Candidate(id_, sent.post, sealed)

    def _reviewed(self, candidate: Candidate, review: dict[str, str]) -> ReviewedCandidate:
        name, on = None, review["on"]
        if candidate.name_sealed is not None and self.sealer is not None:
            name = self.sealer.open(candidate.name_sealed, str(candidate.id))
        result: Result = review["result"]  # type: ignore[assignment]
        return ReviewedCandidate(candidate, name, result, date.fromisoformat(on) if on else None)


def _listed(listed: list[Candidate]) -> list[dict[str, str]]:
    return [{"id": str(c.id), "post": c.post} for c in listed]
