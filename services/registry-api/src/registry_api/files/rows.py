"""A row of an imported file, whatever the file's format."""

from abc import ABC, abstractmethod
from collections.abc import Sequence
from typing import Any

from registry_api.domain.organization import State, complete
from servicekit.errors import Violation


class FileRow(ABC):
    """What one row says of an organization, or why it can't be read.

    `line` is where it stands in the file, from 1. `cells` are its cells as they were written, for
    the official who has to mend them. `notices` tell what was interpreted.
    """

    __slots__ = ("cells", "line", "notices", "violations")

    def __init__(
        self,
        line: int,
        cells: Sequence[str],
        violations: Sequence[Violation] = (),
        notices: Sequence[Violation] = (),
    ) -> None:
        self.line = line
        self.cells = cells
        self.violations = violations
        self.notices = notices

    @property
    def sound(self) -> bool:
        """Whether every value was already held to its field's own rules while it was read."""
        return False

    @property
    def example(self) -> bool:
        """Whether this is the example of our own template, left standing."""
        return False

    @abstractmethod
    def patch(self) -> State:
        """The row as a merge patch: it holds only the fields that the file has."""

    @abstractmethod
    def state(self) -> State:
        """The row as the whole state of an organization that nobody knows yet."""

    @abstractmethod
    def leaf(self, *path: str) -> Any:
        """The value of one field, None where the row says nothing of it."""


class BrokenRow(FileRow):
    """A row that can't be read."""

    __slots__ = ()

    def patch(self) -> State:
        """Nothing."""
        return {}

    def state(self) -> State:
        """Nothing known."""
        return complete({})

    def leaf(self, *path: str) -> None:
        """Nothing."""


class FileRefused(Exception):
    """The file as a whole can't be read; nothing of it has landed."""

    def __init__(self, line: int, *violations: Violation) -> None:
        super().__init__("; ".join(v.rule for v in violations))
        self.line = line
        self.violations = violations
