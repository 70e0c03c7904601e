"""A ranking of candidates for a purchase of services, a transfer of functions or an award."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import ClassVar
from uuid import UUID

from registry_api.advice.ranking import Candidate, RankedCandidate, judged, ranked
from registry_api.core.organization.known_past import KnownPast
from registry_api.core.organization.state import access_area
from registry_api.core.refusals import UnknownCandidates
from registry_api.history import read as history
from registry_api.organizations.look_up import Names, find_named
from servicekit.auth import Caller
from servicekit.database import Database
from servicekit.errors import Violation
from servicekit.time import Clock


@dataclass(frozen=True, slots=True)
class Competitor:
    """Whom the caller names, by id or by credit code, and the score given outside."""

    id: UUID | None
    credit_code: str | None
    score: float

    @property
    def field(self) -> str:
        """The field that names it."""
        return "id" if self.id is not None else "credit_code"

    @property
    def named(self) -> str:
        """What it says."""
        return str(self.id) if self.id is not None else (self.credit_code or "").strip().upper()


@dataclass(frozen=True, slots=True)
class RankCandidates:
    """The use case, with what it needs."""

    refusals: ClassVar = (UnknownCandidates,)

    database: Database
    clock: Clock

    async def __call__(
        self, caller: Caller, competitors: Sequence[Competitor], valid_on: date | None
    ) -> tuple[date, list[RankedCandidate]]:
        """The day and the ranking, by what is known now of that day.

        Raises UnknownCandidates, naming each that is unknown, outside the caller's
        areas or named twice.
        """
        day = valid_on or self.clock.today()
        pasts, by_code = await self._pasts(caller, competitors)
        candidates: list[Candidate] = []
        first: dict[UUID, int] = {}
        violations: list[Violation] = []
        for place, competitor in enumerate(competitors):
            pointer = f"/candidates/{place}/{competitor.field}"
            identifier = competitor.id or by_code.get(competitor.named)
            past = pasts.get(identifier) if identifier else None
            state = past.on(day) if past else None
            if not identifier or not past or not state or not caller.may_see(access_area(state)):
                violations.append(Violation(pointer, "candidate_unknown", competitor.named))
            elif identifier in first:
                facts = {"first": first[identifier] + 1}
                violations.append(Violation(pointer, "candidate_repeated", competitor.named, facts))
            else:
                first[identifier] = place
                candidates.append(judged(identifier, competitor.score, state, past.timeline, day))
        if violations:
            raise UnknownCandidates(*violations)
        return day, ranked(candidates)

    async def _pasts(
        self, caller: Caller, competitors: Sequence[Competitor]
    ) -> tuple[dict[UUID, KnownPast], dict[str, UUID]]:
        """What is known of those that there are, by id; and the ids of their credit codes."""
        codes = [c.named for c in competitors if c.id is None]
        ids = [c.id for c in competitors if c.id is not None]
        async with self.database.snapshot() as connection:
            bearers = await find_named(connection, caller, Names(codes, ids, []))
            patches = await history.patches_of(connection, [bearer.id for bearer in bearers])
        pasts = {identifier: KnownPast(known) for identifier, known in patches.items()}
        return pasts, {bearer.credit_code: bearer.id for bearer in bearers if bearer.credit_code}
