"""What makes two counts differ: who entered, who left, who began or ceased to count.

With N₀ of D₀ counted first and N₁ of D₁ then, the rates differ by N₁/D₁ − N₀/D₀, and each
organization that adds n, d to them (0 or 1, but for ratios of sums) contributes
((n₁ − n₀)·D₀ − N₀·(d₁ − d₀)) ÷ (D₀·D₁). These sum to the difference exactly, in whole numbers over
one denominator; who stays as it was adds 0.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal, NamedTuple, get_args
from uuid import UUID

import polars as pl

from metrics_api.core.definitions.dimensions import UNASSIGNED_KEY
from metrics_api.core.definitions.indicators import Tally
from metrics_api.core.definitions.weights import COUNTED, Divisors
from metrics_api.core.facts.timelines import RowKey
from metrics_api.core.refusals import TooManyGroups
from metrics_api.counting.copy.area_rollup import AreaRollup
from metrics_api.counting.copy.fact_copy import FactCopy
from metrics_api.counting.coverage_count import (
    CoverageQuery,
    group_keys,
    holds_on,
    requested_rows,
)
from metrics_api.counting.group_estimate import might_exceed, refuse_surely_more
from metrics_api.counting.members import halves, joined
from metrics_api.counting.weighing import Figures, added, parts_of, whole_numbers

Change = Literal["entered", "left", "gained", "lost"]
"""Into or out of the denominator; or, within it, into or out of the numerator (of a ratio of sums:
raising or lowering it)."""
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
    All figures have the divisors of both tallies.
    """

    before: Tally
    after: Tally
    parts: pl.DataFrame
    difference: int | None
    """The difference of the rates, to be divided by `denominator`."""
    denominator: int | None
    """What the exact contributions are to be divided by; None where a rate is of nobody."""


@dataclass(frozen=True, slots=True)
class ChangedPage:
    """A page of organizations by id; each with its row on the two sides, None where not asked."""

    rows: list[tuple[UUID, RowKey | None, RowKey | None]]
    last: UUID | None
    count: int


def compare(before: Side, after: Side, max_groups: int) -> ComparisonCount:
    """Both counts, and the contributions to their difference, by the groups of `before`.

    An organization that moves from one group to another leaves the one and enters the other.
    Raises `TooManyGroups`, `FiguresTooFine`.
    """
    keys = list(before.query.group_by)
    parts = _parts(before, after)
    pairs = _pairs(before, after, keys, parts)
    if any(might_exceed(max_groups, *side, each=len(CHANGES)) for side in (before, after)):
        happened = pairs.filter(pl.col("change").is_not_null())
        refuse_surely_more(happened, [*keys, "change"], max_groups)
    # who stays as it was adds to the wholes only, so it makes one group, however many keys it has
    kept_keys = [
        pl.when(pl.col("change").is_not_null()).then(pl.col(key)).alias(key) for key in keys
    ]
    sums = pairs.with_columns(kept_keys).group_by(*keys, "change").agg(_sums()).collect()
    figures = Figures(before.query.indicator, parts)
    counted = figures.settled(sums, "_before", "_after")
    wholes = [int(counted[name].sum()) for name in _TALLIES]
    first, second = figures.tally(*wholes[:2]), figures.tally(*wholes[2:])
    changed = counted.filter(pl.col("change").is_not_null())
    if keys and changed.height > max_groups:
        raise TooManyGroups(groups=changed.height, limit=max_groups)
    order = pl.col("change").replace_strict({c: i for i, c in enumerate(CHANGES)})
    shown = (
        changed.with_columns(pl.col(keys).cast(pl.String), order=order)
        .sort([*keys, "order"], nulls_last=True)
        .with_columns(pl.col(keys).fill_null(UNASSIGNED_KEY))
    )
    return ComparisonCount(first, second, *_contributed(shown, first, second))


def find_changed(
    before: Side, after: Side, change: Change, later_than: UUID | None, limit: int
) -> ChangedPage:
    """At most `limit` organizations of one `change`, by id, behind `later_than`."""
    pairs = _pairs(before, after, [], _parts(before, after))
    changed = pairs.filter(pl.col("change") == change).collect()
    rest = changed
    if later_than is not None:
        high, low = halves(later_than)
        later = pl.col("organization_high") > high
        later |= (pl.col("organization_high") == high) & (pl.col("organization_low") > low)
        rest = changed.filter(later)
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
    return ChangedPage(rows, last, changed.height)


