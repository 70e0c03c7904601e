"""The fact timeline as frames, by edition: a base, what opened and closed since, and the past.

`base` holds the rows believed at edition `base_edition`. Rows opened or closed later wait in two
small frames, so following costs nothing but their length; when they grow, they are folded into the
base, and closed rows move to `past`, which answers for editions older than the base.
A copy never changes: `advanced` makes the next one, and a query keeps the one it began with.
"""

import math
from dataclasses import dataclass, replace
from functools import cached_property
from typing import NamedTuple

import polars as pl

from metrics_api.counting.copy.columns import AREAS, ROW_TYPES

_MIN_FOLD = 50_000
_FOLD_SHARE = 0.2


class SignedRows(NamedTuple):
    """Rows to be counted, and whether they count for or against (+1, −1)."""

    rows: pl.LazyFrame
    sign: int


def no_rows() -> pl.DataFrame:
    """An empty frame with the columns of the fact timeline."""
    return pl.DataFrame(schema=ROW_TYPES)


@dataclass(frozen=True)
class FactCopy:
    """What is believed at `edition`, and was at every edition before."""

    edition: int
    base_edition: int
    base: pl.DataFrame
    past: pl.DataFrame
    opened: pl.DataFrame
    closed: pl.DataFrame
    area_count: int
    """How many area codes the process knew when this copy was made; no row has a later one."""

    @classmethod
    def loaded(cls, edition: int, believed: pl.DataFrame, past: pl.DataFrame) -> "FactCopy":
        """A copy as of `edition`; `believed` rows have no `edition_until`, `past` rows have one.

        The base is put in the order of its areas: organizations of one street, district or city
        then lie side by side, which makes grouping by them up to twice as fast.
        """
        base = believed.sort(pl.col("area").cast(pl.String)).rechunk()
        frames = (base, past.rechunk(), no_rows(), no_rows())
        return cls(edition, edition, *frames, _area_count())

    def advanced(self, edition: int, opened: pl.DataFrame, closed: pl.DataFrame) -> "FactCopy":
        """The copy at a later `edition`.

        `opened`: rows whose `edition_from` lies after this copy's edition; `closed`: rows whose
        `edition_until` does, with it set. A row that did both is in both.
        """
        grown = replace(
            self,
            edition=edition,
            opened=pl.concat([self.opened, opened]),
            closed=pl.concat([self.closed, closed]),
            area_count=_area_count(),
        )
        waiting = grown.opened.height + grown.closed.height
        if waiting > max(_MIN_FOLD, _FOLD_SHARE * grown.base.height):
            return grown.folded()
        return grown

    def folded(self) -> "FactCopy":
        """The same rows with nothing waiting: opened and closed folded into base and past."""
        everything = pl.concat([self.base, self.opened])
        believed = everything.join(self.closed.select("row_id"), on="row_id", how="anti")
        return replace(
            FactCopy.loaded(self.edition, believed, pl.concat([self.past, self.closed])),
            area_count=self.area_count,
        )

    def at(self, edition: int) -> list[SignedRows]:
        """Rows whose signed sum is what was believed at `edition` (at most this copy's)."""
        began = pl.col("edition_from") <= edition
        if edition >= self.base_edition:
            ended = pl.col("edition_until") <= edition
            parts = [
                SignedRows(self.base.lazy(), 1),
                SignedRows(self.opened.lazy().filter(began), 1),
                SignedRows(self.closed.lazy().filter(ended), -1),
            ]
            return [parts[0], *(p for p, f in zip(parts[1:], self._waiting(), strict=True) if f)]
        still = pl.col("edition_until") > edition
        return [
            SignedRows(self.base.lazy().filter(began), 1),
            SignedRows(self.past.lazy().filter(began & still), 1),
        ]

    def believed(self, edition: int, which: pl.Expr) -> pl.LazyFrame:
        """The rows believed at `edition` for which `which` holds, each once."""
        parts = self.at(edition)
        rows = pl.concat([part.rows.filter(which) for part in parts if part.sign > 0])
        for part in parts:
            if part.sign < 0:
                rows = rows.join(part.rows.select("row_id"), on="row_id", how="anti")
        return rows

    def common_multiple(self, column: str) -> int:
        """The least common multiple of all positive numbers in `column`, at whatever edition."""
        if column not in self._multiples:
            frames = (self.base, self.past, self.opened)
            numbers = pl.concat([frame[column] for frame in frames]).unique()
            self._multiples[column] = math.lcm(*(n for n in numbers if n is not None and n > 0))
        return self._multiples[column]

    def places(self, column: str) -> tuple[pl.Series, pl.Expr]:
        """All codes of `column` in order, and the place of each row's code among them.

        Kept: sorting 41,352 bodies takes as long as counting by them.
        """
        if column not in self._orders:
            dtype = ROW_TYPES[column]
            assert isinstance(dtype, pl.Enum | pl.Categorical)
            listed = dtype.categories
            codes = listed if isinstance(listed, pl.Series) else listed.to_series()
            self._orders[column] = codes.sort(), codes.rank("ordinal") - 1
        codes, places = self._orders[column]
        return codes, pl.lit(places).gather(pl.col(column).to_physical())

    @cached_property
    def _orders(self) -> dict[str, tuple[pl.Series, pl.Series]]:
        return {}

    @cached_property
    def _multiples(self) -> dict[str, int]:
        return {}

    def _waiting(self) -> tuple[bool, bool]:
        return bool(self.opened.height), bool(self.closed.height)

    @property
    def size_in_bytes(self) -> int:
        """What the frames take in memory."""
        frames = (self.base, self.past, self.opened, self.closed)
        return sum(int(frame.estimated_size()) for frame in frames)

    @property
    def rows(self) -> int:
        """How many rows of the fact timeline the copy answers from."""
        return self.base.height + self.past.height + self.opened.height


def _area_count() -> int:
    return len(AREAS.to_series())
