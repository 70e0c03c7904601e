"""Tables that fill themselves and never grow without end: questions may come with any codes."""

from collections.abc import Callable
from typing import Final, TypeVar

MAX_KEPT: Final = 50_000
"""Entries of one table before it starts afresh; more than the country has streets."""

Key = TypeVar("Key")
Value = TypeVar("Value")


class Bounded(dict[Key, Value]):
    """A table that starts afresh once it holds `most` entries."""

    def __init__(self, most: int = MAX_KEPT) -> None:
        super().__init__()
        self._most = most

    def keep(self, key: Key, value: Value) -> Value:
        """Take an entry in; its value."""
        if len(self) >= self._most:
            self.clear()
        self[key] = value
        return value


class Kept(Bounded[Key, Value]):
    """A table that asks `find` for what it does not hold yet.

    What it remembers changes no answer: `find` must always find the same.
    """

    def __init__(self, find: Callable[[Key], Value], most: int = MAX_KEPT) -> None:
        super().__init__(most)
        self._find = find

    def __missing__(self, key: Key) -> Value:
        return self.keep(key, self._find(key))
