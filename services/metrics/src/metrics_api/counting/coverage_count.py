"""Counts an indicator over a copy of the fact timeline, by any dimensions, on any day."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from functools import reduce
from operator import and_, or_

import polars as pl

from metrics_api.core.definitions.dimensions import (
    AREA_FILTER,
    DIMENSIONS,
    UNASSIGNED_KEY,
    UNDER_BODY,
    Dimension,
)
from metrics_api.core.definitions.indicators import ResolvedIndicator, Tally
from metrics_api.core.definitions.weights import Divisors
from metrics_api.core.refusals import TooManyGroups
from metrics_api.counting.copy.area_rollup import AreaRollup
from metrics_api.counting.copy.fact_copy import FactCopy, SignedRows
from metrics_api.counting.expressions import fact_expression
from metrics_api.counting.group_numbers import GroupNumbers
from metrics_api.counting.weighing import SUMS, Figures, added, parts_of, signed_sums


@dataclass(frozen=True, slots=True)
class CoverageQuery:
    """What to count.

    `filters`: per dimension the values that count, `unassigned` for the unknown, and all bodies
    that `under_body` stands for on the day; `within`: the
    division-code prefixes a caller is limited to, None for no limit.
    """

    indicator: ResolvedIndicator
    valid_on: date
    edition: int
    group_by: tuple[str, ...] = ()
    filters: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    within: tuple[str, ...] | None = None


@dataclass(frozen=True, slots=True)
class CoverageCount:
    """The whole, and its parts: one row per group, the parts sum to the whole.

    `groups` has a text column per dimension asked for, `numerator`, `denominator` and `rate`,
    ordered by key with the unassigned last. It stays a frame: with 41,352 streets, making Python
    objects of the rows would take ten times longer than counting them.
    """

    total: Tally
    groups: pl.DataFrame


def count_coverage(
    copy: FactCopy, rollup: AreaRollup, query: CoverageQuery, max_groups: int
) -> CoverageCount:
    """Count `query`; groups are ordered by key, the unassigned last.

    Organizations outside the denominator are in no group. Raises `TooManyGroups`,
    `FiguresTooFine`.
    """
    parts = parts_of(copy, query.indicator)
    groups = GroupNumbers(query.group_by, copy, rollup)
    tallied = [_tallied(rows, rollup, query, parts, groups) for rows in copy.at(query.edition)]
    someone = pl.any_horizontal(pl.col(SUMS) > 0)
    counted = _summed(tallied, groups.columns).filter(someone).collect(engine="streaming")
    if query.group_by and counted.height > max_groups:
        raise TooManyGroups(groups=counted.height, limit=max_groups)
    figures = Figures(query.indicator, parts)
    settled = figures.settled(counted)
    total = figures.tally(int(settled["numerator"].sum()), int(settled["denominator"].sum()))
    ordered = settled.sort(groups.columns) if query.group_by else settled
    return CoverageCount(total, figures.rated(ordered.select(*groups.keys(), *SUMS)))


def known_since(copy: FactCopy, rollup: AreaRollup, query: CoverageQuery) -> date | None:
    """The first day on which anybody is asked about, whatever day `query` counts; None: never."""
    rows = copy.believed(query.edition, requested_rows(query, rollup))
    first: date | None = rows.select(pl.col("valid_from").min()).collect().item()
    return first


def _tallied(
    part: SignedRows,
    rollup: AreaRollup,
    query: CoverageQuery,
    parts: Divisors,
    groups: GroupNumbers,
) -> pl.LazyFrame:
    """One part of the rows, counted by group with its sign."""
    rows = part.rows.filter(holds_on(query.valid_on) & requested_rows(query, rollup)).select(
        *groups.of_rows(), *added(query.indicator, parts)
    )
    sums = signed_sums(query.indicator, part.sign)
    return rows.group_by(groups.columns).agg(sums) if groups.columns else rows.select(sums)


def group_keys(query: CoverageQuery, rollup: AreaRollup) -> list[pl.Expr]:
    """The key of each row, a column per dimension of `group_by`."""
    return [_key(DIMENSIONS[name], rollup).alias(name) for name in query.group_by]


def holds_on(day: date) -> pl.Expr:
    """Whether a row holds on `day`."""
    return (pl.col("valid_from") <= day) & (pl.col("valid_until") > day)


def requested_rows(query: CoverageQuery, rollup: AreaRollup) -> pl.Expr:
    """Whether a row is in the denominator, passes the filters and may be seen; on whatever day."""
    conditions = [
        fact_expression(query.indicator.denominator),
        *(_filter(name, values, rollup) for name, values in query.filters.items()),
    ]
    if query.within is not None:
        conditions.append(rollup.within(query.within))
    return reduce(and_, conditions)


def _summed(parts: list[pl.LazyFrame], keys: list[str]) -> pl.LazyFrame:
    if len(parts) == 1:
        return parts[0]
    together = pl.concat(parts)
    sums = pl.col("numerator", "denominator").sum()
    return together.group_by(keys).agg(sums) if keys else together.select(sums)


def _key(dimension: Dimension, rollup: AreaRollup) -> pl.Expr:
    if dimension.area_level:
        return rollup.level(dimension.area_level)
    return pl.col(dimension.column)


def _filter(name: str, values: tuple[str, ...], rollup: AreaRollup) -> pl.Expr:
    """Whether a row has one of `values` in the dimension `name` (or lies in one, for `area`)."""
    if name == AREA_FILTER:
        return rollup.lies_in(values)
    if name == UNDER_BODY:
        bodies = pl.col("supervising_body").cast(pl.String)
        return bodies.is_in(list(values)).fill_null(False)
    key = _key(DIMENSIONS[name], rollup)
    tests = [
        key.is_null() if value == UNASSIGNED_KEY else key.eq_missing(pl.lit(value))
        for value in values
    ]
    return reduce(or_, tests)
