"""Void an organization that was entered in error 登记有误作废: it never was.

Its timeline becomes empty from its first day on: whatever day is asked for, it was not there. What
was known before stays known: the ledger keeps its story, and `known_at` reads it.
"""

from dataclasses import dataclass
from uuid import UUID

import orjson

from registry_api.domain.known_past import KnownPast
from registry_api.domain.life_events.event import not_possible
from registry_api.storage import history, void_organizations
from registry_api.storage.organization_rows import Held
from registry_api.usecases.change_organization import locked
from servicekit.auth import Caller
from servicekit.database import Database
from servicekit.errors import Refusal
from servicekit.http import check_if_match
from servicekit.ledger import Ledger, NewEvent, StoredAnswer, store_answer, take_key

VOIDED = "organization.voided"


@dataclass(frozen=True, slots=True)
class VoidRequest:
    """Why, and what makes the request safe: the ETag that was read, and the idempotency key."""

    reason: str
    if_match: str | None
    key: str | None
    fingerprint: str


@dataclass(frozen=True, slots=True)
class VoidOrganization:
    """The use case, with what it needs."""

    database: Database
    ledger: Ledger

    async def __call__(
        self, caller: Caller, identifier: UUID, request: VoidRequest
    ) -> StoredAnswer:
        """Take the organization out of the register; its codes are free to be registered.

        Raises Refusal: `not-found`, `organization-void`, `event-not-possible` for one that others
        succeed or precede, `outside-areas-then` where it ever lay outside the caller's areas,
        which are not told where; `idempotency-conflict`; Problem 412 and 428 for `If-Match`.
        """
        async with self.database.transaction() as connection:
            known = await take_key(connection, caller, request.key, request.fingerprint)
            if known is not None:
                return known
            held = await locked(connection, caller, identifier)
            check_if_match(request.if_match, held.revision)
            _check_alone(held)
            areas = KnownPast(await history.patches(connection, held.id)).areas()
            if not all(map(caller.may_see, areas)):
                raise Refusal("outside-areas-then")
            answer = StoredAnswer(200, None, _body(held, request.reason))
            await void_organizations.take_out(connection, held)
            await store_answer(connection, caller, request.key, answer)
            await self.ledger.append(connection, [_event(caller, held, request.reason, areas)])
        return answer


def _check_alone(held: Held) -> None:
    """Nobody may be left with a predecessor or successor that never was."""
    for field in ("predecessors", "successors"):
        if held.state[field]:
            raise not_possible("related_not_void", f"/{field}", held.state[field])


def _event(caller: Caller, held: Held, reason: str, areas: list[str]) -> NewEvent:
    return NewEvent(
        subject=str(held.id),
        revision=held.revision + 1,
        type=VOIDED,
        effective_on=held.first_effective_on,
        actor=caller.client,
        reason=reason,
        change=None,
        timeline=[],
        areas=areas,
    )


def _body(held: Held, reason: str) -> str:
    voided = {"id": str(held.id), "revision": held.revision + 1, "reason": reason}
    return orjson.dumps(voided).decode()
