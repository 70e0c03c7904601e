"""What falls due, lapses or gets overdue: terms that begin or end with dates in the facts."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from typing import Literal

from metrics_api.core.definitions.explanations import explainer
from metrics_api.core.definitions.indicators import Parameter
from metrics_api.core.facts.columns import POSITION, Fact
from metrics_api.core.facts.predicates import Every, Predicate
from servicekit.errors import Text

State = Literal["overdue", "due", "later", "undated"]
STATES: tuple[State, ...] = ("overdue", "due", "later", "undated")
"""Before the day asked for; until the end asked for; after it; by no date that is known."""
WORK: tuple[State, ...] = ("overdue", "due")
"""How those stand whom there is to work on until the end asked for."""

EVERYBODY = Every(())
"""The predicate that holds of every fact."""


@dataclass(frozen=True, slots=True)
class Term:
    """One way to know the last day: the first that yields a date counts.

    A date of the facts `field` (a half-open end, so the day before it), some `years` after it by
    the rule in force when it began; or the `day`; or, with neither, at once. `when` limits it.
    """

    field: str | None = None
    years: Parameter | None = None
    day: date | None = None
    when: Predicate | None = None


@dataclass(frozen=True, slots=True)
class Forecast:
    """Something organizations owe by a day, under the name that the registry's obligations have.

    `when` says of whom; `needs` is a date of the facts without which nothing is owed.
    """

    id: str
    version: int
    title: Text
    reference: str
    when: Predicate
    terms: tuple[Term, ...]
    needs: str | None = None


def deciding(forecast: Forecast) -> Callable[[Fact], tuple[str, ...]]:
    """Compile a resolved forecast to a function that names the columns that decide.

    They decide that a fact which it asks about owes something, and by which day; each is named
    once. Dates that would have told the day but are not recorded are among them.
    """
    owes = explainer(forecast.when)
    terms = [(term.field, explainer(term.when or EVERYBODY)) for term in forecast.terms]

    def columns(fact: Fact) -> tuple[str, ...]:
        names = [*owes(fact).columns]
        for field, applies in terms:
            verdict = applies(fact)
            if not verdict.holds:
                continue
            names += verdict.columns
            if field is None:
                break
            names.append(field)
            if fact[POSITION[field]] is not None:
                break
        return tuple(dict.fromkeys(names))

    return columns
