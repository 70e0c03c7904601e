"""Something happens to an organization: a patch of its state that holds from a date.

Every life event and every amendment goes through here: the row is locked, `If-Match` held against
it, the change made (`change_organization`) and appended to the ledger, in one transaction.
"""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from typing import Any, ClassVar, Self
from uuid import UUID

import orjson
from sqlalchemy.ext.asyncio import AsyncConnection

from registry_api.core.refusals import EventNotPossible, InvalidOrganization, OrganizationVoid
from registry_api.register.change import ChangeOrganization, EventCommand
from registry_api.register.lock import lock_organization
from servicekit.auth import Caller
from servicekit.errors import (
    IdempotencyConflict,
    NotFound,
    OutsideAreas,
    PreconditionFailed,
    PreconditionRequired,
)
from servicekit.ledger import Attempt, Changes, StoredAnswer

AMENDED = "organization.amended"

Hook = Callable[[AsyncConnection], Awaitable[None]]
"""Runs in the transaction of the event, when the change is made."""


@dataclass(frozen=True, slots=True)
class EventResult:
    """The organization after an event: the document as JSON text, its revision; and the outcome."""

    revision: int
    document: str
    outcome: dict[str, Any] = field(default_factory=dict)

    @classmethod
    def replayed(cls, answer: StoredAnswer) -> Self:
        """As an earlier identical attempt was answered."""
        return cls(*orjson.loads(answer.body))

    def body(self) -> bytes:
        """What is kept of it under the attempt's key."""
        return orjson.dumps([self.revision, self.document, self.outcome])


@dataclass(frozen=True, slots=True)
class RecordEvent:
    """The use case, with what it needs."""

    refusals: ClassVar = (
        NotFound,
        OrganizationVoid,
        InvalidOrganization,
        OutsideAreas,
        EventNotPossible,
        PreconditionFailed,
        PreconditionRequired,
        IdempotencyConflict,
    )

    changes: Changes
    change: ChangeOrganization

    async def __call__(
        self,
        caller: Caller,
        identifier: UUID,
        command: EventCommand,
        attempt: Attempt,
        after: Hook | None = None,
    ) -> EventResult:
        """Record what happened; the organization as it is now.

        A patch that changes nothing on its date leaves no trace.
        """
        async with self.changes.begin(caller, attempt) as change:
            if change.replayed:
                return EventResult.replayed(change.replayed)
            stored = await lock_organization(change.connection, caller, identifier)
            attempt.check(stored.revision)
            changed = await self.change(change.connection, caller, stored, command)
            if after:
                await after(change.connection)
            if changed.event:
                change.event(changed.event)
            current = changed.stored
            recorded = EventResult(current.revision, current.document, changed.outcome)
            change.answer(200, recorded.body())
            return recorded
