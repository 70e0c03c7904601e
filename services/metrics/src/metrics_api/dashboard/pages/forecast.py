"""What falls due until a day, by obligation, month and area."""

from datetime import date, timedelta
from typing import Any
from urllib.parse import urlencode

from metrics_api.charts.compose import receipt_line
from metrics_api.core.definitions.dimensions import AREA_LEVELS, UNASSIGNED_KEY, AreaLevel
from metrics_api.core.definitions.forecasts import STATES
from metrics_api.core.formatting import Formatter
from metrics_api.dashboard.page_context import PageContext
from metrics_api.dashboard.page_query import FORECAST, DueQuery, PageQuery
from metrics_api.dashboard.parts import PageParts
from metrics_api.forecast.count import CountForecast, ForecastResult
from metrics_api.forecast.question import ForecastRequest
from servicekit.time import LAST_DAY

_YEAR = timedelta(days=365)


class ForecastPage:
    """Renders the forecast."""

    def __init__(self, parts: PageParts, count: CountForecast) -> None:
        self._parts = parts
        self._count = count

    def level(self, query: PageQuery) -> AreaLevel:
        """The level of the areas that are shown: the one below the area looked at."""
        day = query.valid_on or self._parts.clock.today()
        hierarchy = self._parts.place_names.hierarchy(self._parts.place_names.newest.number, day)
        below = self._parts.place_names.level_below(query.filters.get("area", ()), hierarchy)
        return below or AREA_LEVELS[-1]

    def until(self, query: PageQuery, chosen: date | None) -> date:
        """The last day looked at: a year ahead for a reader who chose none."""
        day = query.valid_on or self._parts.clock.today()
        return chosen or min(day, LAST_DAY - _YEAR) + _YEAR

    async def render(self, context: PageContext, until: date | None) -> str:
        """What falls due until a day, as a whole, by month and by area."""
        query, formatter = context.query, context.formatter
        end, level = self.until(query, until), self.level(query)
        request = ForecastRequest(
            end, (level,), query.filters, query.valid_on, None, context.caller.areas
        )
        answer = await self._count.answer(request)
        return self._parts.templates.render(
            "forecast",
            formatter.language,
            **context.frame,
            day=answer.valid_on,
            until=end,
            obligations=answer.obligations,
            due=DueQuery,
            states=STATES,
            areas=self._areas(answer, level, formatter),
            level=level,
            file=f"{query.url(f'{FORECAST}/file')}&{urlencode({'until': end.isoformat()})}",
            receipt=receipt_line(answer.valid_on, answer.edition, formatter),
        )

    def _areas(
        self, answer: ForecastResult, level: AreaLevel, formatter: Formatter
    ) -> list[dict[str, Any]]:
        """By area: of each obligation, how many are overdue or fall due; the unassigned last."""
        hierarchy = answer.directory.areas.on(answer.valid_on)
        keys = {key for it in answer.obligations for key in it.groups}
        nowhere = formatter.say(self._parts.labels.code(level, UNASSIGNED_KEY))
        return [
            {
                "filter": {level if code == UNASSIGNED_KEY else "area": code},
                "inside": code != UNASSIGNED_KEY,
                "name": nowhere if code == UNASSIGNED_KEY else hierarchy.name(code) or code,
                "counts": [
                    (it.forecast, it.groups[code,]["overdue"] + it.groups[code,]["due"])
                    for it in answer.obligations
                ],
            }
            for (code,) in sorted(keys, key=lambda key: (key[0] == UNASSIGNED_KEY, key))
        ]
