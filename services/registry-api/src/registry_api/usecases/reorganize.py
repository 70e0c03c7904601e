"""Merger and split: several organizations change, end and begin in one transaction.

All that take part are locked in the order of their ids, changed one by one, and appended to the
ledger together: predecessors first, then successors. Nobody ever reads half of it.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncConnection

from registry_api.domain.life_events.event import Effect, not_possible
from registry_api.domain.organization import OrganizationState, State, to_state
from registry_api.domain.reorganization import (
    MERGED,
    SPLIT,
    Merger,
    Participant,
    Role,
    Split,
    end,
    part,
    succeed,
)
from registry_api.storage import organization_rows
from registry_api.storage.organization_rows import Held
from registry_api.usecases.change_organization import Change, ChangeOrganization, below
from registry_api.usecases.establish_organization import EstablishOrganization
from servicekit.auth import Caller
from servicekit.database import Database
from servicekit.errors import Refusal, Violation
from servicekit.http import etag
from servicekit.ledger import Ledger, NewEvent, StoredAnswer, store_answer, take_key

_Placed = tuple[str, Participant]
"""One that takes part, and where it stands in what was sent."""


@dataclass(frozen=True, slots=True)
class Plan:
    """A merger or split in one shape: known predecessors and successors, and new successors."""

    type: str
    effective_on: date
    reason: str | None
    predecessors: Sequence[_Placed]
    predecessors_end: bool
    successors: Sequence[_Placed]
    founded: Sequence[tuple[str, OrganizationState]]

    def known(self) -> Sequence[_Placed]:
        """All that take part and are in the register already."""
        return [*self.predecessors, *self.successors]


def plan_of_merger(merger: Merger) -> Plan:
    """Raises Refusal `invalid-request` unless it goes into one."""
    if (merger.into is None) == (merger.establish is None):
        raise Refusal("invalid-request", Violation("/into", "into_or_establish"))
    if merger.establish and len(merger.organizations) < 2:
        raise Refusal("invalid-request", Violation("/organizations", "merger_of_one", 1))
    return Plan(
        type=MERGED,
        effective_on=merger.effective_on,
        reason=merger.reason,
        predecessors=[(f"/organizations/{i}", p) for i, p in enumerate(merger.organizations)],
        predecessors_end=True,
        successors=[("/into", merger.into)] if merger.into else [],
        founded=[("/establish", merger.establish)] if merger.establish else [],
    )


def plan_of_split(split: Split) -> Plan:
    """Raises Refusal `invalid-request` where too few come out of it."""
    parts, least = len(split.into) + len(split.establish), 1 if split.continues else 2
    if parts < least:
        raise Refusal(
            "invalid-request",
            Violation("/establish", "too_few_parts", parts, {"least": least}),
        )
    return Plan(
        type=SPLIT,
        effective_on=split.effective_on,
        reason=split.reason,
        predecessors=[("/organization", split.organization)],
        predecessors_end=not split.continues,
        successors=[(f"/into/{i}", p) for i, p in enumerate(split.into)],
        founded=[(f"/establish/{i}", state) for i, state in enumerate(split.establish)],
    )


@dataclass(frozen=True, slots=True)
class Reorganize:
    """The use case, with what it needs."""

    database: Database
    ledger: Ledger
    change: ChangeOrganization
    establish: EstablishOrganization

    async def __call__(
        self, caller: Caller, plan: Plan, key: str | None, fingerprint: str
    ) -> StoredAnswer:
        """Carry the plan out; `{"predecessors": […], "successors": […]}` as they are now.

        Raises Refusal: `invalid-request` for organizations that are not there for the caller or
        stand twice, `precondition-failed`, `invalid-organization`, `event-not-possible`,
        `outside-areas`, `code-taken`, `idempotency-conflict`; nothing is done then.
        """
        async with self.database.transaction() as connection:
            known = await take_key(connection, caller, key, fingerprint)
            if known is not None:
                return known
            held = await _lock(connection, caller, plan.known())
            work = _Work(self, connection, caller, plan, held)
            founded = [work.prepare(pointer, state) for pointer, state in plan.founded]
            heirs = [*(str(p.id) for _, p in plan.successors), *(str(f.id) for _, f in founded)]
            role = end if plan.predecessors_end else part
            before = [await work.changed(placed, role, heirs) for placed in plan.predecessors]
            origins = [str(p.id) for _, p in plan.predecessors]
            after = [await work.changed(placed, succeed, origins) for placed in plan.successors]
            after += [await work.founded(pointer, new) for pointer, new in founded]
            answer = StoredAnswer(200, None, _body(before, after))
            await store_answer(connection, caller, key, answer)
            await self.ledger.append(connection, work.events)
        return answer


class _Work:
    """One reorganization under way; `events` are in the order of what was done."""

    def __init__(
        self,
        makes: Reorganize,
        connection: AsyncConnection,
        caller: Caller,
        plan: Plan,
        held: dict[UUID, Held],
    ) -> None:
        self._makes = makes
        self._connection = connection
        self._caller = caller
        self._plan = plan
        self._held = held
        self.events: list[NewEvent] = []

    async def changed(self, placed: _Placed, role: Role, others: Sequence[str]) -> Held:
        pointer, participant = placed

        held = self._held[participant.id]

        def effect(state: State) -> Effect:
            try:
                _check_no_later_relation(held, state)
                return role(state, others, participant.change)
            except Refusal as refusal:
                raise Refusal(refusal.code, *below(pointer, refusal.violations)) from refusal

        change = Change(
            type=self._plan.type,
            effective_on=self._plan.effective_on,
            reason=self._plan.reason,
            effect=effect,
            pointer=f"{pointer}/change",
        )
        changed = await self._makes.change(self._connection, self._caller, held, change)
        if changed.event is not None:
            self.events.append(changed.event)
        return changed.held

    def prepare(self, pointer: str, sent: OrganizationState) -> tuple[str, Held]:
        state = to_state(sent)
        state["predecessors"] = [str(p.id) for _, p in self._plan.predecessors]
        new = self._makes.establish.prepare(self._caller, state, self._plan.effective_on, pointer)
        return pointer, new

    async def founded(self, pointer: str, new: Held) -> Held:
        event = await self._makes.establish(
            self._connection, self._caller, new, self._plan.reason, pointer
        )
        self.events.append(event)
        return new


async def _lock(
    connection: AsyncConnection, caller: Caller, placed: Sequence[_Placed]
) -> dict[UUID, Held]:
    """Lock all that take part, and hold each to the revision that was read."""
    held = await organization_rows.lock_many(connection, [p.id for _, p in placed])
    faults, seen = [], set()
    for pointer, participant in placed:
        found = held.get(participant.id)
        if found is None or not caller.may_see(found.area):
            faults.append(Violation(f"{pointer}/id", "unknown_organization", str(participant.id)))
        elif participant.id in seen:
            faults.append(Violation(f"{pointer}/id", "repeated_organization", str(participant.id)))
        seen.add(participant.id)
    if faults:
        raise Refusal("invalid-request", *faults)
    for pointer, participant in placed:
        current = held[participant.id].revision
        if participant.revision != current:
            raise Refusal(
                "precondition-failed",
                Violation(
                    f"{pointer}/revision", "stale_revision", participant.revision,
                    {"current": current},
                ),
                sent=etag(participant.revision),
                current=etag(current),
            )  # fmt: skip
    return held


def _check_no_later_relation(held: Held, on_the_day: State) -> None:
    """A list of relations is replaced as a whole: an earlier one can't be slipped in."""
    for field in ("predecessors", "successors"):
        if held.state[field] != on_the_day[field]:
            raise not_possible("later_relation", "/id", str(held.id))


def _body(predecessors: Sequence[Held], successors: Sequence[Held]) -> str:
    before = ",".join(map(organization_rows.document, predecessors))
    after = ",".join(map(organization_rows.document, successors))
    return f'{{"predecessors":[{before}],"successors":[{after}]}}'
