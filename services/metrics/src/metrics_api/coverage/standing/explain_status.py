"""Tell how one organization stands in every indicator, and which facts decide that."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from fractions import Fraction
from typing import ClassVar
from uuid import UUID

from metrics_api.core.definitions.explanations import explainer, member_explainer
from metrics_api.core.definitions.indicators import Indicator, ResolvedIndicator
from metrics_api.core.definitions.weights import COUNTED, fact_weight
from metrics_api.core.facts.columns import POSITION, Fact
from metrics_api.core.facts.edition import Edition
from metrics_api.core.refusals import ParameterUndefined
from metrics_api.counting.question import AskCoverage
from metrics_api.definitions.load import Definitions
from metrics_api.facts.read import ReadFacts
from servicekit.errors import InvalidRequest, NotFound
from servicekit.time import Period


@dataclass(frozen=True, slots=True)
class DecidingFact:
    """A fact, and the first day since which it has been so without a break."""

    column: str
    value: str | int | bool | date | None
    since: date


@dataclass(frozen=True, slots=True)
class IndicatorStanding:
    """`asked`: in the denominator; `counted`: in the numerator. `facts` decide which of the three.

    Both are None where no rule states the indicator's numbers on that day. `adds` is what it adds
    to the numerator and the denominator of a ratio of sums; None of a share.
    """

    indicator: Indicator
    asked: bool | None
    counted: bool | None
    facts: list[DecidingFact]
    adds: tuple[Fraction, Fraction] | None = None


@dataclass(frozen=True, slots=True)
class StatusResult:
    """How an organization stands on `valid_on`."""

    edition: Edition
    valid_on: date
    name: str | None
    code: str | None
    indicators: list[IndicatorStanding]
    fact: Fact
    since: date
    """Since when all its facts have been as they are."""


class ExplainStatus:
    """Reads one organization's timeline and asks it every indicator."""

    refusals: ClassVar = (InvalidRequest, NotFound)

    def __init__(self, ask: AskCoverage, facts: ReadFacts, definitions: Definitions) -> None:
        self._ask = ask
        self._facts = facts
        self._definitions = definitions

    async def answer(
        self,
        organization: UUID,
        valid_on: date | None,
        edition: int | None,
        areas: tuple[str, ...] | None,
    ) -> StatusResult:
        """How `organization` stands on `valid_on` (today for None).

        Refuses `not-found` for one that is not there on that day as the edition knows it (void,
        not yet registered), or lies outside `areas`.
        """
        known = await self._ask.knowledge(edition)
        day = valid_on or self._ask.today
        timeline = await self._facts.timeline(organization, known.edition.number)
        until_day = [span for span in timeline if span.start <= day]
        if not until_day or not until_day[-1].holds_on(day):
            raise NotFound()
        fact = until_day[-1].value
        if areas is not None and not str(fact[POSITION["area"]] or "").startswith(areas):
            raise NotFound()
        standings = [
            self._standing(indicator, day, until_day)
            for indicator in self._definitions.indicators.values()
        ]
        return StatusResult(
            known.edition,
            day,
            _text(fact, "name"),
            _text(fact, "code"),
            standings,
            fact,
            until_day[-1].start,
        )

    def _standing(
        self, indicator: Indicator, day: date, until_day: Sequence[Period[Fact]]
    ) -> IndicatorStanding:
        try:
            resolved = indicator.on(day, self._definitions.parameters)
        except ParameterUndefined:
            return IndicatorStanding(indicator, None, None, [])
        return _stands(indicator, resolved, until_day)


def _stands(
    indicator: Indicator, resolved: ResolvedIndicator, until_day: Sequence[Period[Fact]]
) -> IndicatorStanding:
    fact = until_day[-1].value
    in_denominator = explainer(resolved.denominator)(fact)
    in_numerator = member_explainer(resolved)(fact)
    columns = (in_numerator if in_denominator.holds else in_denominator).columns
    facts = [
        DecidingFact(column, fact[POSITION[column]], _since(until_day, column))
        for column in columns
    ]
    counts = in_denominator.holds and in_numerator.holds
    return IndicatorStanding(
        indicator,
        in_denominator.holds,
        counts,
        facts,
        _adds(resolved, fact, in_denominator.holds, counts),
    )


def _adds(
    resolved: ResolvedIndicator, fact: Fact, in_denominator: bool, in_numerator: bool
) -> tuple[Fraction, Fraction] | None:
    if resolved.measure == COUNTED:
        return None
    above, below = (fact_weight(w)(fact) for w in (resolved.measure.numerator,
                                                   resolved.measure.denominator))  # fmt: skip
    return (above if in_numerator else Fraction(0), below if in_denominator else Fraction(0))


def _since(until_day: Sequence[Period[Fact]], column: str) -> date:
    """The first day of the unbroken run of spans, up to the last, with the same value."""
    place = POSITION[column]
    since = until_day[-1].start
    for span in reversed(until_day[:-1]):
        if span.until != since or span.value[place] != until_day[-1].value[place]:
            break
        since = span.start
    return since


def _text(fact: Fact, column: str) -> str | None:
    value = fact[POSITION[column]]
    return None if value is None else str(value)
