"""What rows add to a count, and the exact figures that come of it.

A row of a share adds one. A row of a ratio of sums adds whole numbers and parts of one; these are
summed as whole numbers of the smallest part that all joint Party organizations of a copy have in
common (sixtieths, where they have two to five units), wide enough not to overflow. At the end the
figures are told in the largest part that still makes all of them whole: mostly ones or sixths.
"""

import math
from collections.abc import Iterable, Sequence

import polars as pl

from metrics_api.core.definitions.indicators import RATE_UNIT, ResolvedIndicator, Tally
from metrics_api.core.definitions.weights import COUNTED, WHOLE, Divisors, Weight
from metrics_api.core.refusals import FiguresTooFine
from metrics_api.counting.copy.fact_copy import FactCopy
from metrics_api.counting.expressions import fact_expression

RATE = (
    (pl.col("numerator") * (2 * RATE_UNIT) + pl.col("denominator"))
    .floordiv(pl.col("denominator") * 2)
    .truediv(RATE_UNIT)
    .round(6)
    .alias("rate")
)
"""`Tally.rate` over frames, with the same integer arithmetic.

polars divides by a constant by multiplying with its reciprocal, which is off in the last bit for a
third of all rates; rounding takes that back.
"""

SUMS = ("numerator", "denominator")
_MAX_PARTS = 10**15
_MAX_FIGURE = 2**53 - 1
"""Beyond it the numbers of JSON are no longer exact everywhere."""


def parts_of(copy: FactCopy, indicator: ResolvedIndicator) -> Divisors:
    """In which parts of one the sums of `indicator` are held. Raises `FiguresTooFine`."""

    def parts(weight: Weight) -> int:
        multiple = copy.common_multiple(weight.divisor) if weight.divisor else 1
        if multiple > _MAX_PARTS:
            raise FiguresTooFine
        return multiple

    return Divisors(parts(indicator.measure.numerator), parts(indicator.measure.denominator))


def added(indicator: ResolvedIndicator, parts: Divisors) -> list[pl.Expr]:
    """What a row of the denominator adds, as the columns `numerator` and `denominator`.

    Of a share it is only whether the row counts: rows are counted faster than added up.
    """
    hit = fact_expression(indicator.condition)
    if indicator.measure == COUNTED:
        return [hit.alias("numerator")]
    above = _weight(indicator.measure.numerator, parts.numerator)
    below = _weight(indicator.measure.denominator, parts.denominator)
    return [
        pl.when(hit).then(above).otherwise(pl.lit(0, dtype=pl.Int128)).alias("numerator"),
        below.alias("denominator"),
    ]


def signed_sums(indicator: ResolvedIndicator, sign: int) -> list[pl.Expr]:
    """Numerator and denominator of rows with what they add, which count for or against."""
    if indicator.measure == COUNTED:
        sums = [pl.col("numerator").sum().cast(pl.Int64), pl.len().cast(pl.Int64)]
    else:
        sums = [pl.col(name).sum() for name in SUMS]
    return [(total * sign).alias(name) for name, total in zip(SUMS, sums, strict=True)]


def _weight(weight: Weight, parts: int) -> pl.Expr:
    share = pl.lit(parts, dtype=pl.Int128)
    if weight.divisor is not None:
        share = share.floordiv(pl.col(weight.divisor).cast(pl.Int128))
    if weight.columns:
        amounts = (pl.col(column).fill_null(0).cast(pl.Int128) for column in weight.columns)
        share = share * pl.sum_horizontal(*amounts)
    return share.fill_null(0)


class Figures:
    """Brings sums that were held in `parts` to the figures of an answer."""

    def __init__(self, indicator: ResolvedIndicator, parts: Divisors) -> None:
        self._shares = indicator.measure == COUNTED
        self._parts = parts
        self.divisors = WHOLE

    def settled(self, frame: pl.DataFrame, *sides: str) -> pl.DataFrame:
        """`frame` with its sums in the largest parts that make all of them whole.

        `divisors` tells which parts. `sides` are what follows the sums' names in columns. Raises
        `FiguresTooFine`.
        """
        if self._shares:
            return frame
        columns, divisors = [], []
        for name, part in zip(SUMS, self._parts, strict=True):
            names = [name + side for side in sides or ("",)]
            values = {column: frame[column].to_list() for column in names}
            largest = math.gcd(part, *(v for some in values.values() for v in some if v))
            divisors.append(part // largest)
            columns += [
                pl.Series(column, whole_numbers(_over(some, largest)), dtype=pl.Int64)
                for column, some in values.items()
            ]
        self.divisors = Divisors(*divisors)
        return frame.with_columns(columns)

    def tally(self, numerator: int, denominator: int) -> Tally:
        """Settled figures as a tally."""
        return Tally(numerator, denominator, self.divisors, self._shares)

    def rated(self, frame: pl.DataFrame) -> pl.DataFrame:
        """Settled rows with their rate; null of nobody."""
        if self._shares:
            return frame.with_columns(pl.when(pl.col("denominator") > 0).then(RATE).alias("rate"))
        rates = [
            None if below is None else self.tally(above, below).rate
            for above, below in frame.select(SUMS).iter_rows()
        ]
        return frame.with_columns(pl.Series("rate", rates, dtype=pl.Float64))


def whole_numbers(values: Iterable[int | None]) -> list[int | None]:
    """`values`, all of which an answer can hold. Raises `FiguresTooFine`."""
    numbers = list(values)
    if any(value is not None and abs(value) > _MAX_FIGURE for value in numbers):
        raise FiguresTooFine
    return numbers


def _over(values: Sequence[int | None], part: int) -> Iterable[int | None]:
    return (None if value is None else value // part for value in values)
