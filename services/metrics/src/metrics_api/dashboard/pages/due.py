"""The organizations behind a number of the forecast."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date
from typing import Any
from urllib.parse import urlencode

from metrics_api.charts.compose import receipt_line
from metrics_api.core.definitions.forecasts import STATES, WORK
from metrics_api.core.formatting import Formatter
from metrics_api.dashboard.organization_rows import PAGE_SIZE, ListedOrganization, listed_by_facts
from metrics_api.dashboard.page_context import PageContext
from metrics_api.dashboard.page_query import DUE, FORECAST, DueQuery, PageQuery
from metrics_api.dashboard.parts import PageParts
from metrics_api.forecast.list_due import DueMember, DueRequest, DueResult, ListDue
from metrics_api.forecast.question import ForecastRequest


@dataclass(frozen=True, slots=True)
class DueRow:
    """An organization of the list: its row, how it stands, and its last day in words."""

    row: ListedOrganization
    state: str
    due_on: date | None


class DuePage:
    """Renders the list behind a number."""

    def __init__(self, parts: PageParts, due: ListDue) -> None:
        self._parts = parts
        self._due = due

    async def render(self, context: PageContext, listed: DueQuery, cursor: str | None) -> str:
        """A page of the organizations behind a number."""
        query, formatter = context.query, context.formatter
        forecast = ForecastRequest(
            listed.until, (), query.filters, query.valid_on, None, context.caller.areas
        )
        request = DueRequest(forecast, listed.obligation, listed.states, listed.month)
        page = await self._due.page(request, cursor, PAGE_SIZE)
        here, after = query.due(listed), page.next_cursor
        return self._parts.templates.render(
            "due",
            formatter.language,
            **context.frame,
            asked=listed,
            found=page,
            rows=[self._row(member, page, formatter) for member in page.members],
            tabs=self._tabs(listed, page.totals, query, formatter),
            back=f"{query.url(FORECAST)}&{urlencode({'until': listed.until.isoformat()})}",
            file=query.due(listed, f"{DUE}/file"),
            first_page=here if cursor else None,
            next_page=f"{here}&{urlencode({'cursor': after})}" if after else None,
            receipt=receipt_line(page.question.valid_on, page.question.edition, formatter),
        )

    def _row(self, member: DueMember, page: DueResult, formatter: Formatter) -> DueRow:
        row = listed_by_facts(
            member.row.organization,
            member.row.span,
            member.columns,
            page.question,
            self._parts.labels,
            formatter,
        )
        return DueRow(row, member.row.state, member.row.due_on)

    def _tabs(
        self, listed: DueQuery, totals: Mapping[Any, int], query: PageQuery, formatter: Formatter
    ) -> list[dict[str, Any]]:
        """Both that there are to work on, then each state, with how many there are."""
        return [
            {
                "words": formatter.list(
                    tuple(formatter.say(self._parts.labels.code("state", it)) for it in states)
                ),
                "count": sum(totals[state] for state in states),
                "href": query.due(replace(listed, states=states, month=None)),
                "chosen": states == listed.states and not listed.month,
            }
            for states in (WORK, *((state,) for state in STATES))
        ]
