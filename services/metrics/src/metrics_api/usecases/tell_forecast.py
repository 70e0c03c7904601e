"""Tell what falls due, lapses or is overdue until a day, if nothing else happens."""

import asyncio
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date

from metrics_api.domain.areas import AreaHierarchy
from metrics_api.domain.dimensions import (
    AREA_FILTER,
    AREA_LEVELS,
    DIMENSIONS,
    UNASSIGNED_KEY,
    UNDER_BODY,
    AreaLevel,
    is_territorial,
)
from metrics_api.domain.directory import Directory
from metrics_api.domain.forecasts import Forecast, State
from metrics_api.domain.predicates import Predicate, resolve
from metrics_api.storage.definition_files import Definitions
from metrics_api.storage.editions import Edition
from metrics_api.storage.forecast_rows import TermCount, TermQuery, count_terms
from metrics_api.usecases.coverage_question import AskCoverage
from metrics_api.usecases.coverage_request import (
    Hierarchy,
    check_filters,
    group_by_violations,
    hierarchy_day,
    spelled_out,
)
from metrics_api.usecases.keep_copy import LiveCopy
from servicekit.clock import Clock
from servicekit.database import Database
from servicekit.refusals import Refusal, Violation

Key = tuple[str, ...]
States = Counter[State]


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


@dataclass(slots=True)
class ObligationForecast:
    """One obligation: its states in all, by key, and the months in which it falls due."""

    forecast: Forecast
    total: States = field(default_factory=Counter)
    months: Counter[str] = field(default_factory=Counter)
    groups: dict[Key, States] = field(default_factory=lambda: defaultdict(Counter))


@dataclass(frozen=True, slots=True)
class ForecastAnswer:
    """Every obligation, and the directory that names the areas and bodies of its keys."""

    edition: Edition
    valid_on: date
    hierarchy_on: date | None
    """The day whose areas were asked for; None for those of `valid_on`."""
    obligations: list[ObligationForecast]
    directory: Directory

    @property
    def areas_on(self) -> date:
        """The day whose areas are in the keys."""
        return self.hierarchy_on or self.valid_on


class TellForecast:
    """Counts over the fact table, which knows the dates that the columnar copy leaves out."""

    def __init__(
        self,
        ask: AskCoverage,
        live: LiveCopy,
        database: Database,
        definitions: Definitions,
        clock: Clock,
        max_groups: int,
    ) -> None:
        self._ask = ask
        self._live = live
        self._database = database
        self._definitions = definitions
        self._clock = clock
        self._max_groups = max_groups

    async def answer(self, request: ForecastRequest) -> ForecastAnswer:
        """What stands how on `valid_on` (today by default) and by `until`, both days included.

        Refuses `invalid-request` for what does not exist or an end before the day,
        `parameter-undefined`, `too-many-groups`.
        """
        day = request.valid_on or self._clock.today()
        found = list(group_by_violations(request.group_by))
        if request.until < day:
            found.append(
                Violation("/until", "until_before", request.until.isoformat(), {"day": str(day)})
            )
        if found:
            raise Refusal("invalid-request", *found)
        edition = await self._ask.settled_edition(request.edition)
        served = self._live.served
        directory = served.directory.at(edition.number)
        hierarchy_on = hierarchy_day(request.hierarchy, self._clock.today())
        areas_on = hierarchy_on or day
        rollup = await asyncio.to_thread(served.rollup, edition.number, areas_on)
        check_filters(request.filters, directory, rollup)
        filters = spelled_out(request.filters, directory, areas_on)
        query = _query(replace(request, filters=filters), day, edition.number)
        obligations = []
        async with self._database.reading() as connection:
            for forecast in self._definitions.forecasts.values():
                counts = await count_terms(connection, self._resolved(forecast, day), query)
                told = await asyncio.to_thread(
                    _told, forecast, counts, request, query.columns, rollup.hierarchy
                )
                obligations.append(told)
        groups = sum(len(told.groups) for told in obligations)
        if groups > self._max_groups:
            raise Refusal("too-many-groups", groups=groups, limit=self._max_groups)
        return ForecastAnswer(edition, day, hierarchy_on, obligations, directory)

    def _resolved(self, forecast: Forecast, day: date) -> Forecast:
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
    for name, given in request.filters.items():
        if not is_territorial(name):
            column = "supervising_body" if name == UNDER_BODY else DIMENSIONS[name].column
            meant = values.get(column, given)
            values[column] = tuple(value for value in given if value in meant)
    columns = tuple(dict.fromkeys(DIMENSIONS[name].column for name in plain))
    return TermQuery(day, request.until, edition, columns, values, request.areas)


def _told(
    forecast: Forecast,
    counts: Iterable[TermCount],
    request: ForecastRequest,
    columns: tuple[str, ...],
    hierarchy: AreaHierarchy,
) -> ObligationForecast:
    told = ObligationForecast(forecast)
    for count in counts:
        levels = dict(zip(AREA_LEVELS, hierarchy.path(count.area), strict=True))
        if not _lies_in(count.area, levels, request.filters):
            continue
        values = dict(zip(columns, count.key, strict=True))
        told.total[count.state] += count.organizations
        if count.month is not None:
            told.months[count.month] += count.organizations
        if request.group_by:
            key = tuple(
                (levels[level] if (level := DIMENSIONS[name].area_level) else values[column])
                or UNASSIGNED_KEY
                for name in request.group_by
                for column in (DIMENSIONS[name].column,)
            )
            told.groups[key][count.state] += count.organizations
    return told


def _lies_in(
    area: str | None,
    levels: Mapping[AreaLevel, str | None],
    filters: Mapping[str, tuple[str, ...]],
) -> bool:
    """Whether an area meets the filters that speak of areas."""
    for name, values in filters.items():
        if not is_territorial(name):
            continue
        if name == AREA_FILTER:
            found = {area, *levels.values()}
        else:
            level = DIMENSIONS[name].area_level
            assert level is not None
            found = {levels[level] or UNASSIGNED_KEY}
        if not found & set(values):
            return False
    return True
