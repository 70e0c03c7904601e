"""Which facts decide a predicate: the answer to "why is this organization counted, or not"."""

from collections.abc import Callable
from typing import NamedTuple

from metrics_api.core.definitions.indicators import ResolvedIndicator
from metrics_api.core.facts.columns import Fact
from metrics_api.core.facts.predicates import Every, Not, Predicate, Some, fact_test


class Verdict(NamedTuple):
    """Whether a predicate holds, and the columns whose values decide that, each once."""

    holds: bool
    columns: tuple[str, ...]


def explainer(predicate: Predicate) -> Callable[[Fact], Verdict]:
    """Compile a resolved predicate to a function that also says why.

    Of `all` that fails, only what failed decides; of `any` that holds, only what held: each of
    these would decide alone. Otherwise every part decides, together.
    """
    match predicate:
        case Not(part):
            inner = explainer(part)
            return lambda fact: _opposite(inner(fact))
        case Every(parts):
            return _of_parts([explainer(part) for part in parts], decides_alone=False)
        case Some(parts):
            return _of_parts([explainer(part) for part in parts], decides_alone=True)
        case _:
            holds, columns = fact_test(predicate), (predicate.column,)
            return lambda fact: Verdict(holds(fact), columns)


def member_explainer(indicator: ResolvedIndicator) -> Callable[[Fact], Verdict]:
    """Why somebody of the denominator counts or not, and what it adds to a ratio of sums."""
    explain = explainer(indicator.condition)
    if not indicator.measure.asked:
        return explain

    def explained(fact: Fact) -> Verdict:
        holds, columns = explain(fact)
        return Verdict(holds, tuple(dict.fromkeys((*columns, *indicator.measure.asked))))

    return explained


def _opposite(verdict: Verdict) -> Verdict:
    return Verdict(not verdict.holds, verdict.columns)


def _of_parts(
    parts: list[Callable[[Fact], Verdict]], *, decides_alone: bool
) -> Callable[[Fact], Verdict]:
    def explain(fact: Fact) -> Verdict:
        verdicts = [part(fact) for part in parts]
        alone = [verdict for verdict in verdicts if verdict.holds is decides_alone]
        columns = [column for verdict in alone or verdicts for column in verdict.columns]
        return Verdict(decides_alone is bool(alone), tuple(dict.fromkeys(columns)))

    return explain
