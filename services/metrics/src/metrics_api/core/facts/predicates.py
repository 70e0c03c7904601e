"""A predicate over the columns of a fact, as data; and its reading in plain Python.

The same tree is read by three compilers: here, `counting.expressions` (polars) and
`storage.predicate_sql` (SQL). A property-based test holds them equal. To keep that possible the
logic is two-valued: a comparison with an unknown value is false, and `not` of it is true.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from typing import Literal, TypeAlias

from metrics_api.core.facts.calendar_periods import CalendarPeriod, period_number
from metrics_api.core.facts.columns import POSITION, Fact

Scalar: TypeAlias = str | int | bool
Operator = Literal["eq", "ge", "le"]


@dataclass(frozen=True, slots=True)
class ParameterRef:
    """A number that depends on the date, by its name in `metrics_api/definitions/parameters/`."""

    name: str


@dataclass(frozen=True, slots=True)
class PeriodRef:
    """The calendar period of the day that is asked about, or the one `back` periods before."""

    period: CalendarPeriod
    back: int = 0


Operand: TypeAlias = Scalar | ParameterRef | PeriodRef


@dataclass(frozen=True, slots=True)
class Compare:
    """`column <operator> value`; false where the column is unknown."""

    column: str
    operator: Operator
    value: Operand


@dataclass(frozen=True, slots=True)
class OneOf:
    """The column has one of `values`; false where it is unknown."""

    column: str
    values: tuple[Scalar, ...]


@dataclass(frozen=True, slots=True)
class IsNull:
    """The column is unknown."""

    column: str


@dataclass(frozen=True, slots=True)
class Not:
    """`part` does not hold."""

    part: "Predicate"


@dataclass(frozen=True, slots=True)
class Every:
    """All of `parts` hold; of none: true."""

    parts: "tuple[Predicate, ...]"


@dataclass(frozen=True, slots=True)
class Some:
    """At least one of `parts` holds; of none: false."""

    parts: "tuple[Predicate, ...]"


Predicate: TypeAlias = Compare | OneOf | IsNull | Not | Every | Some


def resolve(predicate: Predicate, value_of: Callable[[str], int], day: date) -> Predicate:
    """The predicate as it is meant on `day`.

    Each `ParameterRef` is replaced by `value_of(its name)`, each `PeriodRef` by the number of that
    period. Raises what `value_of` raises, for a parameter that has no value on the date asked for.
    """
    match predicate:
        case Compare(column, operator, ParameterRef(name)):
            return Compare(column, operator, value_of(name))
        case Compare(column, operator, PeriodRef(period, back)):
            return Compare(column, operator, period_number(period, day, back))
        case Not(part):
            return Not(resolve(part, value_of, day))
        case Every(parts):
            return Every(tuple(resolve(part, value_of, day) for part in parts))
        case Some(parts):
            return Some(tuple(resolve(part, value_of, day) for part in parts))
        case _:
            return predicate


def parameter_names(predicate: Predicate) -> set[str]:
    """The parameters that `predicate` refers to."""
    match predicate:
        case Compare(_, _, ParameterRef(name)):
            return {name}
        case Not(part):
            return parameter_names(part)
        case Every(parts) | Some(parts):
            return set().union(*(parameter_names(part) for part in parts))
        case _:
            return set()


def fact_test(predicate: Predicate) -> Callable[[Fact], bool]:
    """Compile a resolved predicate to a function of one fact."""
    match predicate:
        case Compare(column, operator, value):
            return _comparison(POSITION[column], operator, resolved(value))
        case OneOf(column, values):
            index, allowed = POSITION[column], frozenset(values)
            return lambda fact: fact[index] in allowed
        case IsNull(column):
            index = POSITION[column]
            return lambda fact: fact[index] is None
        case Not(part):
            inner = fact_test(part)
            return lambda fact: not inner(fact)
        case Every(parts):
            tests = [fact_test(part) for part in parts]
            return lambda fact: all(test(fact) for test in tests)
        case Some(parts):
            tests = [fact_test(part) for part in parts]
            return lambda fact: any(test(fact) for test in tests)


def resolved(value: Operand) -> Scalar:
    """The value itself; ValueError when `resolve` was forgotten."""
    if isinstance(value, ParameterRef | PeriodRef):
        raise ValueError(f"{value} is not resolved to a number")
    return value


def _comparison(index: int, operator: Operator, value: Scalar) -> Callable[[Fact], bool]:
    if operator == "eq":
        return lambda fact: fact[index] == value
    bound = int(value)

    def holds(fact: Fact) -> bool:
        recorded = fact[index]
        if recorded is None:
            return False
        assert isinstance(recorded, int)  # only numbers are compared, see `read_predicate`
        return recorded >= bound if operator == "ge" else recorded <= bound

    return holds
