"""Conditions on an organization, as the data files of rules write them.

A condition maps dotted paths of the document to tests, all of which must hold:

* a value, or a list of values: one of these; null is "unknown";
* `{not: [values]}`: none of these;
* `{min: n}`, `{below: n}`: a count of at least, of less than n, which is a number or the name of a
  dated parameter; what is unknown meets neither, nor does anything before the parameter's first;
* `{known: true}`, `{known: false}`: whether there is a value (an object) at all.

`any: [condition, …]` holds when one of them does. Whatever a file writes wrongly is found when it
is loaded (ValueError).
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from functools import cache
from typing import Any

from registry_api.core.organization.columns import columns, value_at
from registry_api.core.organization.state import State
from registry_api.core.parameters import parameter, starts

Facts = Mapping[str, Any]
"""What a rule reads of an organization: values by dotted path, True for an object that is there."""

Test = Callable[[Any, date], bool]


@dataclass(frozen=True, slots=True)
class Condition:
    """All of `tests` (path, test), and one of `alternatives` where there are any."""

    tests: tuple[tuple[str, Test], ...]
    alternatives: tuple["Condition", ...]
    parameters: frozenset[str]

    def holds(self, facts: Facts, day: date) -> bool:
        """Whether it holds on `day` of an organization with these facts."""
        return all(test(facts[path], day) for path, test in self.tests) and (
            not self.alternatives or any(other.holds(facts, day) for other in self.alternatives)
        )

    @property
    def paths(self) -> frozenset[str]:
        """The dotted paths it reads."""
        below = (other.paths for other in self.alternatives)
        return frozenset(path for path, _ in self.tests).union(*below)


def read_condition(raw: Mapping[str, Any]) -> Condition:
    """A condition from a data file. Raises ValueError naming what is wrong."""
    alternatives = tuple(read_condition(other) for other in raw.get("any", ()))
    own = {path: test for path, test in raw.items() if path != "any"}
    for path in own:
        check_path(path)
    parameters = frozenset(_parameters_of(own)).union(*(a.parameters for a in alternatives))
    tests = tuple((path, _test(path, test)) for path, test in own.items())
    return Condition(tests, alternatives, parameters)


def check_path(path: str) -> None:
    """Raises ValueError for a path that organizations do not have."""
    if path not in _paths():
        raise ValueError(f"organizations have no field {path}")


def fact_at(state: State, path: str) -> Any:
    """The fact at a dotted path of a complete state: True for an object, None where nothing is."""
    value = value_at(state, path.split("."))
    return True if isinstance(value, dict) else value


def facts_of(state: State, paths: frozenset[str]) -> Facts:
    """What is at `paths` of a complete state."""
    return {path: fact_at(state, path) for path in paths}


@cache
def _paths() -> frozenset[str]:
    leaves = [column.path for column in columns()]
    return frozenset(".".join(path[:depth]) for path in leaves for depth in range(1, len(path) + 1))


def _parameters_of(tests: Mapping[str, Any]) -> Iterator[str]:
    for test in tests.values():
        bounds = test.values() if isinstance(test, dict) else ()
        yield from (bound for bound in bounds if isinstance(bound, str))


def _test(path: str, raw: Any) -> Test:
    if not isinstance(raw, dict):
        values = raw if isinstance(raw, list) else [raw]
        return lambda value, _: value in values
    ((operator, operand),) = raw.items()
    if operator not in _OPERATORS:
        raise ValueError(f"{path}: there is no test {operator}")
    if isinstance(operand, str):
        starts(operand)
    return _OPERATORS[operator](operand)


def _known(expected: bool) -> Test:
    return lambda value, _: (value is not None) is expected


def _not(values: list[Any]) -> Test:
    return lambda value, _: value not in values


def _min(bound: int | str) -> Test:
    return lambda value, day: _compared(value, bound, day, lambda v, b: v >= b)


def _below(bound: int | str) -> Test:
    return lambda value, day: _compared(value, bound, day, lambda v, b: v < b)


def _compared(value: Any, bound: int | str, day: date, holds: Callable[[int, int], bool]) -> bool:
    if isinstance(bound, str):
        dated = parameter(bound, day)
        if dated is None:
            return False
        bound = int(dated.value)
    return value is not None and holds(value, bound)


_OPERATORS: Mapping[str, Callable[[Any], Test]] = {
    "known": _known,
    "not": _not,
    "min": _min,
    "below": _below,
}
