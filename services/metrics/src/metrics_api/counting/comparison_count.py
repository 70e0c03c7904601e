"""What makes two counts differ: who entered, who left, who began or ceased to count.

With N₀ of D₀ counted first and N₁ of D₁ then, the rates differ by N₁/D₁ − N₀/D₀, and each
organization with tallies n, d (0 or 1) contributes ((n₁ − n₀)·D₀ − N₀·(d₁ − d₀)) ÷ (D₀·D₁). These
sum to the difference exactly, in whole numbers over one denominator; who stays as it was adds 0.
"""

from dataclasses import dataclass
from typing import Literal, NamedTuple, get_args
from uuid import UUID

import polars as pl

from metrics_api.counting.area_rollup import AreaRollup
from metrics_api.counting.coverage_count import (
    CoverageQuery,
    TooManyGroupsError,
    asked,
    group_keys,
    hits,
    holds_on,
)
from metrics_api.counting.fact_copy import FactCopy
from metrics_api.counting.members import halves, joined
from metrics_api.domain.dimensions import UNASSIGNED_KEY
from metrics_api.domain.indicators import Tally
from metrics_api.domain.timelines import RowKey

Change = Literal["entered", "left", "gained", "lost"]
"""Into or out of the denominator; or, within it, into or out of the numerator."""
CHANGES: tuple[Change, ...] = get_args(Change)

_ORGANIZATION = ["organization_high", "organization_low"]
_TALLIES = ("numerator_before", "denominator_before", "numerator_after", "denominator_after")


class Side(NamedTuple):
    """One of the two counts: from which copy, in which areas, what."""

    copy: FactCopy
    rollup: AreaRollup
    query: CoverageQuery


@dataclass(frozen=True, slots=True)
class ComparisonCount:
    """Both wholes, and what made the difference.

    `parts`: a row per group and `change`: `organizations`, and `contribution_numerator`, which sum
    to the difference over `denominator`; null, as `contribution`, where one side counts nobody.
    """

    before: Tally
    after: Tally
    parts: pl.DataFrame

    @property
    def denominator(self) -> int | None:
        """What the exact contributions are to be divided by; None where a rate is of nobody."""
        return self.before.denominator * self.after.denominator or None

    @property
    def difference(self) -> int:
        """The difference of the rates, to be divided by `denominator`."""
        before, after = self.before, self.after
        return after.numerator * before.denominator - before.numerator * after.denominator


@dataclass(frozen=True, slots=True)
class ChangedPage:
    """A page of organizations by id; each with its row on the two sides, None where not asked."""

    rows: list[tuple[UUID, RowKey | None, RowKey | None]]
    last: UUID | None
    count: int


def compare(before: Side, after: Side, max_groups: int) -> ComparisonCount:
    """Both counts, and the contributions to their difference, by the groups of `before`.

    An organization that moves from one group to another leaves the one and enters the other.
    Raises `TooManyGroupsError`.
    """
    keys = list(before.query.group_by)
    pairs = _pairs(before, after, keys)
    counted = pairs.group_by(*keys, "change").agg(_tallies()).collect()
    wholes = [int(counted[name].sum()) for name in _TALLIES]
    first, second = Tally(*wholes[:2]), Tally(*wholes[2:])
    changed = counted.filter(pl.col("change").is_not_null())
    if keys and changed.height > max_groups:
        raise TooManyGroupsError(changed.height, max_groups)
    order = pl.col("change").replace_strict({c: i for i, c in enumerate(CHANGES)})
    shown = (
        changed.with_columns(pl.col(keys).cast(pl.String), order=order)
        .sort([*keys, "order"], nulls_last=True)
        .with_columns(pl.col(keys).fill_null(UNASSIGNED_KEY))
    )
    return ComparisonCount(first, second, shown.with_columns(_exact(first, second)))


def find_changed(
    before: Side, after: Side, change: Change, later_than: UUID | None, limit: int
) -> ChangedPage:
    """At most `limit` organizations of one `change`, by id, behind `later_than`."""
    found = _pairs(before, after, []).filter(pl.col("change") == change).collect()
    rest = found
    if later_than is not None:
        high, low = halves(later_than)
        later = pl.col("organization_high") > high
        later |= (pl.col("organization_high") == high) & (pl.col("organization_low") > low)
        rest = found.filter(later)
    page = rest.bottom_k(limit, by=_ORGANIZATION).sort(_ORGANIZATION)
    rows = []
    for row in page.iter_rows(named=True):
        organization = joined(row["organization_high"], row["organization_low"])
        sides = [
            None
            if row[f"valid_from_{side}"] is None
            else RowKey(organization, row[f"valid_from_{side}"], row[f"edition_from_{side}"])
            for side in ("before", "after")
        ]
        rows.append((organization, sides[0], sides[1]))
    last = rows[-1][0] if rest.height > page.height else None
    return ChangedPage(rows, last, found.height)


def _pairs(before: Side, after: Side, keys: list[str]) -> pl.LazyFrame:
    """Everyone asked about on a side, by group, with both sides and what changed, or null."""
    both = _rows(before, "before").join(
        _rows(after, "after"),
        on=[*_ORGANIZATION, *keys],
        how="full",
        coalesce=True,
        nulls_equal=True,
    )
    first, second = pl.col("hit_before"), pl.col("hit_after")
    change = (
        pl.when(first.is_null())
        .then(pl.lit("entered"))
        .when(second.is_null())
        .then(pl.lit("left"))
        .when(~first & second)
        .then(pl.lit("gained"))
        .when(first & ~second)
        .then(pl.lit("lost"))
    )
    return both.with_columns(change.alias("change"))


def _rows(side: Side, name: str) -> pl.LazyFrame:
    condition = holds_on(side.query.valid_on) & asked(side.query, side.rollup)
    return side.copy.believed(side.query.edition, condition).select(
        *_ORGANIZATION,
        *group_keys(side.query, side.rollup),
        hits(side.query).alias(f"hit_{name}"),
        *(pl.col(column).alias(f"{column}_{name}") for column in ("valid_from", "edition_from")),
    )


def _tallies() -> list[pl.Expr]:
    return [
        pl.len().cast(pl.Int64).alias("organizations"),
        *(
            tally.cast(pl.Int64).alias(f"{name}_{side}")
            for side in ("before", "after")
            for name, tally in (
                ("numerator", pl.col(f"hit_{side}").sum()),
                ("denominator", pl.col(f"hit_{side}").is_not_null().sum()),
            )
        ),
    ]


def _exact(before: Tally, after: Tally) -> list[pl.Expr]:
    """Whole numbers below 2⁶³ even of the country's organizations squared."""
    whole = before.denominator * after.denominator
    if not whole:
        nothing = pl.lit(None, dtype=pl.Int64)
        return [
            nothing.alias("contribution_numerator"),
            nothing.cast(pl.Float64).alias("contribution"),
        ]
    counting = pl.col("numerator_after") - pl.col("numerator_before")
    asking = pl.col("denominator_after") - pl.col("denominator_before")
    exact = counting * before.denominator - asking * before.numerator
    return [
        exact.alias("contribution_numerator"),
        (exact / whole).round(6).alias("contribution"),
    ]
