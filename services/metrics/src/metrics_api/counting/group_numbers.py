"""A group as a number: the places of its keys in their sorted lists, read like digits.

Grouping by one number is faster than by several columns of codes, and groups in the order of their
numbers are in the order of their keys, the unassigned last. Where a product of lists is beyond one
number, as many as it takes stand side by side.
"""

import math
from collections.abc import Sequence
from functools import cached_property
from typing import NamedTuple

import polars as pl

from metrics_api.core.definitions.dimensions import DIMENSIONS, UNASSIGNED_KEY, Dimension
from metrics_api.counting.copy.area_rollup import AreaRollup
from metrics_api.counting.copy.fact_copy import FactCopy

_LARGEST = 2**63 - 1
_LARGEST_SMALL = 2**32 - 1


class _Digit(NamedTuple):
    """One dimension: the place of each row's key, and the keys in order, the unassigned last."""

    name: str
    place: pl.Expr
    keys: pl.Series


class GroupNumbers:
    """Numbers for the groups by the dimensions `names` in `copy`; areas as `rollup` places them."""

    def __init__(self, names: Sequence[str], copy: FactCopy, rollup: AreaRollup) -> None:
        self._digits = [_digit(DIMENSIONS[name], copy, rollup) for name in names]

    @cached_property
    def _split(self) -> list[list[_Digit]]:
        """The digits, cut into as few numbers as hold them."""
        numbers: list[list[_Digit]] = []
        for digit in self._digits:
            if not numbers or _size([*numbers[-1], digit]) > _LARGEST:
                numbers.append([])
            numbers[-1].append(digit)
        return numbers

    @property
    def most(self) -> int:
        """How many groups there can be: as many as the keys make, the unassigned among them."""
        return _size(self._digits)

    @property
    def columns(self) -> list[str]:
        """What the numbers are called."""
        return [f"group_{place}" for place in range(len(self._split))]

    def of_rows(self) -> list[pl.Expr]:
        """The numbers of each row's group."""
        return [
            _number(digits).alias(column)
            for digits, column in zip(self._split, self.columns, strict=True)
        ]

    def keys(self) -> list[pl.Expr]:
        """The keys that the numbers stand for, as texts, a column each."""
        return [
            pl.lit(digit.keys).gather(pl.col(column) // weight % len(digit.keys)).alias(digit.name)
            for digits, column in zip(self._split, self.columns, strict=True)
            for digit, weight in zip(digits, _weights(digits), strict=True)
        ]


def _size(digits: Sequence[_Digit]) -> int:
    """How many groups there can be."""
    return math.prod(len(digit.keys) for digit in digits)


def _weights(digits: Sequence[_Digit]) -> list[int]:
    """What one of each digit is worth in their number; the last one is worth one."""
    return [_size(digits[place + 1 :]) for place in range(len(digits))]


def _number(digits: Sequence[_Digit]) -> pl.Expr:
    wide = pl.UInt64 if _size(digits) > _LARGEST_SMALL else pl.UInt32
    number = digits[0].place.cast(wide)
    for digit in digits[1:]:
        number = number * len(digit.keys) + digit.place
    return number


def _digit(dimension: Dimension, copy: FactCopy, rollup: AreaRollup) -> _Digit:
    level = dimension.area_level
    codes, place = rollup.places(level) if level else copy.places(dimension.column)
    if codes.is_empty():  # all are unassigned: a zero for each row, and not one for all of them
        place = pl.col(dimension.column).is_null().cast(pl.UInt32) * 0
    keys = pl.concat([codes, pl.Series([UNASSIGNED_KEY], dtype=pl.String)])
    return _Digit(dimension.name, place.fill_null(codes.len()), keys)
