"""Moments of our knowledge, as callers write them: a position in a ledger, or a time."""

import re
from datetime import UTC, datetime
from typing import Annotated

from fastapi import Query

from servicekit.errors.refusal import Refusal, Violation

_POSITION = "[0-9]{1,18}"
_RFC_3339 = (
    "[0-9]{4}-[0-9]{2}-[0-9]{2}[Tt][0-9]{2}:[0-9]{2}(:[0-9]{2}(\\.[0-9]{1,9})?)?"
    "([Zz]|[+\\- ][0-9]{2}:[0-9]{2})"
)
"""A space stands for a plus sign that was not encoded in the address."""
_MOMENT = re.compile(f"{_POSITION}|{_RFC_3339}")

KnownAt = Annotated[
    str | None,
    Query(
        max_length=40,
        description="As known at a ledger position or RFC 3339 time; default now 知悉时点",
        json_schema_extra={"pattern": f"^({_POSITION}|{_RFC_3339})$"},
    ),
]
"""What `moment` reads."""


def moment(known_at: str | None) -> int | datetime | None:
    """`known_at` as a position in a ledger, or as a time in UTC.

    Raises Refusal `invalid-request` for anything else, also for a time that is not in the calendar
    any more once its offset is taken away (0001-01-01T00:00:00+14:00).
    """
    if known_at is None:
        return None
    if not _MOMENT.fullmatch(known_at):
        raise _no_moment(known_at)
    if known_at.isdigit():
        return int(known_at)
    try:
        return datetime.fromisoformat(known_at.upper().replace(" ", "+")).astimezone(UTC)
    except (ValueError, OverflowError):
        raise _no_moment(known_at) from None


def _no_moment(known_at: str) -> Refusal:
    return Refusal("invalid-request", Violation("/known_at", "position_or_time", known_at))
