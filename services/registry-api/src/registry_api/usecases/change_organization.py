"""Change one organization inside a transaction that somebody else owns.

The effect is worked out on the state *of that day* as known now, folded into the whole timeline,
checked on every later day, and written; the event for the ledger is handed back, because the
ledger is appended to last, for all that a transaction changes at once.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

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
from registry_api.usecases.absence import absence
from servicekit.auth import Caller
from servicekit.clock import Clock
from servicekit.ledger import NewEvent, Segment
from servicekit.refusals import Refusal, Violation
from servicekit.timeline import merge_diff, merge_patch
from servicekit.violations import from_pydantic


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """What happens to an organization, from when, and why.

    `effect` works out the patch from the state of that day. `pointer` is where the patch lies in
    what was sent, for errors.
    """

    type: str
    effective_on: date
    reason: str | None
    effect: Callable[[State], Effect]
    pointer: str = ""


@dataclass(frozen=True, slots=True)
class Changed:
    """The organization as it is now, what else there is to tell, and the event to append.

    `event` is None where the patch changed nothing: it leaves no trace.
    """

    held: Held
    outcome: dict[str, Any]
    event: NewEvent | None


async def locked(connection: AsyncConnection, caller: Caller, identifier: UUID) -> Held:
    """The organization, locked against other writers.

    Raises Refusal `not-found`, `organization-void`.
    """
    held = await organization_rows.lock(connection, identifier)
    if held is None or not caller.may_see(held.area):
        raise await absence(connection, caller, identifier)
    return held


@dataclass(frozen=True, slots=True)
class ChangeOrganization:
    """The one way in which a known organization changes, but for imports."""

    clock: Clock
    divisions: Divisions

    async def __call__(
        self, connection: AsyncConnection, caller: Caller, held: Held, change: Change
    ) -> Changed:
        """Write what `change` makes of the locked organization `held`.

        Raises Refusal: `invalid-organization`, `event-not-possible`, `outside-areas`,
        `code-taken`.
        """
        self._check_date(held, change.effective_on)
        past = KnownPast(await history.patches(connection, held.id))
        on_the_day = past.on(change.effective_on)
        assert on_the_day is not None
        effect = change.effect(on_the_day)
        wanted = _validated(merge_patch(on_the_day, effect.patch), change.pointer)
        patch = merge_diff(on_the_day, wanted)
        if not patch:
            return Changed(held, effect.outcome, None)
        after = past.patched(change.effective_on, patch)
        self._check(caller, after.timeline, change.pointer)
        held = Held(
            held.id,
            held.revision + 1,
            after.timeline[-1].state,
            held.first_effective_on,
            max(held.last_effective_on, change.effective_on),
        )
        await _update(connection, held, after, change.pointer)
        return Changed(held, effect.outcome, _event(caller, held, change, patch, after))

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
                raise Refusal("invalid-organization", *below(pointer, violations))
            area = access_area(segment.state)
            if not caller.may_see(area):
                raise Refusal("outside-areas", area=area)


def below(pointer: str, violations: Sequence[Violation]) -> list[Violation]:
    """`violations` of a part of what was sent, with pointers into the whole."""
    return [Violation(pointer + v.pointer, v.rule, v.value, v.facts) for v in violations]


def _validated(state: State, pointer: str) -> State:
    """The state as the model writes it. Raises Refusal with each value that does not fit."""
    try:
        return to_state(OrganizationState.model_validate(state))
    except ValidationError as error:
        violations = from_pydantic(error.errors())
        raise Refusal("invalid-organization", *below(pointer, violations)) from error


def _event(
    caller: Caller, held: Held, change: Change, patch: dict[str, Any], after: Patched
) -> NewEvent:
    return NewEvent(
        subject=str(held.id),
        revision=held.revision,
        type=change.type,
        effective_on=change.effective_on,
        actor=caller.client,
        reason=change.reason,
        change=patch,
        timeline=after.timeline,
        areas=after.areas,
    )


async def _update(connection: AsyncConnection, held: Held, after: Patched, pointer: str) -> None:
    """Replace the current row. Raises Refusal `code-taken`."""
    try:
        await organization_rows.update_one(connection, held, after.whole)
    except IntegrityError as error:
        raise code_taken(held.state, pointer) from error
