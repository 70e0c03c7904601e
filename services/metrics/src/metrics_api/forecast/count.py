"""Tell what falls due, lapses or is overdue until a day, if nothing else happens."""

import asyncio
from collections import Counter, defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date
from typing import ClassVar

from metrics_api.core.areas.directory import Directory
from metrics_api.core.definitions.dimensions import AREA_LEVELS, DIMENSIONS, UNASSIGNED_KEY
from metrics_api.core.definitions.forecasts import Forecast, State
from metrics_api.core.facts.edition import Edition
from metrics_api.core.refusals import TooManyGroups
from metrics_api.forecast.question import AskForecast, ForecastQuestion, ForecastRequest
from metrics_api.forecast.rows import TermCount, count_terms
from servicekit.database import Database

Key = tuple[str, ...]
States = Counter[State]


@dataclass(slots=True)
class ObligationForecast:
    """One obligation: its states in all, by key, and the months in which it falls due."""

    forecast: Forecast
    total: States = field(default_factory=Counter)
    months: Counter[str] = field(default_factory=Counter)
    groups: dict[Key, States] = field(default_factory=lambda: defaultdict(Counter))


@dataclass(frozen=True, slots=True)
class ForecastResult:
    """Every obligation, and the question that names the areas and bodies of its keys."""

    question: ForecastQuestion
    obligations: list[ObligationForecast]

    @property
    def edition(self) -> Edition:
        """What the forecast rests on."""
        return self.question.edition

    @property
    def directory(self) -> Directory:
        """Areas and bodies as that edition knows them."""
        return self.question.directory

    @property
    def valid_on(self) -> date:
        """The day from which it is looked ahead."""
        return self.question.valid_on

    @property
    def areas_on(self) -> date:
        """The day whose areas are in the keys."""
        return self.question.areas_on


class CountForecast:
    """Counts over the fact table, which knows the dates that the columnar copy leaves out."""

    refusals: ClassVar = (AskForecast, TooManyGroups)

    def __init__(self, ask: AskForecast, database: Database, max_groups: int) -> None:
        self._ask = ask
        self._database = database
        self._max_groups = max_groups

    async def answer(self, request: ForecastRequest) -> ForecastResult:
        """What stands how on `valid_on` (today by default) and by `until`, both days included."""
        question = await self._ask.question(request)
        obligations = []
        async with self._database.reading() as connection:
            for forecast in self._ask.forecasts.values():
                resolved = self._ask.resolved(forecast, question.valid_on)
                counts = await count_terms(connection, resolved, question.query)
                counted = await asyncio.to_thread(
                    _count, forecast, question, counts, request.group_by
                )
                obligations.append(counted)
        groups = sum(len(counted.groups) for counted in obligations)
        if groups > self._max_groups:
            raise TooManyGroups(groups=groups, limit=self._max_groups)
        return ForecastResult(question, obligations)


def _count(
    forecast: Forecast,
    question: ForecastQuestion,
    counts: Iterable[TermCount],
    group_by: tuple[str, ...],
) -> ObligationForecast:
    counted = ObligationForecast(forecast)
    for path, count in question.inside(counts):
        counted.total[count.state] += count.organizations
        if count.month is not None:
            counted.months[count.month] += count.organizations
        if group_by:
            levels = dict(zip(AREA_LEVELS, path, strict=True))
            values = dict(zip(question.query.columns, count.key, strict=True))
            key = tuple(
                (levels[level] if (level := DIMENSIONS[name].area_level) else values[column])
                or UNASSIGNED_KEY
                for name in group_by
                for column in (DIMENSIONS[name].column,)
            )
            counted.groups[key][count.state] += count.organizations
    return counted
