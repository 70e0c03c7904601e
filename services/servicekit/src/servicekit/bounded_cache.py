"""Caches of a bounded size: questions may come with any codes."""

from collections.abc import Callable
from typing import Final, TypeVar

MAX_ENTRIES: Final = 50_000
"""Entries of one cache before it is emptied, unless it is made with another limit."""

Key = TypeVar("Key")
Value = TypeVar("Value")


class BoundedCache(dict[Key, Value]):
    """A cache that is emptied once it holds `limit` entries."""

    def __init__(self, limit: int = MAX_ENTRIES) -> None:
        super().__init__()
        self._limit = limit

    def store(self, key: Key, value: Value) -> Value:
        """Store an entry; its value."""
        if len(self) >= self._limit:
            self.clear()
        self[key] = value
        return value


class FillingCache(BoundedCache[Key, Value]):
    """A cache that asks `find` for what it does not hold yet.

    It changes no answer: `find` must always return the same.
    """

    def __init__(self, find: Callable[[Key], Value], limit: int = MAX_ENTRIES) -> None:
        super().__init__(limit)
        self._find = find

    def __missing__(self, key: Key) -> Value:
        return self.store(key, self._find(key))
