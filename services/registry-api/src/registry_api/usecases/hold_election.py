"""Leadership election 换届: open it, review its candidates, complete it."""

from dataclasses import dataclass, replace
from datetime import date
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncConnection

from registry_api.domain import elections
from registry_api.domain.elections import (
    Candidate,
    CandidateReviewed,
    ElectionCompleted,
    ElectionOpened,
)
from registry_api.domain.life_events.event import Effect
from registry_api.domain.organization import State
from registry_api.storage import candidates
from registry_api.usecases.change_organization import locked
from registry_api.usecases.record_event import Happening, Recorded, RecordEvent
from servicekit.auth import Caller
from servicekit.database import Database
from servicekit.ids import uuid7
from servicekit.refusals import Refusal
from servicekit.sealing import Sealer

OPENED = "organization.election_opened"
REVIEWED = "organization.candidate_reviewed"
COMPLETED = "organization.election_completed"


@dataclass(frozen=True, slots=True)
class Attempt:
    """What makes a request safe: the ETag that was read, and the idempotency key."""

    if_match: str | None
    key: str | None
    fingerprint: str


@dataclass(frozen=True, slots=True)
class HoldElection:
    """The use cases of an election; `sealer` is None where no key ring is configured."""

    database: Database
    record_event: RecordEvent
    sealer: Sealer | None

    async def open(
        self, caller: Caller, organization: UUID, event: ElectionOpened, attempt: Attempt
    ) -> Recorded:
        """Open an election; the outcome lists the candidates' ids.

        Raises Refusal as `RecordEvent` does, and `names-not-configured` when names are sent to a
        register that has no keys to seal them with.
        """
        rows = [
            (Candidate(uuid7(), new.post, "pending", None), new.name) for new in event.candidates
        ]
        sealed = [(c, self._seal(c, name)) for c, name in rows]

        async def add(connection: AsyncConnection, _: State) -> None:
            await candidates.add(connection, organization, event.effective_on, sealed)

        def effect(state: State) -> Effect:
            listed = [{"id": str(c.id), "post": c.post} for c, _ in rows]
            return replace(elections.opening(state, event), outcome={"candidates": listed})

        happening = _happening(OPENED, event.effective_on, event.reason, attempt)
        return await self.record_event(
            caller, organization, replace(happening, effect=effect, after=add)
        )

    async def review(
        self, caller: Caller, organization: UUID, event: CandidateReviewed, attempt: Attempt
    ) -> Recorded:
        """Record a candidate's review. Raises Refusal as `RecordEvent` does."""
        held: list[Candidate] = []

        async def load(connection: AsyncConnection, state: State) -> None:
            held.extend(c for c, _ in await _candidates(connection, state, organization))

        async def keep(connection: AsyncConnection, _: State) -> None:
            await candidates.record_result(
                connection, event.candidate_id, event.result, event.effective_on
            )

        happening = _happening(REVIEWED, event.effective_on, event.reason, attempt)
        return await self.record_event(
            caller,
            organization,
            replace(
                happening,
                before=load,
                effect=lambda state: elections.review(state, event, held),
                after=keep,
            ),
        )

    async def complete(
        self, caller: Caller, organization: UUID, event: ElectionCompleted, attempt: Attempt
    ) -> Recorded:
        """Complete the election. Raises Refusal as `RecordEvent` does."""
        held: list[Candidate] = []

        async def load(connection: AsyncConnection, state: State) -> None:
            held.extend(c for c, _ in await _candidates(connection, state, organization))

        happening = _happening(COMPLETED, event.effective_on, event.reason, attempt)
        return await self.record_event(
            caller,
            organization,
            replace(
                happening,
                before=load,
                effect=lambda state: elections.completion(state, event.effective_on, held),
            ),
        )

    async def read_candidates(
        self, caller: Caller, organization: UUID
    ) -> list[tuple[Candidate, str | None]]:
        """The candidates of the latest election with their names; the read is audited.

        Raises Refusal `not-found`, `organization-void`.
        """
        async with self.database.transaction() as connection:
            held = await locked(connection, caller, organization)
            rows = await _candidates(connection, held.state, organization)
            await candidates.note_access(connection, caller.client, organization, "candidate names")
        return [(c, self._unseal(c, sealed)) for c, sealed in rows]

    async def reseal(self, batch: int = 500) -> int:
        """Seal anew every name that an older key sealed; how many there were.

        Raises Refusal `names-not-configured`; SealBrokenError for a name that does not open.
        """
        if self.sealer is None:
            raise Refusal("names-not-configured")
        total = 0
        while True:
            async with self.database.transaction() as connection:
                rows = await candidates.sealed_before(connection, self.sealer.mark, batch)
                for candidate, sealed in rows:
                    name = self.sealer.open(sealed, str(candidate))
                    anew = self.sealer.seal(name, str(candidate))
                    await candidates.replace_sealed(connection, candidate, anew)
            total += len(rows)
            if len(rows) < batch:
                return total

    def _seal(self, candidate: Candidate, name: str | None) -> bytes | None:
        if name is None:
            return None
        if self.sealer is None:
            raise Refusal("names-not-configured")
        return self.sealer.seal(name, str(candidate.id))

    def _unseal(self, candidate: Candidate, sealed: bytes | None) -> str | None:
        if sealed is None or self.sealer is None:
            return None
        return self.sealer.open(bytes(sealed), str(candidate.id))


async def _candidates(
    connection: AsyncConnection, state: State, organization: UUID
) -> list[tuple[Candidate, bytes | None]]:
    """The latest election's candidates with their sealed names; none before the first election."""
    election = state["leadership_election"]
    if election is None:
        return []
    opened_on = date.fromisoformat(election["opened_on"])
    return await candidates.of_election(connection, organization, opened_on)


def _happening(type_: str, day: date, reason: str | None, attempt: Attempt) -> Happening:
    return Happening(
        type=type_,
        effective_on=day,
        reason=reason,
        effect=lambda _: Effect({}),
        if_match=attempt.if_match,
        key=attempt.key,
        fingerprint=attempt.fingerprint,
    )
