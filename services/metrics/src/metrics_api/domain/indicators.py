"""Indicators and the dated numbers they refer to."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from metrics_api.domain.predicates import Every, Predicate, resolve
from metrics_api.domain.timelines import Span
from servicekit.refusals import Refusal, Violation

RATE_UNIT = 1_000_000
"""Rates are told to one in a million."""


@dataclass(frozen=True, slots=True)
class Wording:
    """A text in the two languages of the product."""

    zh: str
    en: str


@dataclass(frozen=True, slots=True)
class DatedValue:
    """A parameter's value and the rule that set it."""

    number: int
    reference: str


@dataclass(frozen=True, slots=True)
class Parameter:
    """A number that a rule states and may change: its values over time."""

    name: str
    title: Wording
    values: tuple[Span[DatedValue], ...]

    def on(self, day: date) -> int:
        """The value in force on `day`; refuses `parameter-undefined` where no rule states one."""
        for span in self.values:
            if span.start <= day < span.until:
                return span.value.number
        broken = Violation(
            "/valid_on", "parameter_undefined", day.isoformat(), {"parameter": self.name}
        )
        raise Refusal("parameter-undefined", broken, parameter=self.name)


@dataclass(frozen=True, slots=True)
class Indicator:
    """A rate: of the organizations in the denominator, those that the numerator asks for.

    The numerator counts *within* the denominator by construction, so a rate is never above one.
    `version` changes whenever the same facts could give another number.
    """

    id: str
    version: int
    title: Wording
    formula: Wording
    unit: str
    reference: str
    denominator: Predicate
    condition: Predicate

    def on(self, day: date, parameters: Mapping[str, Parameter]) -> "ResolvedIndicator":
        """The two predicates with the numbers in force on `day`."""

        def value_of(name: str) -> int:
            return parameters[name].on(day)

        return ResolvedIndicator(
            resolve(self.denominator, value_of, day), resolve(self.condition, value_of, day)
        )


@dataclass(frozen=True, slots=True)
class ResolvedIndicator:
    """What to count on one day; `numerator` implies `denominator`."""

    denominator: Predicate
    condition: Predicate

    @property
    def numerator(self) -> Predicate:
        """The condition, asked within the denominator."""
        return Every((self.denominator, self.condition))


@dataclass(frozen=True, slots=True)
class Tally:
    """How many count, of how many."""

    numerator: int
    denominator: int

    @property
    def rate(self) -> float | None:
        """Rounded half up to six decimals in integers, so that the same figures always print the
        same wherever they were divided; None of nobody.
        """
        if not self.denominator:
            return None
        return (
            (self.numerator * 2 * RATE_UNIT + self.denominator)
            // (self.denominator * 2)
            / RATE_UNIT
        )
