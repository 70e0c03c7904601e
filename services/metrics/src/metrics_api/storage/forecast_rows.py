"""Counting terms over the fact table: one statement per obligation, whatever the size."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Date,
    and_,
    case,
    cast,
    false,
    func,
    literal,
    null,
    or_,
    select,
)
from sqlalchemy.ext.asyncio import AsyncConnection

from metrics_api.domain.dimensions import UNASSIGNED_KEY
from metrics_api.domain.forecasts import Forecast, State, Term
from metrics_api.domain.indicators import Parameter
from metrics_api.storage.predicate_sql import fact_condition
from metrics_api.storage.tables import fact


@dataclass(frozen=True, slots=True)
class TermQuery:
    """Which rows of the fact table to ask: a day, an end, an edition, columns and their values.

    `within`: the division-code prefixes a caller is limited to, None for no limit.
    """

    valid_on: date
    until: date
    edition: int
    columns: tuple[str, ...]
    values: Mapping[str, tuple[str, ...]]
    within: tuple[str, ...] | None


@dataclass(frozen=True, slots=True)
class TermCount:
    """How many organizations of one area and key stand so; `month` of those that fall due."""

    area: str | None
    key: tuple[str | None, ...]
    state: State
    month: str | None
    organizations: int


async def count_terms(
    connection: AsyncConnection, forecast: Forecast, query: TermQuery
) -> list[TermCount]:
    """Count `forecast`, whose predicates are resolved, by area, columns, state and month."""
    day, until = literal(query.valid_on, Date), literal(query.until, Date)
    due_on = func.coalesce(*(_last_day(term) for term in forecast.terms), null())
    rows = (
        select(fact.c.area, *(fact.c[name] for name in query.columns), due_on.label("due_on"))
        .where(*_asked(forecast, query))
        .subquery()
    )
    state = case(
        (rows.c.due_on.is_(None), "undated"),
        (rows.c.due_on < day, "overdue"),
        (rows.c.due_on <= until, "due"),
        else_="later",
    )
    month = case((state == "due", func.to_char(rows.c.due_on, "YYYY-MM")))
    keys = [rows.c.area, *(rows.c[name] for name in query.columns)]
    counted = select(*keys, state.label("state"), month.label("month"), func.count()).group_by(
        *keys, state, month
    )
    return [
        TermCount(row[0], tuple(row[1:-3]), row[-3], row[-2], row[-1])
        for row in await connection.execute(counted)
    ]


def _asked(forecast: Forecast, query: TermQuery) -> list[ColumnElement[bool]]:
    """The organizations that are asked about, as believed at the edition."""
    conditions = [
        fact.c.valid_from <= query.valid_on,
        fact.c.valid_until > query.valid_on,
        fact.c.edition_from <= query.edition,
        or_(fact.c.edition_until.is_(None), fact.c.edition_until > query.edition),
        fact_condition(forecast.when),
        *(_one_of(name, values) for name, values in query.values.items()),
    ]
    if forecast.needs is not None:
        conditions.append(fact.c[forecast.needs].is_not(None))
    if query.within is not None:
        inside = (fact.c.area.startswith(prefix, autoescape=True) for prefix in query.within)
        conditions.append(or_(false(), *inside))
    return conditions


def _one_of(name: str, values: Sequence[str]) -> ColumnElement[bool]:
    known = [value for value in values if value != UNASSIGNED_KEY]
    tests: list[ColumnElement[bool]] = [fact.c[name].in_(known)] if known else []
    if len(known) < len(values):
        tests.append(fact.c[name].is_(None))
    return or_(false(), *tests)


def _last_day(term: Term) -> ColumnElement[date | None]:
    """The last day of a term, null where it can't be told by it."""
    found: ColumnElement[Any]
    if term.field is not None:
        found = _end(fact.c[term.field], term.years) - 1
    else:
        found = fact.c.valid_from if term.day is None else literal(term.day, Date)
    if term.when is None:
        return found
    return case((fact_condition(term.when), found))


def _end(column: ColumnElement[Any], years: Parameter | None) -> ColumnElement[Any]:
    """The half-open end: the date itself, or so many years after it (or after the rule began)."""
    if years is None:
        return column
    spans = years.values
    begun = func.greatest(column, spans[0].start)
    ends = (
        (
            and_(begun >= span.start, begun < span.until),
            cast(begun + func.make_interval(span.value.number), Date),
        )
        for span in spans
    )
    return case((column.is_(None), null()), *ends)
