"""Terms over the fact table, counted and listed: a statement per obligation, whatever the size."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, NamedTuple
from uuid import UUID

from sqlalchemy import (
    ARRAY,
    ColumnElement,
    Date,
    Select,
    Text,
    Uuid,
    and_,
    any_,
    case,
    cast,
    false,
    func,
    literal,
    not_,
    null,
    or_,
    select,
    true,
    tuple_,
)
from sqlalchemy.ext.asyncio import AsyncConnection

from metrics_api.core.definitions.dimensions import UNASSIGNED_KEY
from metrics_api.core.definitions.forecasts import Forecast, State, Term
from metrics_api.core.definitions.indicators import Parameter
from metrics_api.core.facts.columns import COLUMNS, Fact
from metrics_api.core.facts.predicates import (
    Compare,
    Every,
    IsNull,
    Not,
    OneOf,
    Predicate,
    Some,
    resolved,
)
from metrics_api.tables import OPEN_END, closed_end, fact
from servicekit.time import Period


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


@dataclass(frozen=True, slots=True)
class TermSelection:
    """Which of them to list: their states, a month (`YYYY-MM`) in which they fall due, their areas.

    `unassigned` is no area; None limits nothing.
    """

    states: tuple[State, ...]
    month: str | None
    areas: tuple[str, ...] | None


class TermPlace(NamedTuple):
    """Where in a list an organization stands: its last day (`OPEN_END` for none), then its id."""

    due_on: date
    organization: UUID


@dataclass(frozen=True, slots=True)
class TermRow:
    """An organization with its facts of the day, how it stands, and its last day if it has one."""

    organization: UUID
    span: Period[Fact]
    state: State
    due_on: date | None

    @property
    def place(self) -> TermPlace:
        """Where it stands in the list."""
        return TermPlace(self.due_on or OPEN_END, self.organization)


_LISTED = ("organization_id", "valid_from", "valid_until", *(column.name for column in COLUMNS))


async def count_terms(
    connection: AsyncConnection, forecast: Forecast, query: TermQuery
) -> list[TermCount]:
    """Count `forecast`, whose predicates are resolved, by area, columns, state and month."""
    rows = _rows(forecast, query, ["area", *query.columns]).subquery()
    state = _state(rows.c.due_on, query)
    month = case((state == "due", _month(rows.c.due_on)))
    keys = [rows.c.area, *(rows.c[name] for name in query.columns)]
    counted = select(*keys, state.label("state"), month.label("month"), func.count()).group_by(
        *keys, state, month
    )
    return [
        TermCount(row[0], tuple(row[1:-3]), row[-3], row[-2], row[-1])
        for row in await connection.execute(counted)
    ]


async def list_terms(
    connection: AsyncConnection,
    forecast: Forecast,
    query: TermQuery,
    selection: TermSelection,
    after: TermPlace | None,
    limit: int,
) -> list[TermRow]:
    """At most `limit` organizations of `forecast`, whose predicates are resolved, after `after`.

    They come by their last day, those without one at the end, then by id.
    """
    rows = _rows(forecast, query, _LISTED).subquery()
    state = _state(rows.c.due_on, query).label("state")
    order = (func.coalesce(rows.c.due_on, literal(OPEN_END, Date)), rows.c.organization_id)
    listed = select(state, rows).where(state.in_(selection.states))
    if selection.month is not None:
        listed = listed.where(state == "due", _month(rows.c.due_on) == selection.month)
    if selection.areas is not None:
        listed = listed.where(_one_of(rows.c.area, selection.areas))
    if after is not None:
        place = (literal(after.due_on, Date), literal(after.organization, Uuid))
        listed = listed.where(tuple_(*order) > tuple_(*place))
    return [
        TermRow(row[1], Period(row[2], closed_end(row[3]), tuple(row[4:-1])), row[0], row[-1])
        for row in await connection.execute(listed.order_by(*order).limit(limit))
    ]


def _rows(forecast: Forecast, query: TermQuery, columns: Sequence[str]) -> Select[Any]:
    """The facts that are asked about, `columns` of them, and the last day of each."""
    due_on = func.coalesce(*(_last_day(term) for term in forecast.terms), null())
    facts = select(*(fact.c[name] for name in columns), due_on.label("due_on"))
    return facts.where(*_conditions(forecast, query))


def _state(due_on: ColumnElement[date], query: TermQuery) -> ColumnElement[str]:
    return case(
        (due_on.is_(None), "undated"),
        (due_on < literal(query.valid_on, Date), "overdue"),
        (due_on <= literal(query.until, Date), "due"),
        else_="later",
    )


def _month(day: ColumnElement[date]) -> ColumnElement[str]:
    return func.to_char(day, "YYYY-MM")


def _conditions(forecast: Forecast, query: TermQuery) -> list[ColumnElement[bool]]:
    """The organizations that are asked about, as believed at the edition."""
    conditions = [
        fact.c.valid_from <= query.valid_on,
        fact.c.valid_until > query.valid_on,
        fact.c.edition_from <= query.edition,
        or_(fact.c.edition_until.is_(None), fact.c.edition_until > query.edition),
        fact_condition(forecast.when),
        *(_one_of(fact.c[name], values) for name, values in query.values.items()),
    ]
    if forecast.needs is not None:
        conditions.append(fact.c[forecast.needs].is_not(None))
    if query.within is not None:
        inside = (fact.c.area.startswith(prefix, autoescape=True) for prefix in query.within)
        conditions.append(or_(false(), *inside))
    return conditions


def _one_of(column: ColumnElement[str], values: Sequence[str]) -> ColumnElement[bool]:
    known = [value for value in values if value != UNASSIGNED_KEY]
    tests = [column == any_(literal(known, ARRAY(Text)))] if known else []
    if len(known) < len(values):
        tests.append(column.is_(None))
    return or_(false(), *tests)


def _last_day(term: Term) -> ColumnElement[date | None]:
    """The last day of a term, null where it can't be told by it."""
    day: ColumnElement[Any]
    if term.field is not None:
        day = _end(fact.c[term.field], term.years) - 1
    else:
        day = fact.c.valid_from if term.day is None else literal(term.day, Date)
    if term.when is None:
        return day
    return case((fact_condition(term.when), day))


def _end(column: ColumnElement[Any], years: Parameter | None) -> ColumnElement[Any]:
    """The half-open end: the date itself, or so many years after it (or after the rule began)."""
    if years is None:
        return column
    spans = years.values
    begun = func.greatest(column, spans[0].start)
    ends = (
        (
            and_(begun >= span.start, begun < (span.until or OPEN_END)),
            cast(begun + func.make_interval(span.value.number), Date),
        )
        for span in spans
    )
    return case((column.is_(None), null()), *ends)


def fact_condition(predicate: Predicate) -> ColumnElement[bool]:
    """A resolved predicate as a condition on `fact` that is true or false, never null."""
    match predicate:
        case Compare():
            return _comparison(predicate)
        case OneOf(column, values):
            return func.coalesce(fact.c[column].in_(values), false())
        case IsNull(column):
            return fact.c[column].is_(None)
        case Not(part):
            return not_(fact_condition(part))
        case Every(parts):
            return and_(true(), *map(fact_condition, parts))
        case Some(parts):
            return or_(false(), *map(fact_condition, parts))


def _comparison(predicate: Compare) -> ColumnElement[bool]:
    column, bound = fact.c[predicate.column], resolved(predicate.value)
    if predicate.operator == "eq":
        return column.is_not_distinct_from(bound)
    compared = column >= bound if predicate.operator == "ge" else column <= bound
    return func.coalesce(compared, false())
