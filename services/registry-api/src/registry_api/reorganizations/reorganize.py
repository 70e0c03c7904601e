"""Merger and split: several organizations change, end and begin in one transaction.

All that take part are locked in the order of their ids, changed one by one, and appended to the
ledger together: predecessors first, then successors. Nobody ever reads half of it.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import ClassVar
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncConnection

from registry_api.core.life_events.event import Effect, not_possible
from registry_api.core.life_events.reorganization import (
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
from registry_api.core.obligations.derive import obligations_from
from registry_api.core.organization.state import OrganizationState, State, to_state
from registry_api.core.refusals import CodeTaken, EventNotPossible, InvalidOrganization
from registry_api.register.change import ChangeOrganization, EventCommand, below
from registry_api.register.establish import EstablishOrganization
from registry_api.register.lock import lock_organizations
from registry_api.register.stored import StoredOrganization
from servicekit.auth import Caller
from servicekit.errors import (
    IdempotencyConflict,
    InvalidRequest,
    OutsideAreas,
    PreconditionFailed,
    Refusal,
    Violation,
)
from servicekit.http import etag
from servicekit.ledger import Attempt, Change, Changes, StoredAnswer

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
    """Raises InvalidRequest unless it goes into one."""
    if (merger.into is None) == (merger.establish is None):
        raise InvalidRequest(Violation("/into", "into_or_establish"))
    if merger.establish and len(merger.organizations) < 2:
        raise InvalidRequest(Violation("/organizations", "merger_of_one", 1))
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
    """Raises InvalidRequest where too few come out of it."""
    parts, least = len(split.into) + len(split.establish), 1 if split.continues else 2
    if parts < least:
        raise InvalidRequest(
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

    refusals: ClassVar = (
        InvalidOrganization,
        EventNotPossible,
        CodeTaken,
        OutsideAreas,
        PreconditionFailed,
        IdempotencyConflict,
    )

    changes: Changes
    change: ChangeOrganization
    establish: EstablishOrganization

    async def __call__(self, caller: Caller, plan: Plan, attempt: Attempt) -> StoredAnswer:
        """Carry the plan out; `{"predecessors": […], "successors": […]}` as they are now.

        Raises InvalidRequest for organizations that are not there for the caller or
        stand twice, PreconditionFailed, InvalidOrganization, EventNotPossible,
        OutsideAreas, CodeTaken, IdempotencyConflict; nothing is done then.
        """
        async with self.changes.begin(caller, attempt) as change:
            if change.replayed:
                return change.replayed
            locked = await _lock(change.connection, caller, plan.known())
            founded = [
                (pointer, self._prepare(caller, plan, pointer, state))
                for pointer, state in plan.founded
            ]
            heirs = [*(str(p.id) for _, p in plan.successors), *(str(new.id) for _, new in founded)]
            origins = [str(p.id) for _, p in plan.predecessors]
            role = end if plan.predecessors_end else part
            before, after = [], []
            for placed in plan.predecessors:
                stored = locked[placed[1].id]
                command = _command(plan, placed, stored, role, heirs)
                before.append(await self._change(change, caller, stored, command))
            for placed in plan.successors:
                stored = locked[placed[1].id]
                command = _command(plan, placed, stored, succeed, origins)
                after.append(await self._change(change, caller, stored, command))
            for pointer, new in founded:
                owed = obligations_from(new.state, plan.effective_on)
                change.event(
                    await self.establish(change.connection, caller, new, owed, plan.reason, pointer)
                )
                after.append(new)
            return change.answer(200, _body(before, after))

    def _prepare(
        self, caller: Caller, plan: Plan, pointer: str, sent: OrganizationState
    ) -> StoredOrganization:
        """A new successor, not yet entered."""
        state = to_state(sent)
        state["predecessors"] = [str(p.id) for _, p in plan.predecessors]
        return self.establish.prepare(caller, state, plan.effective_on, pointer)

    async def _change(
        self, change: Change, caller: Caller, stored: StoredOrganization, command: EventCommand
    ) -> StoredOrganization:
        """One that takes part, changed; its event is added."""
        changed = await self.change(change.connection, caller, stored, command)
        if changed.event is not None:
            change.event(changed.event)
        return changed.stored


def _command(
    plan: Plan, placed: _Placed, stored: StoredOrganization, role: Role, others: Sequence[str]
) -> EventCommand:
    """What happens to one that takes part in the `role`, beside the `others`."""
    pointer, participant = placed

    def effect(state: State) -> Effect:
        try:
            _check_no_later_relation(stored, state)
            return role(state, others, participant.change)
        except Refusal as refusal:
            raise type(refusal)(*below(pointer, refusal.violations)) from refusal

    return EventCommand(
        type=plan.type,
        effective_on=plan.effective_on,
        reason=plan.reason,
        effect=effect,
        pointer=f"{pointer}/change",
    )


async def _lock(
    connection: AsyncConnection, caller: Caller, placed: Sequence[_Placed]
) -> dict[UUID, StoredOrganization]:
    """Lock all that take part, and hold each to the revision that was read."""
    locked = await lock_organizations(connection, [p.id for _, p in placed])
    faults, listed = [], set()
    for pointer, participant in placed:
        stored = locked.get(participant.id)
        if stored is None or not caller.may_see(stored.area):
            faults.append(Violation(f"{pointer}/id", "unknown_organization", str(participant.id)))
        elif participant.id in listed:
            faults.append(Violation(f"{pointer}/id", "repeated_organization", str(participant.id)))
        listed.add(participant.id)
    if faults:
        raise InvalidRequest(*faults)
    for pointer, participant in placed:
        current = locked[participant.id].revision
        if participant.revision != current:
            raise PreconditionFailed(Violation(
                    f"{pointer}/revision", "stale_revision", participant.revision,
                    {"current": current},
                ),
                sent=etag(participant.revision),
                current=etag(current),
            )  # fmt: skip
    return locked


def _check_no_later_relation(locked: StoredOrganization, on_the_day: State) -> None:
    """A list of relations is replaced as a whole: an earlier one can't be slipped in."""
    for field in ("predecessors", "successors"):
        if locked.state[field] != on_the_day[field]:
            raise not_possible("later_relation", "/id", str(locked.id))


def _body(
    predecessors: Sequence[StoredOrganization], successors: Sequence[StoredOrganization]
) -> str:
    before = ",".join(stored.document for stored in predecessors)
    after = ",".join(stored.document for stored in successors)
    return f'{{"predecessors":[{before}],"successors":[{after}]}}'