def _pairs(before: Side, after: Side, keys: list[str], parts: Divisors) -> pl.LazyFrame:
    """Everyone asked about on a side, by group, with both sides and what changed, or null."""
    both = _rows(before, "before", parts).join(
        _rows(after, "after", parts),
        on=[*_ORGANIZATION, *keys],
        how="full",
        coalesce=True,
        nulls_equal=True,
    )
    return both.with_columns(_change(_whole(before, parts)).alias("change"))


def _parts(before: Side, after: Side) -> Divisors:
    """In which parts of one the sums of both are held: their copies may be of different moments."""
    first, second = (parts_of(side.copy, side.query.indicator) for side in (before, after))
    return Divisors(*map(math.lcm, first, second))


def _rows(side: Side, name: str, parts: Divisors) -> pl.LazyFrame:
    condition = holds_on(side.query.valid_on) & requested_rows(side.query, side.rollup)
    rows = side.copy.believed(side.query.edition, condition)
    weights = added(side.query.indicator, parts)
    if len(weights) == 1:  # a share: each counts one
        one = pl.lit(1, dtype=pl.Int64).alias("denominator")
        weights = [weights[0].cast(pl.Int64), one]
    return rows.select(
        *_ORGANIZATION,
        *group_keys(side.query, side.rollup),
        *(weight.name.suffix(f"_{name}") for weight in weights),
        *(pl.col(column).alias(f"{column}_{name}") for column in ("valid_from", "edition_from")),
    )


def _change(whole: tuple[int, int]) -> pl.Expr:
    """What happened to a row of both sides; `whole`: the first count, as it is held.

    Who stays gains where it raises the figure, and loses where it lowers it: by the sign of what
    it contributes. Of a share that is in or out of the numerator.
    """
    above, below = whole
    common = math.gcd(above, below) or 1
    first, second = pl.col("denominator_before"), pl.col("denominator_after")
    counting = (pl.col("numerator_after") - pl.col("numerator_before")).cast(pl.Int128)
    asking = (second - first).cast(pl.Int128)
    raised = counting
    if below:
        raised = counting * (below // common) - asking * pl.lit(above // common, dtype=pl.Int128)
    return (
        pl.when(first.is_null())
        .then(pl.lit("entered"))
        .when(second.is_null())
        .then(pl.lit("left"))
        .when(raised > 0)
        .then(pl.lit("gained"))
        .when(raised < 0)
        .then(pl.lit("lost"))
    )


def _whole(side: Side, parts: Divisors) -> tuple[int, int]:
    """Numerator and denominator of one side, as they are held; of a share nobody asks for them."""
    if side.query.indicator.measure == COUNTED:
        return 0, 0
    sums = (
        _rows(side, "here", parts)
        .select(pl.col("numerator_here", "denominator_here").sum())
        .collect()
    )
    return int(sums["numerator_here"][0]), int(sums["denominator_here"][0])


def _sums() -> list[pl.Expr]:
    return [pl.len().cast(pl.Int64).alias("organizations"), *(pl.col(n).sum() for n in _TALLIES)]


def _contributed(
    parts: pl.DataFrame, before: Tally, after: Tally
) -> tuple[pl.DataFrame, int | None, int | None]:
    """The contributions of `parts`, the difference, and what all are to be divided by.

    They are null and None where one side is of nobody. Raises `FiguresTooFine`.
    """
    divisors = before.divisors
    whole = before.denominator * after.denominator * divisors.numerator or None

    def raised(row: Sequence[int]) -> int:
        counting, asking = row[2] - row[0], row[3] - row[1]
        share = counting * before.denominator - asking * before.numerator
        return share * divisors.denominator

    exact = [raised(row) if whole else None for row in parts.select(_TALLIES).iter_rows()]
    ends = (before.numerator, before.denominator, after.numerator, after.denominator)
    difference = raised(ends) if whole else None
    if whole and not before.is_share:
        common = math.gcd(whole, difference or 0, *(value for value in exact if value))
        exact = [value and value // common for value in exact]
        difference, whole = (difference or 0) // common, whole // common
    whole_numbers([whole, difference, *exact])
    shares = [
        None if value is None or not whole else round(value / whole, 6) + 0.0 for value in exact
    ]
    contributions = (
        pl.Series("contribution_numerator", exact, dtype=pl.Int64),
        pl.Series("contribution", shares, dtype=pl.Float64),
    )
    return parts.with_columns(contributions), difference, whole
