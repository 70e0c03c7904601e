"""The clock of tests: it stands still, so that what a test expects does not depend on its day."""

from datetime import UTC, date, datetime


class FixedClock:
    """A clock that stands at noon (Asia/Shanghai) of a day until it is set to another."""

    def __init__(self, day: date) -> None:
        self._day = day

    def set(self, day: date) -> None:
        """Stand at noon of `day` from now on."""
        self._day = day

    def now(self) -> datetime:
        """Noon of the day, in UTC."""
        return datetime(self._day.year, self._day.month, self._day.day, 4, tzinfo=UTC)

    def today(self) -> date:
        """The day."""
        return self._day
