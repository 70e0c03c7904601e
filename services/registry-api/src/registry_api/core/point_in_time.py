"""A point in both kinds of time: a day in the world, and a position in the ledger."""

from dataclasses import dataclass
from datetime import date


@dataclass(frozen=True, slots=True)
class PointInTime:
    """What holds on `day` by the events up to `position`."""

    day: date
    position: int
