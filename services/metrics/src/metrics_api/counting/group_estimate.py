"""How many groups an answer would have, told before they are made.

Groups are kept while rows are counted. Where there could be many more than an answer may have (so
many keys, and rows enough), their number is estimated first, in memory that does not grow with it.
"""

from math import prod

import polars as pl

from metrics_api.counting.area_rollup import AreaRollup
from metrics_api.counting.coverage_count import (
    CoverageQuery,
    TooManyGroupsError,
    asked,
    group_keys,
    holds_on,
)
from metrics_api.counting.fact_copy import FactCopy
from metrics_api.domain.dimensions import DIMENSIONS

_LEEWAY = 1.25
"""What an estimate (off by a few percent) must exceed the limit by; else the groups are counted."""


def refuse_too_many(
    copy: FactCopy, rollup: AreaRollup, query: CoverageQuery, max_groups: int
) -> None:
    """Raise `TooManyGroupsError` where `query` would surely have more than `max_groups` groups."""
    most = min(copy.rows, prod(_keys(name, copy, rollup) for name in query.group_by))
    if not query.group_by or most <= max_groups * _LEEWAY:
        return
    rows = copy.believed(query.edition, holds_on(query.valid_on) & asked(query, rollup))
    key = pl.struct(group_keys(query, rollup)).hash()
    groups = int(rows.select(key.approx_n_unique()).collect(engine="streaming").item())
    if groups > max_groups * _LEEWAY:
        raise TooManyGroupsError(groups, max_groups)


def _keys(name: str, copy: FactCopy, rollup: AreaRollup) -> int:
    """How many keys a dimension has at most, the unknown one included."""
    dimension = DIMENSIONS[name]
    if dimension.area_level:
        return rollup.size(dimension.area_level) + 1
    return len(dimension.codes) + 1 if dimension.codes else copy.variety(dimension.column) + 1
