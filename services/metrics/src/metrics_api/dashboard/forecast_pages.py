"""What falls due until a day, and the organizations behind each of its numbers."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Any
from urllib.parse import urlencode

from metrics_api.dashboard.charts import receipt_line
from metrics_api.dashboard.organizations import PAGE_SIZE, ListedOrganization, listed_by_facts
from metrics_api.dashboard.page_query import DUE, FORECAST, DueQuery, PageQuery
from metrics_api.dashboard.pages import Pages
from metrics_api.dashboard.reading import Reading
from metrics_api.dashboard.speech import Speech
from metrics_api.dashboard.whereabouts import Whereabouts
from metrics_api.domain.dimensions import AREA_LEVELS, UNASSIGNED_KEY, AreaLevel
from metrics_api.domain.forecasts import STATES, WORK
from metrics_api.factory import Factory
from metrics_api.usecases.forecast_question import ForecastRequest
from metrics_api.usecases.list_due import DueMember, DueRequest
from metrics_api.usecases.tell_forecast import ForecastAnswer
from servicekit.time import LAST_DAY

_YEAR = timedelta(days=365)


@dataclass(frozen=True, slots=True)
class DueRow:
    """An organization of the list: its row, how it stands, and its last day in words."""

    row: ListedOrganization
    state: str
    due_on: date | None


class ForecastPages:
    """The forecast's answers as pages; `pages` and `whereabouts` are those of the site."""

    def __init__(self, factory: Factory, pages: Pages, whereabouts: Whereabouts) -> None:
        self._forecast = factory.tell_forecast
        self._due = factory.list_due
        self._labels = factory.labels
        self._clock = factory.clock
        self._pages = pages
        self._whereabouts = whereabouts

    def level(self, query: PageQuery) -> AreaLevel:
        """The level of the areas that are shown: the one below the area looked at."""
        day = query.valid_on or self._clock.today()
        hierarchy = self._whereabouts.hierarchy(self._whereabouts.newest.number, day)
        below = self._whereabouts.level_below(query.filters.get("area", ()), hierarchy)
        return below or AREA_LEVELS[-1]

    def until(self, query: PageQuery, asked: date | None) -> date:
        """The last day looked at: a year ahead for a reader who chose none."""
        day = query.valid_on or self._clock.today()
        return asked or min(day, LAST_DAY - _YEAR) + _YEAR

    async def forecast(self, reading: Reading, until: date | None) -> str:
        """What falls due until a day, as a whole, by month and by area; refuses what the forecast
        refuses.
        """
        query, speech = reading.query, reading.speech
        end, level = self.until(query, until), self.level(query)
        asked = ForecastRequest(
            end, (level,), query.filters, query.valid_on, None, reading.caller.areas
        )
        answer = await self._forecast.answer(asked)
        return self._pages.render(
            "forecast",
            speech.language,
            **reading.frame,
            day=answer.valid_on,
            until=end,
            obligations=answer.obligations,
            due=DueQuery,
            states=STATES,
            areas=self._areas(answer, level, speech),
            level=level,
            file=f"{query.url(f'{FORECAST}/file')}&{urlencode({'until': end.isoformat()})}",
            receipt=receipt_line(answer.valid_on, answer.edition, speech),
        )

    def _areas(
        self, answer: ForecastAnswer, level: AreaLevel, speech: Speech
    ) -> list[dict[str, Any]]:
        """By area: of each obligation, how many are overdue or fall due; the unassigned last."""
        hierarchy = answer.directory.areas.on(answer.valid_on)
        keys = {key for told in answer.obligations for key in told.groups}
        nowhere = speech.say(self._labels.code(level, UNASSIGNED_KEY))
        return [
            {
                "filter": {level if code == UNASSIGNED_KEY else "area": code},
                "inside": code != UNASSIGNED_KEY,
                "name": nowhere if code == UNASSIGNED_KEY else hierarchy.name(code) or code,
                "counts": [
                    (told.forecast, told.groups[code,]["overdue"] + told.groups[code,]["due"])
                    for told in answer.obligations
                ],
            }
            for (code,) in sorted(keys, key=lambda key: (key[0] == UNASSIGNED_KEY, key))
        ]

    async def due(self, reading: Reading, asked: DueQuery, cursor: str | None) -> str:
        """A page of the organizations behind a number; refuses what listing refuses."""
        query, speech = reading.query, reading.speech
        forecast = ForecastRequest(
            asked.until, (), query.filters, query.valid_on, None, reading.caller.areas
        )
        wanted = DueRequest(forecast, asked.obligation, asked.states, asked.month)
        found = await self._due.page(wanted, cursor, PAGE_SIZE)
        here, after = query.due(asked), found.next_cursor

        def row(member: DueMember) -> DueRow:
            told = listed_by_facts(
                member.row.organization, member.row.span, member.columns, found.question,
                self._labels, speech,
            )  # fmt: skip
            return DueRow(told, member.row.state, member.row.due_on)

        return self._pages.render(
            "due",
            speech.language,
            **reading.frame,
            asked=asked,
            found=found,
            rows=[row(member) for member in found.members],
            tabs=self._tabs(asked, found.totals, query, speech),
            back=f"{query.url(FORECAST)}&{urlencode({'until': asked.until.isoformat()})}",
            file=query.due(asked, f"{DUE}/file"),
            first_page=here if cursor else None,
            next_page=f"{here}&{urlencode({'cursor': after})}" if after else None,
            receipt=receipt_line(found.question.valid_on, found.question.edition, speech),
        )

    def _tabs(
        self, asked: DueQuery, totals: Mapping[Any, int], query: PageQuery, speech: Speech
    ) -> list[dict[str, Any]]:
        """Both that there are to work on, then each state, with how many there are."""
        return [
            {
                "words": speech.list(
                    tuple(speech.say(self._labels.code("state", it)) for it in states)
                ),
                "count": sum(totals[state] for state in states),
                "href": query.due(replace(asked, states=states, month=None)),
                "chosen": states == asked.states and not asked.month,
            }
            for states in (WORK, *((state,) for state in STATES))
        ]
