"""A day, and what was known of it when."""

from datetime import date, datetime
from typing import NamedTuple


class AsOf(NamedTuple):
    """A day, None for today, and a position or a moment of knowledge of it, None for now."""

    valid_on: date | None
    known_at: int | datetime | None
