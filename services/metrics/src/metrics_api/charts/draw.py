"""Charts for documents: the question of `/v1/coverage`, answered as a drawing."""

import asyncio
from collections.abc import Mapping
from dataclasses import replace

from metrics_api.charts.bar_chart import bar_chart
from metrics_api.charts.compose import bars, groups_of, trend
from metrics_api.charts.goals import Goals
from metrics_api.charts.line_chart import line_chart
from metrics_api.charts.trend import Step, read_trend
from metrics_api.core.formatting import Formatter, Language
from metrics_api.core.refusals import FiguresTooFine, ParameterUndefined, TooManyGroups
from metrics_api.counting.request import CoverageRequest, check_names
from metrics_api.coverage.count import CountCoverage
from metrics_api.coverage.series.count import CountSeries
from metrics_api.definitions.labels import Labels
from metrics_api.definitions.load import Definitions
from metrics_api.targets.evaluate import EvaluateTargets
from servicekit.errors import InvalidRequest, refuses
from servicekit.time import Clock

MAX_BARS = 200
"""A drawing with more is a table."""


class DrawCharts:
    """Draws what `CountCoverage` answers."""

    def __init__(
        self,
        count: CountCoverage,
        series: CountSeries,
        targets: EvaluateTargets,
        definitions: Definitions,
        labels: Labels,
        formatters: Mapping[Language, Formatter],
        clock: Clock,
    ) -> None:
        self._count = count
        self._series = series
        self._targets = targets
        self._definitions = definitions
        self._labels = labels
        self._formatters = formatters
        self._clock = clock

    @refuses(CountCoverage)
    async def bars(self, request: CoverageRequest, language: Language) -> str:
        """The parts of `request`, which groups by one dimension, as bars."""
        answer = await self._count.answer(request)
        rows = answer.count.groups.height
        if rows > MAX_BARS:
            raise TooManyGroups(groups=rows, limit=MAX_BARS)
        [dimension] = request.group_by
        formatter = self._formatters[language]
        goals = await self._goals(answer.edition.number, request)
        groups = groups_of(answer, dimension, request.filters, self._labels, goals, formatter)
        title = self._definitions.indicators[request.indicator].title
        drawn = bars(title, self._labels.titles[dimension], answer, groups, formatter)
        return await asyncio.to_thread(bar_chart, drawn)

    @refuses(InvalidRequest, ParameterUndefined, FiguresTooFine)
    async def trend(
        self, request: CoverageRequest, step: Step, points: int, language: Language
    ) -> str:
        """The whole that `request` counts over time, the last of `points` on its day."""
        check_names(request, self._definitions.indicators)
        edition = await self._count.settled_edition(request.edition)
        last = request.valid_on or self._clock.today()
        at = replace(request, edition=edition.number)
        line = await read_trend(self._series, at, step, last, points)
        goals = await self._goals(edition.number, request)
        goal = goals.goal(request.indicator, request.filters, last)
        formatter = self._formatters[language]
        title = formatter.say(self._definitions.indicators[request.indicator].title)
        drawn = trend(formatter("chart_trend", title=title), line, edition, goal, formatter)
        return line_chart(drawn)

    async def _goals(self, edition: int, request: CoverageRequest) -> Goals:
        visible = await self._targets.visible_to(edition, request.areas)
        return Goals(visible.values(), self._definitions.target_reading.bands)
