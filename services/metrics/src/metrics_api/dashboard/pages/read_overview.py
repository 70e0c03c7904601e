"""The overview: everything a leader sees at a glance, read at one edition."""

import asyncio
from collections.abc import Coroutine, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any, TypeVar

from metrics_api.charts.compose import Group, groups_of
from metrics_api.charts.goals import Figure, Goals
from metrics_api.charts.trend import read_trend
from metrics_api.core.areas.areas import AreaHierarchy
from metrics_api.core.definitions.dimensions import UNASSIGNED_KEY
from metrics_api.core.definitions.indicators import Indicator, Tally
from metrics_api.core.definitions.targets import Target
from metrics_api.core.facts.edition import Edition
from metrics_api.core.formatting import Formatter
from metrics_api.core.refusals import ParameterUndefined
from metrics_api.coverage.count import CountCoverage
from metrics_api.coverage.series.count import CountSeries
from metrics_api.dashboard.page_query import PageQuery
from metrics_api.dashboard.parts import PageParts
from metrics_api.dashboard.place_names import Place
from metrics_api.freshness.read_freshness import Freshness, ReadFreshness
from metrics_api.targets.evaluate import EvaluateTargets, TargetStanding

Answer = TypeVar("Answer")

TREND_POINTS = 13
"""A year of months, and the month a year ago."""


@dataclass(frozen=True, slots=True)
class Headline:
    """An indicator's rate of the whole; None before its rule was made."""

    indicator: Indicator
    figure: Figure | None


@dataclass(frozen=True, slots=True)
class Breakdown:
    """The chosen indicator by one dimension."""

    dimension: str
    groups: list[Group]
    by_area: bool = False


@dataclass(frozen=True, slots=True)
class Overview:
    """What the page shows; every count is of `day` at `edition`."""

    day: date
    edition: Edition
    indicator: Indicator
    total: Figure
    headlines: list[Headline]
    breakdowns: list[Breakdown]
    trend: list[tuple[date, Tally | None]]
    since: date | None
    """The first day of which there is anything to count."""
    targets: list[TargetStanding]
    goals: Goals
    freshness: Freshness
    places: list[Place]


class ReadOverview:
    """Asks the use cases side by side."""

    def __init__(
        self,
        parts: PageParts,
        count: CountCoverage,
        series: CountSeries,
        targets: EvaluateTargets,
        freshness: ReadFreshness,
    ) -> None:
        self._parts = parts
        self._count = count
        self._series = series
        self._targets = targets
        self._freshness = freshness

    async def read(
        self, query: PageQuery, areas: tuple[str, ...] | None, formatter: Formatter
    ) -> Overview:
        """The overview that `query` asks for, of what a caller limited to `areas` may see."""
        edition = await self._count.settled_edition(None)
        day = query.valid_on or self._parts.clock.today()
        request = query.request(query.indicator, edition.number, areas)
        total = (await self._count.answer(request)).count.total
        hierarchy = self._parts.place_names.hierarchy(edition.number, day)
        visible = await self._targets.visible_to(edition.number, areas)
        goals = Goals(visible.values(), self._parts.definitions.target_reading.bands)
        headlines, breakdowns, trend, since, freshness, targets = await asyncio.gather(
            self._headlines(query, edition.number, areas, day, goals),
            self._breakdowns(query, edition.number, areas, hierarchy, goals, formatter),
            read_trend(self._series, request, query.step, day, TREND_POINTS),
            self._series.known_since(request),
            self._freshness.answer(),
            self._standings(query, edition.number, areas, visible),
        )
        return Overview(
            day=day,
            edition=edition,
            indicator=self._parts.definitions.indicators[query.indicator],
            total=goals.figure(total, query.indicator, query.filters, day),
            headlines=headlines,
            breakdowns=breakdowns,
            trend=trend,
            since=since,
            targets=targets,
            goals=goals,
            freshness=freshness,
            places=self._parts.place_names.path(query.filters.get("area", ()), hierarchy),
        )

    async def _headlines(
        self, query: PageQuery, edition: int, areas: tuple[str, ...] | None, day: date, goals: Goals
    ) -> list[Headline]:
        async def headline(name: str) -> Headline:
            indicator = self._parts.definitions.indicators[name]
            answer = await _unless_undefined(
                self._count.answer(query.request(name, edition, areas))
            )
            if answer is None:
                return Headline(indicator, None)
            return Headline(indicator, goals.figure(answer.count.total, name, query.filters, day))

        names = dict.fromkeys((*self._parts.layout.headlines, query.indicator))
        return list(await asyncio.gather(*map(headline, names)))

    async def _standings(
        self,
        query: PageQuery,
        edition: int,
        areas: tuple[str, ...] | None,
        visible: Mapping[str, Target],
    ) -> list[TargetStanding]:
        """How the targets stand that are set for what is looked at, or for a part of it.

        None before the rules they rest on.
        """
        names = tuple(
            name
            for name, target in visible.items()
            if all(target.filters.get(part) == values for part, values in query.filters.items())
        )
        if not names:
            return []
        answer = await _unless_undefined(
            self._targets.answer(query.valid_on, edition, areas, names)
        )
        return answer.targets if answer else []

    async def _breakdowns(
        self,
        query: PageQuery,
        edition: int,
        areas: tuple[str, ...] | None,
        hierarchy: AreaHierarchy,
        goals: Goals,
        formatter: Formatter,
    ) -> list[Breakdown]:
        async def breakdown(dimension: str, by_area: bool) -> Breakdown:
            request = query.request(query.indicator, edition, areas, dimension)
            answer = await self._count.answer(request)
            groups = groups_of(
                answer, dimension, query.filters, self._parts.labels, goals, formatter
            )
            return Breakdown(dimension, _sorted(groups, query), by_area)

        level = self._parts.place_names.level_below(query.filters.get("area", ()), hierarchy)
        breakdowns = [breakdown(level, True)] if level else []
        breakdowns += [
            breakdown(self._opened(name, query), False) for name in self._parts.layout.breakdowns
        ]
        return list(await asyncio.gather(*breakdowns))

    def _opened(self, dimension: str, query: PageQuery) -> str:
        """The dimension itself, or what lies inside it once somebody looks there."""
        if dimension in query.filters:
            return self._parts.layout.inside.get(dimension, dimension)
        return dimension


def _sorted(groups: list[Group], query: PageQuery) -> list[Group]:
    """In the order asked for; the unassigned come last unless they are many or poor."""
    if query.sort == "missing":
        return sorted(groups, key=lambda group: -group.figure.gap)
    if query.sort == "rate":
        return sorted(groups, key=lambda group: (group.figure.tally.rate or 0, group.key))
    return sorted(groups, key=lambda group: group.key == UNASSIGNED_KEY)


async def _unless_undefined(answer: Coroutine[Any, Any, Answer]) -> Answer | None:
    """An answer; None where no rule states a number on its day yet."""
    try:
        return await answer
    except ParameterUndefined:
        return None
