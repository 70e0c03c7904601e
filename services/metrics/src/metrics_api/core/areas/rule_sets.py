"""Rule sets over time: which decided who supervises, named in receipts."""

from dataclasses import dataclass
from datetime import date


@dataclass(frozen=True, slots=True)
class RuleSetVersion:
    """A rule set in force on `[valid_from, valid_until)`; `code` is its id, `scope` its territory.

    It is immutable once approved: `digest` says which text it was.
    """

    code: str
    scope: str | None
    digest: str | None
    valid_from: date
    valid_until: date

    def in_force(self, day: date) -> bool:
        """Whether it decides on `day`."""
        return self.valid_from <= day < self.valid_until
