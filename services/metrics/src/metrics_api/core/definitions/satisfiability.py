"""Whether any fact at all could meet a predicate: a definition that none meets is a mistake."""

from collections.abc import Iterator
from itertools import product
from math import prod

from metrics_api.core.facts.columns import COLUMN_BY_NAME, COLUMNS, POSITION, Fact
from metrics_api.core.facts.predicates import (
    Compare,
    Every,
    IsNull,
    Not,
    OneOf,
    Predicate,
    Scalar,
    Some,
    fact_test,
    resolved,
)

_MAX_COMBINATIONS = 200_000


def satisfiable(predicate: Predicate) -> bool:
    """Whether some combination of values meets a resolved predicate.

    Exact: every column that is asked takes each value that could make a difference. A predicate
    with more than 200,000 combinations is taken to be satisfiable.
    """
    values_of: dict[str, set[Scalar | None]] = {}
    for column, value in _asked(predicate):
        values = values_of.setdefault(column, {None, *COLUMN_BY_NAME[column].codes})
        values.update(near for near in _near(value) if _fits(column, near))
    if prod(len(values) for values in values_of.values()) > _MAX_COMBINATIONS:
        return True
    holds = fact_test(predicate)
    nothing: list[Scalar | None] = [None] * len(COLUMNS)
    for combination in product(*values_of.values()):
        for column, value in zip(values_of, combination, strict=True):
            nothing[POSITION[column]] = value
        fact: Fact = tuple(nothing)
        if holds(fact):
            return True
    return False


def _asked(predicate: Predicate) -> Iterator[tuple[str, Scalar | None]]:
    """Each column with each value it is compared with; None where it only may be unknown."""
    match predicate:
        case Compare(column, _, value):
            yield column, resolved(value)
        case OneOf(column, values):
            yield from ((column, value) for value in values)
        case IsNull(column):
            yield column, None
        case Not(part):
            yield from _asked(part)
        case Every(parts) | Some(parts):
            for part in parts:
                yield from _asked(part)


def _fits(column: str, value: Scalar | None) -> bool:
    """Whether the column can hold it; codes are all there already."""
    if value is None:
        return True
    kind = COLUMN_BY_NAME[column].type
    if isinstance(value, str):
        return kind in ("text", "code")
    return kind == ("boolean" if isinstance(value, bool) else "integer")


def _near(value: Scalar | None) -> set[Scalar | None]:
    """The value, and values beside it that a comparison would tell from it."""
    if isinstance(value, bool):
        return {True, False}
    if isinstance(value, int):
        return {value - 1, value, value + 1}
    return {value, "something else"} if value else {None, 0, True, "something else"}
