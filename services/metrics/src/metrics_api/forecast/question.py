"""A forecast request made ready to be counted or listed: checked, dated, at an edition."""

import asyncio
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from typing import ClassVar

from metrics_api.core.areas.areas import AreaPath
from metrics_api.core.areas.directory import Directory
from metrics_api.core.definitions.dimensions import (
    AREA_FILTER,
    AREA_LEVELS,
    DIMENSIONS,
    UNASSIGNED_KEY,
    UNDER_BODY,
    is_territorial,
)
from metrics_api.core.definitions.forecasts import Forecast
from metrics_api.core.facts.edition import Edition
from metrics_api.core.facts.predicates import Predicate, resolve
from metrics_api.core.refusals import ParameterUndefined
from metrics_api.counting.copy.area_rollup import AreaRollup
from metrics_api.counting.question import AskCoverage
from metrics_api.counting.request import (
    Hierarchy,
    check_filters,
    group_by_violations,
    hierarchy_day,
    spelled_out,
)
from metrics_api.definitions.load import Definitions
from metrics_api.forecast.rows import TermCount, TermQuery
from servicekit.errors import InvalidRequest, Violation


@dataclass(frozen=True, slots=True)
class ForecastRequest:
    """A question as it came in; `areas` are the prefixes the caller is limited to."""

    until: date
    group_by: tuple[str, ...] = ()
    filters: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    valid_on: date | None = None
    edition: int | None = None
    areas: tuple[str, ...] | None = None
    hierarchy: Hierarchy = "as_was"


@dataclass(frozen=True, slots=True)
class ForecastQuestion:
    """All that counting or listing on one day needs."""

    edition: Edition
    directory: Directory
    rollup: AreaRollup
    query: TermQuery
    hierarchy_on: date | None
    """The day whose areas were asked for; None for those of the day itself."""
    _filters: Mapping[str, tuple[str, ...]]

    @property
    def valid_on(self) -> date:
        """The day from which it is looked ahead."""
        return self.query.valid_on

    @property
    def areas_on(self) -> date:
        """The day whose areas `rollup` knows."""
        return self.hierarchy_on or self.valid_on

    @property
    def asks_for_areas(self) -> bool:
        """Whether a filter speaks of areas."""
        return any(map(is_territorial, self._filters))

    def inside(self, counts: Iterable[TermCount]) -> Iterator[tuple[AreaPath, TermCount]]:
        """The counts in the areas that were asked for, each with where its area lies.

        Levels of areas are told here: the database does not know them.
        """
        path_of = self.rollup.hierarchy.path
        for count in counts:
            path = path_of(count.area)
            if _lies_in(count.area, path, self._filters):
                yield path, count


class AskForecast:
    """Turns requests into questions over the fact table."""

    refusals: ClassVar = (InvalidRequest, ParameterUndefined)

    def __init__(self, ask: AskCoverage, definitions: Definitions) -> None:
        self._ask = ask
        self._definitions = definitions

    @property
    def forecasts(self) -> Mapping[str, Forecast]:
        """Everything that can be forecast, by id."""
        return self._definitions.forecasts

    async def question(self, request: ForecastRequest) -> ForecastQuestion:
        """The question that `request` asks, on `valid_on` (today by default)."""
        day = request.valid_on or self._ask.today
        violations = list(group_by_violations(request.group_by))
        if request.until < day:
            violations.append(
                Violation("/until", "until_before", request.until.isoformat(), {"day": str(day)})
            )
        if violations:
            raise InvalidRequest(*violations)
        known = await self._ask.knowledge(request.edition)
        hierarchy_on = hierarchy_day(request.hierarchy, self._ask.today)
        areas_on = hierarchy_on or day
        rollup = await asyncio.to_thread(known.rollup, areas_on)
        check_filters(request.filters, known.directory, rollup)
        filters = spelled_out(request.filters, known.directory, areas_on)
        query = _query(replace(request, filters=filters), day, known.edition.number)
        return ForecastQuestion(
            known.edition, known.directory, rollup, query, hierarchy_on, filters
        )

    def resolved(self, forecast: Forecast, day: date) -> Forecast:
        """`forecast` with the numbers of `day`."""

        def settled(predicate: Predicate) -> Predicate:
            return resolve(predicate, lambda name: self._definitions.parameters[name].on(day), day)

        terms = (
            replace(term, when=settled(term.when)) if term.when else term for term in forecast.terms
        )
        return replace(forecast, when=settled(forecast.when), terms=tuple(terms))


def _query(request: ForecastRequest, day: date, edition: int) -> TermQuery:
    """Columns are grouped and filtered by the database; levels of areas afterwards."""
    plain = (name for name in request.group_by if not DIMENSIONS[name].area_level)
    values: dict[str, tuple[str, ...]] = {}
    for name, requested in request.filters.items():
        if not is_territorial(name):
            column = "supervising_body" if name == UNDER_BODY else DIMENSIONS[name].column
            allowed = values.get(column, requested)
            values[column] = tuple(value for value in requested if value in allowed)
    columns = tuple(dict.fromkeys(DIMENSIONS[name].column for name in plain))
    return TermQuery(day, request.until, edition, columns, values, request.areas)


def _lies_in(area: str | None, path: AreaPath, filters: Mapping[str, tuple[str, ...]]) -> bool:
    """Whether an area meets the filters that speak of areas."""
    for name, values in filters.items():
        if not is_territorial(name):
            continue
        if name == AREA_FILTER:
            codes = {area, *path}
        else:
            level = DIMENSIONS[name].area_level
            assert level is not None
            codes = {path[AREA_LEVELS.index(level)] or UNASSIGNED_KEY}
        if not codes & set(values):
            return False
    return True
