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

from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncConnection

from registry_api.domain.checks import code_taken
from registry_api.domain.contradictions import Happened, check_later_events
from registry_api.domain.divisions import Divisions
from registry_api.domain.known_past import AFTER_ALL, KnownPast, Patched
from registry_api.domain.life_events.event import Effect
from registry_api.domain.organization import State
from registry_api.storage import history, organization_rows
from registry_api.storage.organization_rows import Held
from registry_api.usecases.absence import absence
from registry_api.usecases.revision import Revision, Terms
from servicekit.auth import Caller
from servicekit.errors import Refusal, Violation
from servicekit.ledger import NewEvent
from servicekit.time import Clock, merge_patch


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """What happens to an organization, from when, and why.

    `effect` works out the patch from the state of that day. `pointer` is where the patch lies in
    what was sent, for errors. With `moves_beginning` a day before the first that is known takes the
    first known state back to that day, changed by the effect; else such a day is refused.
    """

    type: str
    effective_on: date
    reason: str | None
    effect: Callable[[State], Effect]
    pointer: str = ""
    moves_beginning: bool = False


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
        `outside-areas-then`, `code-taken`.
        """
        self._check_date(held, change)
        happened = await history.happened(connection, held.id)
        past = KnownPast([each.patch for each in happened])
        base = past.on(change.effective_on) or past.timeline[0].state
        effect = change.effect(base)
        terms = Terms(caller, self.clock.today(), self.divisions)
        try:
            wanted = merge_patch(base, effect.patch)
            said = None if effect.correction else effect.patch
            revision = terms.revise(past, change.effective_on, wanted, said)
        except Refusal as refusal:
            if refusal.code != "invalid-organization":
                raise
            raise Refusal(refusal.code, *below(change.pointer, refusal.violations)) from refusal
        if revision is None:
            return Changed(held, effect.outcome, None)
        new = Happened(change.type, change.effective_on, AFTER_ALL, revision.patch)
        check_later_events(happened, new)
        held = revised(held, change.effective_on, revision)
        await _update(connection, held, revision.after, change.pointer)
        return Changed(held, effect.outcome, _event(caller, held, change, revision))

    def _check_date(self, held: Held, change: Change) -> None:
        today, day = self.clock.today(), change.effective_on
        if day > today:
            rule, facts = "future_date", {"today": today.isoformat()}
        elif day < held.first_effective_on and not change.moves_beginning:
            rule, facts = "before_first", {"first": held.first_effective_on.isoformat()}
        else:
            return
        violation = Violation("/effective_on", rule, day.isoformat(), facts)
        raise Refusal("invalid-organization", violation)


def revised(held: Held, day: date, revision: Revision) -> Held:
    """The organization after a revision from `day` on."""
    return Held(
        held.id,
        held.revision + 1,
        revision.after.timeline[-1].state,
        min(held.first_effective_on, day),
        max(held.last_effective_on, day),
    )


def below(pointer: str, violations: Sequence[Violation]) -> list[Violation]:
    """`violations` of a part of what was sent, with pointers into the whole."""
    return [Violation(pointer + v.pointer, v.rule, v.value, v.facts) for v in violations]


def _event(caller: Caller, held: Held, change: Change, revision: Revision) -> NewEvent:
    return NewEvent(
        subject=str(held.id),
        revision=held.revision,
        type=change.type,
        effective_on=change.effective_on,
        actor=caller.client,
        reason=change.reason,
        change=revision.patch,
        timeline=revision.after.timeline,
        areas=revision.after.areas,
    )


async def _update(connection: AsyncConnection, held: Held, after: Patched, pointer: str) -> None:
    """Replace the current row. Raises Refusal `code-taken`."""
    try:
        await organization_rows.update_one(connection, held, after.whole)
    except IntegrityError as error:
        raise code_taken(held.state, organization_rows.taken(error), pointer) from error
