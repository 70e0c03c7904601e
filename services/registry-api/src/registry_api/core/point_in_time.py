"""The two kinds of time of a reading: a day in the world, and a moment of our knowledge of it."""

from dataclasses import dataclass
from datetime import date, datetime


@dataclass(frozen=True, slots=True)
class AsOf:
    """What a caller asks for: `valid_on` None is today, `known_at` None is now.

    `known_at` is a position in the ledger, or a time whose last position is meant.
    """

    valid_on: date | None
    known_at: int | datetime | None

    def is_now(self, today: date) -> bool:
        """Whether the current rows answer it: facts are never recorded for days ahead."""
        return self.known_at is None and (self.valid_on is None or self.valid_on >= today)


@dataclass(frozen=True, slots=True)
class PointInTime:
    """The same, settled: what holds on `day` by the events up to `position`."""

    day: date
    position: int
