"""Something happens to an organization: a patch of its state that holds from a date.

Every life event and every amendment goes through here: the row is locked, `If-Match` held against
it, the effect worked out on the state *of that day* as known now, folded into the whole timeline,
checked on every later day, and appended to the ledger, in one transaction.
"""

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any
from uuid import UUID

import orjson
from pydantic import ValidationError
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncConnection

from registry_api.domain.checks import check_state, code_taken
from registry_api.domain.divisions import Divisions
from registry_api.domain.known_past import KnownPast, Patched
from registry_api.domain.life_events.event import Effect
from registry_api.domain.organization import (
    OrganizationState,
    State,
    access_area,
    to_state,
)
from registry_api.storage import history, organization_rows
from registry_api.storage.organization_rows import Held
from servicekit.auth import Caller
from servicekit.clock import Clock
from servicekit.database import Database
from servicekit.idempotency import StoredAnswer, store_answer, take_key
from servicekit.ledger import Ledger, NewEvent, Segment
from servicekit.preconditions import check_if_match
from servicekit.refusals import Refusal, Violation
from servicekit.timeline import merge_diff, merge_patch
from servicekit.violations import from_pydantic

AMENDED = "organization.amended"


Hook = Callable[[AsyncConnection, State], Awaitable[None]]
"""Is given the transaction, and the organization's newest state."""


@dataclass(frozen=True, slots=True)
class Happening:
    """What happens, from when, and why.

    `effect` works out the patch from the state of that day. `pointer` is where the patch lies in
    what was sent, for errors. `if_match` is the ETag that was read; `key` and `fingerprint` make a
    retry harmless. `before` and `after` run in the same transaction, around the effect.
    """

    type: str
    effective_on: date
    reason: str | None
    effect: Callable[[State], Effect]
    if_match: str | None
    pointer: str = ""
    key: str | None = None
    fingerprint: str = ""
    before: Hook | None = None
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
    clock: Clock
    divisions: Divisions

    async def __call__(self, caller: Caller, identifier: UUID, happening: Happening) -> Recorded:
        """Record what happened; the organization as it is now.

        A patch that changes nothing on its date leaves no trace. Raises Refusal: `not-found`,
        `invalid-organization`, `event-not-possible`, `outside-areas`, `code-taken`,
        `idempotency-conflict`; Problem 412 and 428 for `If-Match`.
        """
        async with self.database.transaction() as connection:
            known = await take_key(connection, caller.client, happening.key, happening.fingerprint)
            if known is not None:
                return _stored(known)
            return await self._record(connection, caller, identifier, happening)

    async def _record(
        self, connection: AsyncConnection, caller: Caller, identifier: UUID, happening: Happening
    ) -> Recorded:
        held = await organization_rows.lock(connection, identifier)
        if held is None or not caller.may_see(held.area):
            raise Refusal("not-found")
        check_if_match(happening.if_match, held.revision)
        self._check_date(held, happening.effective_on)
        past = KnownPast(await history.patches(connection, held.id))
        on_the_day = past.on(happening.effective_on)
        assert on_the_day is not None
        if happening.before:
            await happening.before(connection, held.state)
        effect = happening.effect(on_the_day)
        changed = _validated(merge_patch(on_the_day, effect.patch), happening.pointer)
        patch = merge_diff(on_the_day, changed)
        events: list[NewEvent] = []
        if patch:
            after = past.patched(happening.effective_on, patch)
            self._check(caller, after.timeline, happening.pointer)
            held = Held(
                held.id,
                held.revision + 1,
                after.timeline[-1].state,
                held.first_effective_on,
                max(held.last_effective_on, happening.effective_on),
            )
            events.append(_event(caller, held, happening, patch, after))
            await _update(connection, held, happening.pointer)
        if happening.after:
            await happening.after(connection, held.state)
        recorded = Recorded(held.revision, organization_rows.document(held), effect.outcome)
        await store_answer(connection, caller.client, happening.key, _storable(recorded))
        await self.ledger.append(connection, events)
        return recorded

    def _check_date(self, held: Held, effective_on: date) -> None:
        today = self.clock.today()
        if effective_on > today:
            rule, facts = "future_date", {"today": today.isoformat()}
        elif effective_on < held.first_effective_on:
            rule, facts = "before_first", {"first": held.first_effective_on.isoformat()}
        else:
            return
        raise Refusal(
            "invalid-organization",
            Violation("/effective_on", rule, effective_on.isoformat(), facts),
        )

    def _check(self, caller: Caller, timeline: Sequence[Segment], pointer: str) -> None:
        """Every state from the date on must be sound, and remain the caller's to change."""
        for segment in timeline:
            violations = check_state(segment.state, self.clock.today(), self.divisions)
            if violations:
                raise Refusal("invalid-organization", *_below(pointer, violations))
            area = access_area(segment.state)
            if not caller.may_see(area):
                raise Refusal("outside-areas", area=area)


def _validated(state: State, pointer: str) -> State:
    """The state as the model writes it. Raises Refusal with each value that does not fit."""
    try:
        return to_state(OrganizationState.model_validate(state))
    except ValidationError as error:
        violations = from_pydantic(error.errors())
        raise Refusal("invalid-organization", *_below(pointer, violations)) from error


def _below(pointer: str, violations: Sequence[Violation]) -> list[Violation]:
    return [Violation(pointer + v.pointer, v.rule, v.value, v.facts) for v in violations]


def _event(
    caller: Caller,
    held: Held,
    happening: Happening,
    patch: dict[str, Any],
    after: Patched,
) -> NewEvent:
    return NewEvent(
        subject=str(held.id),
        revision=held.revision,
        type=happening.type,
        effective_on=happening.effective_on,
        actor=caller.client,
        reason=happening.reason,
        change=patch,
        timeline=after.timeline,
        areas=after.areas,
    )


async def _update(connection: AsyncConnection, held: Held, pointer: str) -> None:
    """Replace the current row. Raises Refusal `code-taken`."""
    try:
        await organization_rows.update_one(connection, held)
    except IntegrityError as error:
        raise code_taken(held.state, pointer) from error


def _storable(recorded: Recorded) -> StoredAnswer:
    stored = [recorded.revision, recorded.document, recorded.outcome]
    return StoredAnswer(200, None, orjson.dumps(stored).decode())


def _stored(answer: StoredAnswer) -> Recorded:
    return Recorded(*orjson.loads(answer.body))
