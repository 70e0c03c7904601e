"""Counts an indicator on many days in one pass over the fact timeline.

A row that holds on `[from, until)` counts on every day asked for in between: it opens at the first
of them and closes behind the last. Summing what opens and closes at each day, by key, and adding up
along the days costs one look at each row, however many days there are.
"""

from collections.abc import Sequence
from datetime import date
from typing import NamedTuple

import polars as pl

from metrics_api.core.definitions.dimensions import UNASSIGNED_KEY
from metrics_api.core.definitions.weights import Divisors
from metrics_api.core.refusals import TooManyGroups
from metrics_api.counting.copy.area_rollup import AreaRollup
from metrics_api.counting.copy.fact_copy import FactCopy, SignedRows
from metrics_api.counting.coverage_count import (
    CoverageQuery,
    group_keys,
    requested_rows,
)
from metrics_api.counting.weighing import SUMS, Figures, added, parts_of, signed_sums

_TALLY = pl.col(SUMS)


class CountedDays(NamedTuple):
    """Days that were counted in one pass, and their rows: none where nobody was found."""

    days: Sequence[date]
    rows: pl.DataFrame


def count_series(
    copy: FactCopy,
    rollup: AreaRollup,
    query: CoverageQuery,
    days: Sequence[date],
    max_cells: int,
) -> CountedDays:
    """Count `query` on each of `days` (rising), whatever its own day is.

    A row per group and day: the keys as text (null is unassigned), `valid_on`, `numerator`,
    `denominator`, not yet settled. `rollup` and the indicator must be those of every day. Raises
    `TooManyGroups` beyond `max_cells` rows, `FiguresTooFine`.
    """
    fractions = parts_of(copy, query.indicator)
    keys = list(query.group_by)
    points = pl.Series("valid_on", days, dtype=pl.Date)
    parts = [_steps(part, rollup, query, points, fractions) for part in copy.at(query.edition)]
    steps = pl.concat(parts).group_by(*keys, "point").agg(_TALLY.sum())
    changes = steps.collect(engine="streaming").with_columns(pl.col(keys).cast(pl.String))
    grid = _grid(changes, keys, points.to_frame().with_row_index("point"), max_cells)
    filled = _joined(grid, changes, [*keys, "point"]).with_columns(_TALLY.fill_null(0))
    along = _TALLY.cum_sum().over(keys) if keys else _TALLY.cum_sum()
    return CountedDays(days, filled.with_columns(along).select(*keys, "valid_on", _TALLY))


def whole_series(
    parts: Sequence[CountedDays],
    keys: list[str],
    days: Sequence[date],
    max_cells: int,
    figures: Figures,
) -> pl.DataFrame:
    """The series of several parts of `days` as one, settled by `figures`, with rates.

    Every group is there on every day, the unassigned last; on days of no part its figures are
    null. Groups that never count are left out. Raises `TooManyGroups`,
    `FiguresTooFine`.
    """
    counted = pl.concat([part.rows for part in parts])
    known_days = pl.Series([day for part in parts for day in part.days], dtype=pl.Date)
    points = pl.Series("valid_on", days, dtype=pl.Date).to_frame()
    known = points.with_columns(known=pl.col("valid_on").is_in(known_days.implode()))
    ever = counted.filter(pl.any_horizontal(_TALLY > 0)) if keys else counted
    grid = _grid(ever, keys, known, max_cells)
    filled = _joined(grid, counted, [*keys, "valid_on"]).with_columns(
        pl.when("known").then(_TALLY.fill_null(0))
    )
    shown = figures.rated(figures.settled(filled))
    return shown.select(pl.col(keys).fill_null(UNASSIGNED_KEY), "valid_on", _TALLY, "rate")


def _grid(
    frame: pl.DataFrame, keys: list[str], points: pl.DataFrame, max_cells: int
) -> pl.DataFrame:
    """Every group of `frame` on every point, in order."""
    if not keys:
        return points
    groups = frame.select(keys).unique()
    if groups.height * points.height > max_cells:
        raise TooManyGroups(groups=groups.height * points.height, limit=max_cells)
    return groups.sort(keys, nulls_last=True).join(points, how="cross", maintain_order="left_right")


def _joined(grid: pl.DataFrame, figures: pl.DataFrame, on: list[str]) -> pl.DataFrame:
    return grid.join(figures, on=on, how="left", nulls_equal=True, maintain_order="left")


def _steps(
    part: SignedRows,
    rollup: AreaRollup,
    query: CoverageQuery,
    points: pl.Series,
    fractions: Divisors,
) -> pl.LazyFrame:
    """What opens and what closes at each point, by key, of one part of the rows."""
    opens, closes = (
        pl.lit(points).search_sorted(pl.col(name), side="left").alias(name)
        for name in ("valid_from", "valid_until")
    )
    rows = (
        part.rows.filter(requested_rows(query, rollup))
        .select(*group_keys(query, rollup), *added(query.indicator, fractions), opens, closes)
        .filter(pl.col("valid_from") < pl.col("valid_until"))
    )
    keys = list(query.group_by)
    ends = [
        rows.group_by(*keys, pl.col(name).alias("point")).agg(signed_sums(query.indicator, sign))
        for name, sign in (("valid_from", part.sign), ("valid_until", -part.sign))
    ]
    return pl.concat(ends)
