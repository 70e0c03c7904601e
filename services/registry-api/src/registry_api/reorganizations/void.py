"""Void an organization that was entered in error 登记有误作废: it never was.

Its timeline becomes empty from its first day on: whatever day is asked for, it was not there. What
was known before stays known: the ledger keeps its story, and `known_at` reads it.
"""

from dataclasses import dataclass
from typing import ClassVar
from uuid import UUID

from registry_api.core.life_events.event import not_possible
from registry_api.core.organization.known_past import KnownPast
from registry_api.core.refusals import EventNotPossible, OrganizationVoid, OutsideAreasThen
from registry_api.history import read as history
from registry_api.register import store
from registry_api.register.lock import lock_organization
from registry_api.register.stored import StoredOrganization
from servicekit.auth import Caller
from servicekit.errors import (
    IdempotencyConflict,
    NotFound,
    OutsideAreas,
    PreconditionFailed,
    PreconditionRequired,
)
from servicekit.ledger import Attempt, Changes, NewEvent, StoredAnswer

VOIDED = "organization.voided"


@dataclass(frozen=True, slots=True)
class VoidOrganization:
    """The use case, with what it needs."""

    refusals: ClassVar = (
        NotFound,
        OrganizationVoid,
        EventNotPossible,
        OutsideAreas,
        PreconditionFailed,
        PreconditionRequired,
        IdempotencyConflict,
    )

    changes: Changes

    async def __call__(
        self, caller: Caller, identifier: UUID, reason: str, attempt: Attempt
    ) -> StoredAnswer:
        """Take the organization out of the register; its codes are free to be registered.

        Raises NotFound, OrganizationVoid, EventNotPossible for one that others
        succeed or precede, OutsideAreasThen where it ever lay outside the caller's areas,
        without naming them; IdempotencyConflict; PreconditionFailed, PreconditionRequired.
        """
        async with self.changes.begin(caller, attempt) as change:
            if change.replayed:
                return change.replayed
            connection = change.connection
            stored = await lock_organization(connection, caller, identifier)
            attempt.check(stored.revision)
            _check_alone(stored)
            areas = KnownPast(await history.patches(connection, stored.id)).areas()
            if not all(map(caller.may_see, areas)):
                raise OutsideAreasThen()
            await store.take_out(connection, stored)
            change.event(_event(caller, stored, reason, areas))
            voided = {"id": str(stored.id), "revision": stored.revision + 1, "reason": reason}
            return change.answer(200, voided)


def _check_alone(stored: StoredOrganization) -> None:
    """Nobody may be left with a predecessor or successor that never was."""
    for field in ("predecessors", "successors"):
        if stored.state[field]:
            raise not_possible("related_not_void", f"/{field}", stored.state[field])


def _event(caller: Caller, stored: StoredOrganization, reason: str, areas: list[str]) -> NewEvent:
    return NewEvent(
        subject=str(stored.id),
        revision=stored.revision + 1,
        type=VOIDED,
        effective_on=stored.first_effective_on,
        actor=caller.client,
        reason=reason,
        change=None,
        timeline=[],
        areas=areas,
    )
