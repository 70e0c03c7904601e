"""How many groups an answer would have, told before they are made.

Groups are kept while rows are counted. Where there could be many more than an answer may have (so
many keys, and rows enough), their number is estimated first, in memory that does not grow with it.
"""

from collections.abc import Sequence

import polars as pl

from metrics_api.core.refusals import TooManyGroups
from metrics_api.counting.copy.area_rollup import AreaRollup
from metrics_api.counting.copy.fact_copy import FactCopy
from metrics_api.counting.coverage_count import (
    CoverageQuery,
    group_keys,
    holds_on,
    requested_rows,
)
from metrics_api.counting.group_numbers import GroupNumbers

_LEEWAY = 1.25
"""What an estimate (off by a few percent) must exceed the limit by; else the groups are counted."""


def refuse_too_many(
    copy: FactCopy, rollup: AreaRollup, query: CoverageQuery, max_groups: int
) -> None:
    """Raise `TooManyGroups` where `query` would surely have more than `max_groups` groups."""
    if might_exceed(max_groups, copy, rollup, query):
        rows = copy.believed(
            query.edition, holds_on(query.valid_on) & requested_rows(query, rollup)
        )
        refuse_surely_more(rows, group_keys(query, rollup), max_groups)


def might_exceed(
    max_groups: int, copy: FactCopy, rollup: AreaRollup, query: CoverageQuery, each: int = 1
) -> bool:
    """Whether there are rows and keys enough for more groups, of which each key has `each`."""
    keys = GroupNumbers(query.group_by, copy, rollup).most
    return bool(query.group_by) and each * min(copy.rows, keys) > max_groups * _LEEWAY


def refuse_surely_more(rows: pl.LazyFrame, keys: Sequence[pl.Expr | str], max_groups: int) -> None:
    """Raise `TooManyGroups` where `rows` have surely more than `max_groups` different keys."""
    different = pl.struct(keys).hash().approx_n_unique()
    groups = int(rows.select(different).collect(engine="streaming").item())
    if groups > max_groups * _LEEWAY:
        raise TooManyGroups(groups=groups, limit=max_groups)
