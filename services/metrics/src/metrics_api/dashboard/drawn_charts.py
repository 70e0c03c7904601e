"""Charts for documents: the question of `/v1/coverage`, answered as a drawing."""

import asyncio
from dataclasses import replace

from metrics_api.dashboard.charts import bars, groups_of, trend
from metrics_api.dashboard.goals import Goals
from metrics_api.dashboard.speech import Language, Speech
from metrics_api.dashboard.trend import Step, read_trend
from metrics_api.drawing.bar_chart import bar_chart
from metrics_api.drawing.line_chart import line_chart
from metrics_api.storage.definition_files import Definitions
from metrics_api.storage.label_files import Labels
from metrics_api.usecases.count_coverage import CountCoverage
from metrics_api.usecases.count_series import CountSeries
from metrics_api.usecases.coverage_request import CoverageRequest, check_names
from metrics_api.usecases.evaluate_targets import EvaluateTargets
from servicekit.errors import Refusal
from servicekit.time import Clock

MOST_BARS = 200
"""A drawing with more is a table."""


class DrawnCharts:
    """Draws what `CountCoverage` answers."""

    def __init__(
        self,
        count: CountCoverage,
        series: CountSeries,
        targets: EvaluateTargets,
        definitions: Definitions,
        labels: Labels,
        speeches: dict[Language, Speech],
        clock: Clock,
    ) -> None:
        self._count = count
        self._series = series
        self._targets = targets
        self._definitions = definitions
        self._labels = labels
        self._speeches = speeches
        self._clock = clock

    async def bars(self, asked: CoverageRequest, language: Language) -> str:
        """The parts of `asked`, which groups by one dimension, as bars.

        Refuses what the count refuses, and `too-many-groups` beyond 200 bars.
        """
        answer = await self._count.answer(asked)
        rows = answer.count.groups.height
        if rows > MOST_BARS:
            raise Refusal("too-many-groups", groups=rows, limit=MOST_BARS)
        [dimension] = asked.group_by
        speech = self._speeches[language]
        goals = await self._goals(answer.edition.number, asked)
        groups = groups_of(answer, dimension, asked.filters, self._labels, goals, speech)
        title = self._definitions.indicators[asked.indicator].title
        drawn = bars(title, self._labels.titles[dimension], answer, groups, speech)
        return await asyncio.to_thread(bar_chart, drawn)

    async def trend(
        self, asked: CoverageRequest, step: Step, points: int, language: Language
    ) -> str:
        """The whole that `asked` counts over time, the last of `points` on its day."""
        check_names(asked, self._definitions.indicators)
        edition = await self._count.settled_edition(asked.edition)
        last = asked.valid_on or self._clock.today()
        at = replace(asked, edition=edition.number)
        found = await read_trend(self._series, at, step, last, points)
        goals = await self._goals(edition.number, asked)
        goal = goals.goal(asked.indicator, asked.filters, last)
        speech = self._speeches[language]
        title = speech.say(self._definitions.indicators[asked.indicator].title)
        drawn = trend(speech("chart_trend", title=title), found, edition, goal, speech)
        return line_chart(drawn)

    async def _goals(self, edition: int, asked: CoverageRequest) -> Goals:
        seen = await self._targets.seen(edition, asked.areas)
        return Goals(seen.values(), self._definitions.target_reading.bands)
