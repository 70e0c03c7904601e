"""A row of an imported file, whatever the file's format."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from servicekit.refusals import Violation


@dataclass(frozen=True, slots=True)
class FileRow:
    """What one row says: a merge patch of an organization's state, or why it can't be read.

    `line` is where it stands in the file, from 1. `patch` holds only the columns the file has.
    """

    line: int
    patch: dict[str, Any]
    violations: Sequence[Violation] = field(default=())


class FileRefused(Exception):
    """The file as a whole can't be read; nothing of it has landed."""

    def __init__(self, line: int, *violations: Violation) -> None:
        super().__init__("; ".join(v.rule for v in violations))
        self.line = line
        self.violations = violations
