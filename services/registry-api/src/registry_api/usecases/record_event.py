"""Something happens to an organization: a patch of its state that holds from a date.

Every life event and every amendment goes through here: the row is locked, `If-Match` held against
it, the change made (`change_organization`) and appended to the ledger, in one transaction.
"""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

import orjson
from sqlalchemy.ext.asyncio import AsyncConnection

from registry_api.storage import organization_rows
from registry_api.usecases.change_organization import Change, ChangeOrganization, locked
from servicekit.auth import Caller
from servicekit.database import Database
from servicekit.http import check_if_match
from servicekit.ledger import Ledger, StoredAnswer, store_answer, take_key

AMENDED = "organization.amended"

Hook = Callable[[AsyncConnection], Awaitable[None]]
"""Is given the transaction."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Happening(Change):
    """A change as it is asked for.

    `if_match` is the ETag that was read; `key` and `fingerprint` make a retry harmless. `after`
    runs in the same transaction, when the change is made.
    """

    if_match: str | None
    key: str | None = None
    fingerprint: str = ""
    after: Hook | None = None


@dataclass(frozen=True, slots=True)
class Recorded:
    """The answer: the document as JSON text, its revision, and what else there is to tell."""

    revision: int
    document: str
    outcome: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class RecordEvent:
    """The use case, with what it needs."""

    database: Database
    ledger: Ledger
    change: ChangeOrganization

    async def __call__(self, caller: Caller, identifier: UUID, happening: Happening) -> Recorded:
        """Record what happened; the organization as it is now.

        A patch that changes nothing on its date leaves no trace. Raises Refusal: `not-found`,
        `organization-void`, `invalid-organization`, `event-not-possible`, `outside-areas`,
        `code-taken`, `idempotency-conflict`; Problem 412 and 428 for `If-Match`.
        """
        async with self.database.transaction() as connection:
            known = await take_key(connection, caller, happening.key, happening.fingerprint)
            if known is not None:
                return _stored(known)
            return await self._record(connection, caller, identifier, happening)

    async def _record(
        self, connection: AsyncConnection, caller: Caller, identifier: UUID, happening: Happening
    ) -> Recorded:
        held = await locked(connection, caller, identifier)
        check_if_match(happening.if_match, held.revision)
        changed = await self.change(connection, caller, held, happening)
        if happening.after:
            await happening.after(connection)
        document = organization_rows.document(changed.held)
        recorded = Recorded(changed.held.revision, document, changed.outcome)
        await store_answer(connection, caller, happening.key, _storable(recorded))
        await self.ledger.append(connection, [changed.event] if changed.event else [])
        return recorded


def _storable(recorded: Recorded) -> StoredAnswer:
    stored = [recorded.revision, recorded.document, recorded.outcome]
    return StoredAnswer(200, None, orjson.dumps(stored).decode())


def _stored(answer: StoredAnswer) -> Recorded:
    return Recorded(*orjson.loads(answer.body))
