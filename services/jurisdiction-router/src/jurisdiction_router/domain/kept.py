"""Tables that fill themselves and never grow without end: questions may come with any codes."""

from collections.abc import Callable
from typing import Final, TypeVar

MAX_KEPT: Final = 50_000
"""Entries of one table before it starts afresh; more than the country has streets."""

Key = TypeVar("Key")
Value = TypeVar("Value")


class Kept(dict[Key, Value]):
    """A table that asks `find` for what it does not hold yet.

    What it remembers changes no answer: `find` must always find the same.
    """

    def __init__(self, find: Callable[[Key], Value]) -> None:
        super().__init__()
        self._find = find

    def __missing__(self, key: Key) -> Value:
        value = self._find(key)
        if len(self) >= MAX_KEPT:
            self.clear()
        self[key] = value
        return value
