"""What a ledger holds: events to append, where they landed, its end, and where a chain breaks."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any
from uuid import UUID

import orjson

from servicekit.time.period import Segment


@dataclass(frozen=True, slots=True)
class NewEvent:
    """What a use case hands to the ledger.

    `revision` is the subject's next (dense, from 1; the use case holds the subject's row lock).
    `change` is the RFC 7396 merge patch (a Fragment is its canonical text), None where a timeline
    is replaced as a whole.
    `timeline` holds on and after `effective_on` and replaces all that was known from there on.
    `areas` are the access areas touched before or after the change.
    """

    subject: str
    revision: int
    type: str
    effective_on: date
    actor: str
    reason: str | None
    change: dict[str, Any] | orjson.Fragment | None
    timeline: Sequence[Segment]
    areas: Sequence[str] = field(default=())


@dataclass(frozen=True, slots=True)
class Appended:
    """Where an event landed."""

    position: int
    recorded_at: datetime


@dataclass(frozen=True, slots=True)
class Head:
    """The end of a ledger; position 0 and 32 zero bytes when it is empty."""

    position: int
    digest: bytes
    recorded_at: datetime
    algorithm: str


@dataclass(frozen=True, slots=True)
class Break:
    """Where a chain fails: `missing` or `altered` at `position`, or the `head` differs."""

    position: int
    kind: str


@dataclass(frozen=True, slots=True)
class PreparedEvent:
    """An event and its canonical text around the holes for position and time."""

    id: UUID
    event: NewEvent
    before: str
    between: str
    after: str

    def text(self, position: int, stamp: str) -> str:
        """The whole canonical text, as recorded at `position` and at the time `stamp`."""
        return f"{self.before}{position}{self.between}{stamp}{self.after}"
