"""EventCommand one organization inside a transaction that somebody else owns.

The effect is worked out on the state *of that day* as known now, folded into the whole timeline,
checked on every later day, and written; the event for the ledger is handed back, because the
ledger is appended to last, for all that a transaction changes at once.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy.ext.asyncio import AsyncConnection

from registry_api.core.life_events.contradictions import PastEvent, check_later_events
from registry_api.core.life_events.event import Effect
from registry_api.core.organization.checks import code_taken
from registry_api.core.organization.divisions import Divisions
from registry_api.core.organization.known_past import AFTER_ALL, KnownPast, PatchedPast
from registry_api.core.organization.state import State
from registry_api.core.refusals import InvalidOrganization
from registry_api.history import read as history
from registry_api.register import store
from registry_api.register.revision import Revision, Terms
from registry_api.register.store import NameTaken
from registry_api.register.stored import StoredOrganization
from servicekit.auth import Caller
from servicekit.errors import Violation
from servicekit.ledger import NewEvent
from servicekit.time import Clock, merge_patch


@dataclass(frozen=True, slots=True, kw_only=True)
class EventCommand:
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
class ChangedOrganization:
    """The organization as it is now, the outcome of the event, and the event to append.

    `event` is None where the patch changed nothing: it leaves no trace.
    """

    stored: StoredOrganization
    outcome: dict[str, Any]
    event: NewEvent | None


@dataclass(frozen=True, slots=True)
class ChangeOrganization:
    """The one way in which a known organization changes, but for imports."""

    clock: Clock
    divisions: Divisions

    async def __call__(
        self,
        connection: AsyncConnection,
        caller: Caller,
        stored: StoredOrganization,
        command: EventCommand,
    ) -> ChangedOrganization:
        """Write what `command` makes of the locked organization `stored`.

        Raises InvalidOrganization, EventNotPossible, OutsideAreas,
        OutsideAreasThen, CodeTaken.
        """
        self._check_date(stored, command)
        past_events = await history.past_events(connection, stored.id)
        past = KnownPast([each.patch for each in past_events])
        base = past.on(command.effective_on) or past.timeline[0].state
        effect = command.effect(base)
        terms = Terms(caller, self.clock.today(), self.divisions)
        try:
            state = merge_patch(base, effect.patch)
            asserted = None if effect.correction else effect.patch
            revision = terms.revise(past, command.effective_on, state, asserted)
        except InvalidOrganization as refusal:
            raise InvalidOrganization(*below(command.pointer, refusal.violations)) from refusal
        if revision is None:
            return ChangedOrganization(stored, effect.outcome, None)
        new = PastEvent(command.type, command.effective_on, AFTER_ALL, revision.patch)
        check_later_events(past_events, new)
        stored = revised(stored, command.effective_on, revision)
        await _update(connection, stored, revision.after, command.pointer)
        return ChangedOrganization(
            stored, effect.outcome, _event(caller, stored, command, revision)
        )

    def _check_date(self, stored: StoredOrganization, command: EventCommand) -> None:
        today, day = self.clock.today(), command.effective_on
        if day > today:
            rule, facts = "future_date", {"today": today.isoformat()}
        elif day < stored.first_effective_on and not command.moves_beginning:
            rule, facts = "before_first", {"first": stored.first_effective_on.isoformat()}
        else:
            return
        violation = Violation("/effective_on", rule, day.isoformat(), facts)
        raise InvalidOrganization(violation)


def revised(stored: StoredOrganization, day: date, revision: Revision) -> StoredOrganization:
    """The organization after a revision from `day` on."""
    return StoredOrganization(
        stored.id,
        stored.revision + 1,
        revision.after.timeline[-1].state,
        min(stored.first_effective_on, day),
        max(stored.last_effective_on, day),
    )


def below(pointer: str, violations: Sequence[Violation]) -> list[Violation]:
    """`violations` of a part of what was sent, with pointers into the whole."""
    return [Violation(pointer + v.pointer, v.rule, v.value, v.facts) for v in violations]


def _event(
    caller: Caller, stored: StoredOrganization, command: EventCommand, revision: Revision
) -> NewEvent:
    return NewEvent(
        subject=str(stored.id),
        revision=stored.revision,
        type=command.type,
        effective_on=command.effective_on,
        actor=caller.client,
        reason=command.reason,
        change=revision.patch,
        timeline=revision.after.timeline,
        areas=revision.after.areas,
    )


async def _update(
    connection: AsyncConnection, stored: StoredOrganization, after: PatchedPast, pointer: str
) -> None:
    """Replace the current row. Raises CodeTaken."""
    try:
        await store.replace(connection, stored, after.whole)
    except NameTaken as taken:
        raise code_taken(stored.state, taken.field, pointer) from taken
