"""What all events of an organization's life have in common."""

from dataclasses import dataclass, field
from typing import Annotated, Any, ClassVar

from pydantic import BaseModel, ConfigDict, Field, StringConstraints

from registry_api.domain.field_types import CivilDate
from registry_api.domain.organization import State
from servicekit.refusals import Refusal, Violation

Reason = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=500)]


@dataclass(frozen=True, slots=True)
class Effect:
    """What an event does: a merge patch of the state, and what the answer tells beside it."""

    patch: dict[str, Any]
    outcome: dict[str, Any] = field(default_factory=dict)


class LifeEvent(BaseModel):
    """An event as it is sent.

    `path` ends its address, `type` its name in the ledger; `title` is its Chinese and English name.
    """

    model_config = ConfigDict(extra="forbid")

    path: ClassVar[str]
    type: ClassVar[str]
    title: ClassVar[str]

    effective_on: CivilDate = Field(description="The day on which it happened 生效日期")
    reason: Reason | None = Field(None, description="Kept in the ledger 原因")

    def effect(self, state: State) -> Effect:
        """The effect on the state of that day.

        Raises Refusal `event-not-possible` where the state does not allow it.
        """
        raise NotImplementedError


def not_possible(rule: str, pointer: str = "", value: Any = None, **facts: Any) -> Refusal:
    """The refusal of an event that does not fit what is true on its day."""
    return Refusal("event-not-possible", Violation(pointer, rule, value, facts))
