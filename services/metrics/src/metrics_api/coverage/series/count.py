"""Answer how indicators went over time: counts at the ends of periods, whole and by dimensions."""

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from itertools import groupby
from typing import ClassVar, NamedTuple

import polars as pl

from metrics_api.core.definitions.dimensions import is_territorial
from metrics_api.core.definitions.weights import COUNTED, Divisors
from metrics_api.core.facts.calendar_periods import Period, period_ends
from metrics_api.core.facts.edition import Edition
from metrics_api.core.refusals import FiguresTooFine, ParameterUndefined, TooManyGroups
from metrics_api.counting.coverage_count import CoverageQuery, known_since
from metrics_api.counting.group_estimate import refuse_too_many
from metrics_api.counting.group_labels import group_labels
from metrics_api.counting.question import AskCoverage, Knowledge
from metrics_api.counting.request import CoverageRequest, Hierarchy, check_filters, hierarchy_day
from metrics_api.counting.series_count import count_series, whole_series
from metrics_api.counting.weighing import Figures, parts_of
from servicekit.errors import InvalidRequest, Violation

MAX_POINTS = 400
"""Days in one series: thirty years of months, a hundred of quarters."""


@dataclass(frozen=True, slots=True)
class SeriesRequest:
    """A question as it came in: `indicators` at the end of each `period` of `[first, last]`.

    `last` is today where it is left out; `areas` are the prefixes the caller is limited to.
    """

    indicators: tuple[str, ...]
    first: date
    last: date | None = None
    period: Period = "month"
    group_by: tuple[str, ...] = ()
    filters: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    edition: int | None = None
    areas: tuple[str, ...] | None = None
    hierarchy: Hierarchy = "as_was"

    def of(self, indicator: str, group_by: tuple[str, ...]) -> CoverageRequest:
        """The same question about one indicator on one day."""
        shared = (self.filters, self.last, self.edition, self.areas, self.hierarchy)
        return CoverageRequest(indicator, group_by, *shared)


class Counted(NamedTuple):
    """Rows of a series, and what their figures are to be divided by."""

    rows: pl.DataFrame
    divisors: Divisors
    is_share: bool


@dataclass(frozen=True, slots=True)
class IndicatorSeries:
    """One indicator over time: a row per group and day, in order; of the whole, per day.

    Both have `valid_on`, `numerator`, `denominator` and `rate`, null before the indicator's rule;
    their figures are to be divided by their divisors.
    """

    indicator: str
    whole: Counted
    groups: Counted
    labels: dict[str, pl.Series]


@dataclass(frozen=True, slots=True)
class SeriesResult:
    """All series at one edition.

    `hierarchy_on`: the day whose areas hold for all, None for each its own.
    """

    edition: Edition
    hierarchy_on: date | None
    days: list[date]
    series: list[IndicatorSeries]


class CountSeries:
    """Counts over the columnar copy; at most `max_cells` groups times days of an indicator."""

    refusals: ClassVar = (AskCoverage, TooManyGroups, FiguresTooFine)

    def __init__(self, ask: AskCoverage, max_cells: int) -> None:
        self._ask = ask
        self._max_cells = max_cells

    async def answer(self, request: SeriesRequest) -> SeriesResult:
        """The series that `request` asks for."""
        for indicator in request.indicators or ("",):
            self._ask.check_names(request.of(indicator, request.group_by))
        days = _days(request, self._ask.today)
        known = await self._ask.knowledge(request.edition)
        series = [
            await asyncio.to_thread(self._series, known, request, indicator, days)
            for indicator in request.indicators
        ]
        hierarchy_on = hierarchy_day(request.hierarchy, self._ask.today)
        return SeriesResult(known.edition, hierarchy_on, days, series)

    async def whole(self, request: CoverageRequest, days: Sequence[date]) -> Counted:
        """The whole that `request` counts, on each of `days` (rising)."""
        self._ask.check_names(request)
        known = await self._ask.knowledge(request.edition)
        return await asyncio.to_thread(self._counted, known, request, days)

    async def known_since(self, request: CoverageRequest) -> date | None:
        """The first day on which `request` asks about anybody; None where that is no day."""
        question = await self._ask.question(request)
        return await asyncio.to_thread(
            known_since, question.known.copy, question.rollup, question.query
        )

    def _series(
        self, known: Knowledge, request: SeriesRequest, indicator: str, days: Sequence[date]
    ) -> IndicatorSeries:
        """The part that computes and runs beside the event loop."""
        whole = self._counted(known, request.of(indicator, ()), days)
        if not request.group_by:
            return IndicatorSeries(indicator, whole, whole._replace(rows=whole.rows.clear()), {})
        groups = self._counted(known, request.of(indicator, request.group_by), days)
        areas_on = hierarchy_day(request.hierarchy, self._ask.today) or days[-1]
        labels = group_labels(groups.rows, request.group_by, known.directory, days[-1], areas_on)
        return IndicatorSeries(indicator, whole, groups, labels)

    def _counted(self, known: Knowledge, request: CoverageRequest, days: Sequence[date]) -> Counted:
        hierarchy_on = hierarchy_day(request.hierarchy, self._ask.today)
        check_filters(request.filters, known.directory, known.rollup(hierarchy_on or days[-1]))
        territorial = hierarchy_on is None and any(
            map(is_territorial, (*request.group_by, *request.filters))
        )

        def alike(day: date) -> tuple[CoverageQuery | None, int]:
            """Equal for days that one pass can count: same numbers, same hierarchy."""
            interval = known.directory.areas.interval(day) if territorial else 0
            return self._query(known, request, day, days[0]), interval

        parts = []
        for (query, _), group in groupby(days, key=alike):
            some = list(group)
            if query is None:
                continue
            rollup = known.rollup(hierarchy_on or some[-1])
            last = replace(query, valid_on=some[-1])
            refuse_too_many(known.copy, rollup, last, self._max_cells // len(days))
            parts.append(count_series(known.copy, rollup, query, some, self._max_cells))
        # where the rule comes after all days, this says which
        indicator = self._ask.query(known, request, days[-1]).indicator
        figures = Figures(indicator, parts_of(known.copy, indicator))
        keys = list(request.group_by)
        rows = whole_series(parts, keys, days, self._max_cells, figures)
        return Counted(rows, figures.divisors, indicator.measure == COUNTED)

    def _query(
        self, known: Knowledge, request: CoverageRequest, day: date, as_on: date
    ) -> CoverageQuery | None:
        """What to count on `day`, dated `as_on`; None before the indicator's rule."""
        try:
            return replace(self._ask.query(known, request, day), valid_on=as_on)
        except ParameterUndefined:
            return None


def _days(request: SeriesRequest, today: date) -> list[date]:
    last = request.last or today
    if request.first > last:
        wrong = Violation(
            "/from", "from_after_to", request.first.isoformat(), {"to": last.isoformat()}
        )
        raise InvalidRequest(wrong)
    days = period_ends(request.period, request.first, last)
    if len(days) > MAX_POINTS:
        many = Violation("/from", "too_many_points", len(days), {"max": MAX_POINTS})
        raise InvalidRequest(many)
    return days
