"""Half-open stretches of civil dates, and what holds on them."""

from dataclasses import dataclass, field
from datetime import date
from typing import Any

import orjson


@dataclass(frozen=True, slots=True)
class Segment:
    """One stretch of a timeline: `state` holds on `[start, until)`; `until` None is open.

    `text` is the state as canonical JSON, from those who have it at hand.
    """

    start: date
    until: date | None
    state: dict[str, Any]
    text: bytes | None = field(default=None, compare=False, repr=False)

    def document(self) -> dict[str, Any]:
        """The segment as events carry it."""
        until = self.until.isoformat() if self.until else None
        state = self.state if self.text is None else orjson.Fragment(self.text)
        return {"from": self.start.isoformat(), "until": until, "state": state}
