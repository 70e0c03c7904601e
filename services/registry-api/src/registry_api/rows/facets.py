"""Facets in SQL: as columns of the current rows, and read out of a past state's JSON.

A filter is written once against named columns; what stands behind the names makes it a filter of
the present or of the past.
"""

from collections.abc import Callable, Mapping, Sequence
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import (
    ARRAY,
    ColumnElement,
    Integer,
    Text,
    Uuid,
    and_,
    any_,
    bindparam,
    case,
    cast,
    func,
    literal,
    select,
    tuple_,
)

from registry_api.core.organization.facets import AREA, Facet, Filter, facets, filters
from registry_api.core.organization.name_pairs import pairs_within
from registry_api.tables import FACET_TYPES, organization

Columns = Mapping[str, ColumnElement[Any]]
"""What each facet is called in a statement; `area` is there always, `name_pairs` may be."""

Conditions = Sequence[ColumnElement[bool]]
"""All of them must hold."""

CURRENT: Columns = dict(organization.c)
"""The current rows have a column of its own for each facet."""

NAME_PAIRS = "name_pairs"


def state_columns(state: ColumnElement[Any]) -> Columns:
    """The facets as expressions over a state (jsonb)."""
    columns = {name: _read(state, facet) for name, facet in facets().items()}
    columns[AREA.name] = func.coalesce(
        _leaf(state, ("domicile", "division_code")),
        _leaf(state, ("registration", "authority", "division_code")),
        "",
    )
    return columns


def _leaf(state: ColumnElement[Any], path: Sequence[str]) -> ColumnElement[Any]:
    return func.jsonb_extract_path_text(state, *path, type_=Text)


def _read(state: ColumnElement[Any], facet: Facet) -> ColumnElement[Any]:
    if facet.kind == "presence":
        type_ = func.jsonb_typeof(func.jsonb_extract_path(state, *facet.path))
        return func.coalesce(type_ == "object", literal(False))
    if facet.kind == "codes":
        return _listed(func.jsonb_extract_path(state, *facet.path))
    leaf = _leaf(state, facet.path)
    if facet.name == "name":
        return leaf.collate("C")
    return cast(leaf, FACET_TYPES[facet.kind]) if facet.kind in FACET_TYPES else leaf


def _listed(value: ColumnElement[Any]) -> ColumnElement[Any]:
    """A JSON list of codes as an array; null where there is no list."""
    items = select(func.jsonb_array_elements_text(value).column_valued("item")).scalar_subquery()
    array = func.array(items, type_=ARRAY(Text))
    return case((func.jsonb_typeof(value) == "array", array), else_=None)


def conditions_on(
    columns: Columns, requested: Mapping[str, Any], patterns: Sequence[str] | None
) -> list[ColumnElement[bool]]:
    """SQL conditions of the `requested` filters, and of a limited caller's LIKE `patterns`.

    Raises KeyError for a filter that `core.organization.facets.filters` does not have.
    """
    table = filters()
    conditions = [_condition(columns, table[name], value) for name, value in requested.items()]
    if patterns is not None:
        conditions.append(_like_any(columns[AREA.name], patterns))
    return conditions


MAX_INDEX_LOOKUPS = 10_000
"""Organizations that are worth an index look-up each; measured: beyond, a list's own order wins."""


def one_of(column: ColumnElement[UUID], identifiers: Sequence[UUID]) -> ColumnElement[bool]:
    """That an id is one of many: one parameter, however many.

    Few are looked up in the index of `column`. Of many, that would be most of the table: rows are
    read in another order, and each held against a hash of them.
    """
    listed = column == func.any(bindparam(None, list(identifiers), type_=ARRAY(Uuid)))
    return listed if len(identifiers) <= MAX_INDEX_LOOKUPS else listed.is_(True)


def _condition(columns: Columns, filter_: Filter, value: Any) -> ColumnElement[bool]:
    if filter_.facet is None:
        return and_(*(columns[name].is_(None) for name in value))
    if filter_.operator == "contains":
        return _contains(columns, filter_.facet, value)
    return _OPERATORS[filter_.operator](columns[filter_.facet.name], value)


def _contains(columns: Columns, facet: Facet, parts: Sequence[str]) -> ColumnElement[bool]:
    """Each part literally; the index of name pairs narrows it down where there is one."""
    column = columns[facet.name]
    conditions = [column.contains(part, autoescape=True) for part in parts]
    pairs = sorted({pair for part in parts for pair in pairs_within(part)})
    if pairs and NAME_PAIRS in columns:
        shared = bindparam(None, pairs, type_=ARRAY(Integer))
        conditions.append(columns[NAME_PAIRS].contains(shared))
    return and_(*conditions)


def _like_any(column: ColumnElement[str], patterns: Sequence[str]) -> ColumnElement[bool]:
    return column.like(any_(bindparam(None, list(patterns), type_=ARRAY(Text))))


_OPERATORS: Mapping[str, Callable[[ColumnElement[Any], Any], ColumnElement[bool]]] = {
    "one_of": lambda column, values: column.in_(values),
    "any_of": lambda column, values: column.bool_op("&&")(
        bindparam(None, list(values), type_=ARRAY(Text))
    ),
    "prefix": lambda column, values: _like_any(column, [f"{value}%" for value in values]),
    "min": lambda column, value: column >= value,
    "max": lambda column, value: column <= value,
    "from": lambda column, value: column >= value,
    "before": lambda column, value: column < value,
    "is": lambda column, value: column.is_(value),
}


def sort_key(columns: Columns, name: str) -> ColumnElement[Any]:
    """What a list by this facet is ordered by: never null, so that a row comparison pages it.

    What is unknown sorts as if it were larger than anything.
    """
    kind = facets()[name].kind
    return func.coalesce(columns[name], _BEYOND[kind]) if kind in _BEYOND else columns[name]


_BEYOND: Mapping[str, Any] = {"date": date.max, "count": 2**31 - 1}


def follows(
    key: ColumnElement[Any],
    identifier: ColumnElement[Any],
    after: tuple[Any, UUID],
    descending: bool,
) -> ColumnElement[bool]:
    """The condition of a keyset: behind `after` in the order of (key, id)."""
    current = tuple_(key, identifier)
    previous = tuple_(literal(after[0], key.type), literal(after[1], Uuid))
    return current < previous if descending else current > previous
