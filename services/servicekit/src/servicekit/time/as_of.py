"""The two kinds of time of a reading: a day in the world, and a moment of our knowledge of it."""

import re
from dataclasses import dataclass
from datetime import UTC, date, datetime

from servicekit.errors.refusal import Refusal, Violation
from servicekit.errors.standard import InvalidRequest

_POSITION = "[0-9]{1,18}"
_RFC_3339 = (
    "[0-9]{4}-[0-9]{2}-[0-9]{2}[Tt][0-9]{2}:[0-9]{2}(:[0-9]{2}(\\.[0-9]{1,9})?)?"
    "([Zz]|[+\\- ][0-9]{2}:[0-9]{2})"
)
"""A space stands for a plus sign that was not encoded in the address."""

KNOWN_AT_PATTERN = f"{_POSITION}|{_RFC_3339}"
"""A position in a ledger, or an RFC 3339 time, as callers write a moment of knowledge."""

_KNOWN_AT = re.compile(KNOWN_AT_PATTERN)


@dataclass(frozen=True, slots=True)
class AsOf:
    """What a reading is asked for: `valid_on` None is today, `known_at` None is now.

    `known_at` is a position in the ledger, or a time whose last position is meant.
    """

    valid_on: date | None
    known_at: int | datetime | None

    def is_now(self, today: date) -> bool:
        """Whether the current rows answer it: facts are never recorded for days ahead."""
        return self.known_at is None and (self.valid_on is None or self.valid_on >= today)


def moment(known_at: str | None) -> int | datetime | None:
    """`known_at` as a position in a ledger, or as a time in UTC.

    Raises Refusal `invalid-request` for anything else, also for a time that is not in the calendar
    any more once its offset is taken away (0001-01-01T00:00:00+14:00).
    """
    if known_at is None:
        return None
    if not _KNOWN_AT.fullmatch(known_at):
        raise _no_moment(known_at)
    if known_at.isdigit():
        return int(known_at)
    try:
        return datetime.fromisoformat(known_at.upper().replace(" ", "+")).astimezone(UTC)
    except (ValueError, OverflowError):
        raise _no_moment(known_at) from None


def _no_moment(known_at: str) -> Refusal:
    return InvalidRequest(Violation("/known_at", "position_or_time", known_at))
