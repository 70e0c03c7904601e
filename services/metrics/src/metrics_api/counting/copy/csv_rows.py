"""Rows of the fact timeline from the CSV in which PostgreSQL streams them."""

import polars as pl

from metrics_api.counting.copy.columns import ROW_TYPES
from metrics_api.counting.copy.fact_copy import no_rows


def rows_from_csv(chunk: bytes) -> pl.DataFrame:
    """A chunk of whole lines, columns in the order of `ROW_TYPES`."""
    return pl.read_csv(chunk, has_header=False, schema=ROW_TYPES)


def joined_rows(frames: list[pl.DataFrame]) -> pl.DataFrame:
    """The chunks as one frame."""
    return pl.concat(frames) if frames else no_rows()
