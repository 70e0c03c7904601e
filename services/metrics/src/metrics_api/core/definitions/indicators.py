"""Indicators and the dated numbers they refer to."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from metrics_api.core.definitions.weights import COUNTED, WHOLE, Divisors, Measure
from metrics_api.core.facts.predicates import Every, Predicate, resolve
from metrics_api.core.refusals import ParameterUndefined
from servicekit.errors import Text, Violation
from servicekit.time import Period, value_on

RATE_UNIT = 1_000_000
"""Rates are told to one in a million."""


@dataclass(frozen=True, slots=True)
class DatedValue:
    """A parameter's value and the rule that set it."""

    number: int
    reference: str


@dataclass(frozen=True, slots=True)
class Parameter:
    """A number that a rule states and may change: its values over time."""

    name: str
    title: Text
    values: tuple[Period[DatedValue], ...]

    def on(self, day: date) -> int:
        """The value in force on `day`; refuses `parameter-undefined` where no rule states one."""
        value = value_on(self.values, day)
        if value is not None:
            return value.number
        broken = Violation(
            "/valid_on", "parameter_undefined", day.isoformat(), {"parameter": self.name}
        )
        raise ParameterUndefined(broken, parameter=self.name)


@dataclass(frozen=True, slots=True)
class Indicator:
    """A rate: of the organizations in the denominator, those that the numerator asks for.

    The numerator counts *within* the denominator by construction, so a rate is never above one.
    With a `measure` other than `COUNTED` it is a ratio of sums: what the organizations of the
    numerator add to the one, what those of the denominator add to the other.
    `version` changes whenever the same facts could give another number.
    """

    id: str
    version: int
    title: Text
    formula: Text
    unit: str
    reference: str
    denominator: Predicate
    condition: Predicate
    measure: Measure = COUNTED

    @property
    def is_share(self) -> bool:
        """Whether it tells a share of one, and not a ratio of sums."""
        return self.measure == COUNTED

    def on(self, day: date, parameters: Mapping[str, Parameter]) -> "ResolvedIndicator":
        """The two predicates with the numbers in force on `day`."""

        def value_of(name: str) -> int:
            return parameters[name].on(day)

        return ResolvedIndicator(
            resolve(self.denominator, value_of, day),
            resolve(self.condition, value_of, day),
            self.measure,
        )


@dataclass(frozen=True, slots=True)
class ResolvedIndicator:
    """What to count on one day; `numerator` implies `denominator`."""

    denominator: Predicate
    condition: Predicate
    measure: Measure = COUNTED

    @property
    def numerator(self) -> Predicate:
        """The condition, asked within the denominator."""
        return Every((self.denominator, self.condition))


@dataclass(frozen=True, slots=True)
class Tally:
    """How many count, of how many; of a ratio of sums, whole numbers over `divisors`."""

    numerator: int
    denominator: int
    divisors: Divisors = WHOLE
    is_share: bool = True

    @property
    def rate(self) -> float | None:
        """Numerator ÷ denominator; None of nobody.

        Rounded half up to six decimals in integers, so that the same figures always print the same
        wherever they were divided.
        """
        numerator = self.numerator * self.divisors.denominator
        denominator = self.denominator * self.divisors.numerator
        if not denominator:
            return None
        return (numerator * 2 * RATE_UNIT + denominator) // (denominator * 2) / RATE_UNIT
