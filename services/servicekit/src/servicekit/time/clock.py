"""The injected clock: the only place that asks what time it is."""

from datetime import UTC, date, datetime
from typing import Protocol
from zoneinfo import ZoneInfo

CIVIL_ZONE = ZoneInfo("Asia/Shanghai")
"""Valid time is counted in civil dates of this zone."""


class Clock(Protocol):
    """What use cases may ask of time."""

    def now(self) -> datetime:
        """This instant, aware, in UTC."""

    def today(self) -> date:
        """The civil date in Asia/Shanghai."""


class SystemClock:
    """The machine's clock."""

    def now(self) -> datetime:
        """This instant, aware, in UTC."""
        return datetime.now(UTC)

    def today(self) -> date:
        """The civil date in Asia/Shanghai."""
        return datetime.now(CIVIL_ZONE).date()
