"""What all events of an organization's life have in common."""

from dataclasses import dataclass, field
from datetime import date
from typing import Annotated, Any, ClassVar

from pydantic import BaseModel, ConfigDict, Field, StringConstraints

from registry_api.core.field_types import CivilDate
from registry_api.core.organization.state import State
from registry_api.core.refusals import EventNotPossible
from servicekit.errors import Refusal, Violation

Reason = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=500)]

IN_BEING = frozenset({"active", "suspended"})
"""The statuses of an organization to which anything can happen: who has ended lives no more."""


@dataclass(frozen=True, slots=True)
class Effect:
    """What an event does: a merge patch of the state, and what the answer tells beside it.

    An event asserts all that its patch says, also where that was true before: a correction about
    an earlier day must not show through it. A `correction` says no more than what differs.
    """

    patch: dict[str, Any]
    outcome: dict[str, Any] = field(default_factory=dict)
    correction: bool = False


class LifeEvent(BaseModel):
    """An event as it is sent.

    `path` ends its address, `type` its name in the ledger; `title` is its Chinese and English name.
    It can happen in one of `statuses`.
    """

    model_config = ConfigDict(extra="forbid")

    path: ClassVar[str]
    type: ClassVar[str]
    title: ClassVar[str]
    statuses: ClassVar[frozenset[str]] = IN_BEING

    effective_on: CivilDate = Field(description="The day on which it happened 生效日期")
    reason: Reason | None = Field(None, description="Kept in the ledger 原因")

    def effect(self, state: State) -> Effect:
        """The effect on the state of that day.

        Raises EventNotPossible where the state does not allow it.
        """
        check_status(state, self.statuses)
        effect = self._effect(state)
        self.check(state, effect.patch, self.effective_on)
        return effect

    @classmethod
    def still_possible(cls, state: State, patch: dict[str, Any], day: date) -> None:
        """Check that its `patch` could have happened to `state` on `day`.

        Checked again when something is recorded about an earlier day. Raises EventNotPossible.
        """
        check_status(state, cls.statuses)
        cls.check(state, patch, day)

    @classmethod
    def check(cls, state: State, patch: dict[str, Any], day: date) -> None:
        """The rules of this event alone, on its patch. Raises EventNotPossible."""

    def _effect(self, state: State) -> Effect:
        raise NotImplementedError


def check_status(state: State, statuses: frozenset[str] = IN_BEING, pointer: str = "") -> None:
    """The one gate of the status: nothing happens to who has ended.

    Raises EventNotPossible.
    """
    if state["status"] not in statuses:
        raise not_possible("status_does_not_allow", pointer, state["status"])


def not_possible(rule: str, pointer: str = "", value: Any = None, **facts: Any) -> Refusal:
    """The refusal of an event that does not fit what is true on its day."""
    return EventNotPossible(Violation(pointer, rule, value, facts))
