"""The columns of a fact in memory: closed lists as Enum codes, open sets as categories."""

import polars as pl

from metrics_api.core.facts.columns import COUNTED_COLUMNS, Column

AREAS = pl.Categories("area", namespace="metrics_api", physical=pl.UInt32)
"""Every area code seen by this process; a code's number is its place in `AREAS.to_series()`."""

_TEXT = {
    "area": AREAS,
    "supervising_body": pl.Categories("body", namespace="metrics_api", physical=pl.UInt32),
    "rule_set": pl.Categories("rule_set", namespace="metrics_api", physical=pl.UInt16),
    "rule": pl.Categories("rule", namespace="metrics_api", physical=pl.UInt16),
    "basis": pl.Categories("basis", namespace="metrics_api", physical=pl.UInt16),
}


def _dtype(column: Column) -> pl.DataType:
    if column.type == "code":
        return pl.Enum(column.codes)
    if column.type == "text":
        return pl.Categorical(_TEXT[column.name])
    return pl.Int32() if column.type == "integer" else pl.Boolean()


FACT_TYPES: dict[str, pl.DataType] = {column.name: _dtype(column) for column in COUNTED_COLUMNS}

ROW_TYPES: dict[str, pl.DataType] = {
    "row_id": pl.Int64(),
    "organization_high": pl.Int64(),
    "organization_low": pl.Int64(),
    "valid_from": pl.Date(),
    "valid_until": pl.Date(),
    "edition_from": pl.UInt32(),
    "edition_until": pl.UInt32(),
    **FACT_TYPES,
}
"""A row of the fact timeline; `edition_until` is null while the row is believed.

The organization is the two halves of its UUID: 16 bytes that compare at the speed of numbers.
"""
