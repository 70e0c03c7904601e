"""Reading what rules ask about out of a state, compiled: every row of an import passes here."""

from collections.abc import Callable, Sequence
from typing import Any

from registry_api.core.organization.columns import columns
from registry_api.core.organization.state import State

Reader = Callable[[State], tuple[tuple[Any, ...], ...]]


class Nothing(dict[str, Any]):
    """An object that is not there: whatever is read from it is null."""

    def __missing__(self, key: str) -> None:
        return None


def fact_reader(groups: Sequence[Sequence[str]]) -> Reader:
    """A function that reads each group of dotted paths of a complete state as a tuple of facts.

    A fact is the value of a leaf; of an object True when it is there, else None.
    """
    leaves = {column.dotted for column in columns()}
    tuples = (
        "(" + "".join(f"{_source(path, path in leaves)}, " for path in group) + ")"
        for group in groups
    )
    read: Reader = eval(f"lambda state: ({', '.join(tuples)},)", {"nothing": Nothing()})  # noqa: S307 - paths of the model
    return read


def _source(path: str, leaf: bool) -> str:
    value = member(path.split("."))
    return value if leaf else f"({value} is not None or None)"


def member(path: Sequence[str]) -> str:
    """The expression that reads `path` from `state`, null below an object that is not there."""
    *parents, last = path
    value = "state"
    for key in parents:
        value = f"({value}[{key!r}] or nothing)"
    return f"{value}[{last!r}]"
