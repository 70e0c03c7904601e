"""List the organizations behind a forecast: who owes it, by which day, and by which facts."""

import asyncio
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date
from typing import Any, ClassVar
from uuid import UUID

from metrics_api.core.definitions.dimensions import UNASSIGNED_KEY
from metrics_api.core.definitions.forecasts import Forecast, State, deciding
from metrics_api.forecast.question import AskForecast, ForecastQuestion, ForecastRequest
from metrics_api.forecast.rows import (
    TermCount,
    TermPlace,
    TermRow,
    TermSelection,
    count_terms,
    list_terms,
)
from servicekit.database import Database
from servicekit.errors import InvalidCursor, InvalidRequest, Violation
from servicekit.http import decode_cursor, encode_cursor


@dataclass(frozen=True, slots=True)
class DueRequest:
    """Whom to list: those of `forecast` who owe `obligation` and stand in one of `states`.

    `month` (`YYYY-MM`): only those who fall due in it.
    """

    forecast: ForecastRequest
    obligation: str
    states: tuple[State, ...]
    month: str | None = None


@dataclass(frozen=True, slots=True)
class DueMember:
    """An organization of the list; `columns` decide that it owes something, and by which day."""

    row: TermRow
    columns: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class DueResult:
    """A page of the list; `totals` are all who owe the obligation, by how they stand."""

    question: ForecastQuestion
    forecast: Forecast
    members: list[DueMember]
    next_cursor: str | None
    count: int
    totals: Counter[State]


class ListDue:
    """Lists over the fact table, as the forecast itself is counted there."""

    refusals: ClassVar = (AskForecast, InvalidCursor)

    def __init__(self, ask: AskForecast, database: Database) -> None:
        self._ask = ask
        self._database = database

    async def page(self, request: DueRequest, cursor: str | None, limit: int) -> DueResult:
        """At most `limit` organizations, by their last day, then by id.

        All pages of one walk show the edition, day and areas of the first.
        """
        forecast = self._known(request.obligation)
        bound = _bound(request)
        requested, after = request.forecast, None
        if key := decode_cursor(cursor, bound, (int, date, date, date, UUID)):
            edition, day, areas_on, due_on, organization = key
            if requested.edition not in (None, edition) or requested.valid_on not in (None, day):
                raise InvalidCursor(Violation("/cursor", "cursor", f"{edition} {day}"))
            requested = replace(requested, edition=edition, valid_on=day)
            if requested.hierarchy == "as_is":
                requested = replace(requested, hierarchy=areas_on)
            after = TermPlace(due_on, organization)
        question = await self._ask.question(requested)
        resolved = self._ask.resolved(forecast, question.valid_on)
        async with self._database.reading() as connection:
            counts = await count_terms(connection, resolved, question.query)
            inside = await asyncio.to_thread(_inside, question, counts)
            selection = TermSelection(request.states, request.month, inside.areas)
            rows = await list_terms(
                connection, resolved, question.query, selection, after, limit + 1
            )
        columns = deciding(resolved)
        members = [DueMember(row, columns(row.span.value)) for row in rows[:limit]]
        return DueResult(
            question,
            forecast,
            members,
            _cursor(question, rows[limit - 1], bound) if len(rows) > limit else None,
            inside.count(request.states, request.month),
            inside.totals,
        )

    def _known(self, obligation: str) -> Forecast:
        forecast = self._ask.forecasts.get(obligation)
        if forecast is None:
            allowed = {"allowed": ", ".join(self._ask.forecasts)}
            broken = Violation("/obligation", "unknown_obligation", obligation, allowed)
            raise InvalidRequest(broken)
        return forecast


@dataclass(frozen=True, slots=True)
class _Inside:
    """What the counts say of the areas asked for; `areas` is None where no filter speaks of any."""

    areas: tuple[str, ...] | None
    totals: Counter[State]
    months: Counter[str | None]

    def count(self, states: Iterable[State], month: str | None) -> int:
        """How many stand in one of `states`; of those who fall due, only those in `month`."""
        if month is None:
            return sum(self.totals[state] for state in states)
        return self.months[month] if "due" in states else 0


def _inside(question: ForecastQuestion, counts: Iterable[TermCount]) -> _Inside:
    areas: set[str] = set()
    totals: Counter[State] = Counter()
    months: Counter[str | None] = Counter()
    for _, count in question.inside(counts):
        areas.add(count.area or UNASSIGNED_KEY)
        totals[count.state] += count.organizations
        months[count.month] += count.organizations
    limited = tuple(sorted(areas)) if question.asks_for_areas else None
    return _Inside(limited, totals, months)


def _bound(request: DueRequest) -> Mapping[str, Any]:
    """What a cursor is bound to, beside the edition and day it carries itself."""
    requested = request.forecast
    return {
        "obligation": request.obligation,
        "states": request.states,
        "month": request.month,
        "until": str(requested.until),
        "filters": dict(requested.filters),
        "areas": requested.areas,
        "hierarchy": str(requested.hierarchy),
    }


def _cursor(question: ForecastQuestion, last: TermRow, bound: Mapping[str, Any]) -> str:
    days = (question.valid_on, question.areas_on)
    return encode_cursor((question.edition.number, *days, *last.place), bound)
