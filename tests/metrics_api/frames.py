"""Facts as the columnar copy holds them, and a small hierarchy that they lie in."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

import polars as pl

from metrics_api.core.areas.areas import AreaDirectory, AreaVersion
from metrics_api.core.facts.columns import COLUMNS, COUNTED_COLUMNS, POSITION, Fact
from metrics_api.counting.copy.columns import ROW_TYPES
from metrics_api.counting.copy.fact_copy import FactCopy
from metrics_api.tables import OPEN_END

DAY = date(2016, 1, 5)
HIERARCHY = AreaDirectory(
    AreaVersion(code, level, parent, code, date(2000, 1, 1), OPEN_END)
    for code, level, parent in (
        ("440000", "province", None),
        ("440300", "city", "440000"),
        ("440303", "district", "440300"),
        ("440306", "district", "440300"),
        ("440303001", "street", "440303"),
        ("440303002", "street", "440306"),
    )
).on(DAY)
"""440303002 lies in 440306, whatever its digits say."""


def counted_values(fact: Fact) -> tuple[Any, ...]:
    """The columns of `fact` that can be counted, in their order."""
    return tuple(fact[POSITION[column.name]] for column in COUNTED_COLUMNS)


@dataclass(frozen=True)
class Row:
    """A row of the fact timeline."""

    row_id: int
    valid_from: date
    valid_until: date
    edition_from: int
    edition_until: int | None
    fact: Fact

    def believed_at(self, edition: int) -> bool:
        return self.edition_from <= edition and (
            self.edition_until is None or edition < self.edition_until
        )


def frame(rows: Iterable[Row]) -> pl.DataFrame:
    values = [
        (
            *(r.row_id, 0, r.row_id, r.valid_from, r.valid_until, r.edition_from, r.edition_until),
            *counted_values(r.fact),
        )
        for r in rows
    ]
    return pl.DataFrame(values, schema=ROW_TYPES, orient="row")


def copy_of(rows: list[Row], loaded_at: int, steps: list[int], fold: bool) -> FactCopy:
    """A copy loaded at one edition and advanced through others, as a follower would see them."""
    known = [r for r in rows if r.edition_from <= loaded_at]
    seen = [
        replace(r, edition_until=None)
        if r.edition_until is not None and r.edition_until > loaded_at
        else r
        for r in known
    ]
    copy = FactCopy.loaded(
        loaded_at,
        frame(r for r in seen if r.edition_until is None),
        frame(r for r in seen if r.edition_until is not None),
    )
    before = loaded_at
    for edition in steps:
        opened = [
            replace(r, edition_until=None) for r in rows if before < r.edition_from <= edition
        ]
        closed = [
            r for r in rows if r.edition_until is not None and before < r.edition_until <= edition
        ]
        copy = copy.advanced(edition, frame(opened), frame(closed))
        copy = copy.folded() if fold else copy
        before = edition
    return copy


def plain_row(row_id: int, **columns: object) -> Row:
    fact = tuple(columns.get(column.name) for column in COLUMNS)
    return Row(row_id, date(2000, 1, 1), OPEN_END, 1, None, fact)  # type: ignore[arg-type]
