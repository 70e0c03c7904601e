"""The organizations behind a count, in the order of their areas, a page at a time."""

from dataclasses import dataclass
from typing import Literal, NamedTuple
from uuid import UUID

import polars as pl

from metrics_api.core.facts.timelines import RowKey
from metrics_api.counting.copy.area_rollup import AreaRollup
from metrics_api.counting.copy.fact_copy import FactCopy
from metrics_api.counting.coverage_count import CoverageQuery, holds_on, requested_rows
from metrics_api.counting.expressions import fact_expression

Part = Literal["numerator", "denominator", "gap"]
"""Which organizations: those that count, all that are asked about, those that are missing."""

_ORDER = ["rank", "organization_high", "organization_low"]
_HALF = (1 << 64) - 1


class Place(NamedTuple):
    """Where in the order an organization stands: its area's code (None last), then its id."""

    area: str | None
    organization: UUID


@dataclass(frozen=True, slots=True)
class MemberPage:
    """Rows of the fact timeline in order; `last` is the place to go on from, None at the end."""

    rows: list[RowKey]
    last: Place | None
    count: int
    """How many there are on all pages."""


def find_members(
    copy: FactCopy,
    rollup: AreaRollup,
    query: CoverageQuery,
    part: Part,
    after: Place | None,
    limit: int,
) -> MemberPage:
    """At most `limit` organizations of `part` of the count that `query` asks for, after `after`."""
    condition = holds_on(query.valid_on) & requested_rows(query, rollup)
    if part != "denominator":
        hit = fact_expression(query.indicator.condition)
        condition &= hit if part == "numerator" else ~hit
    keys = pl.col("organization_high", "organization_low", "valid_from", "edition_from", "area")
    frame = copy.believed(query.edition, condition).select(rollup.rank().alias("rank"), keys)
    return _page(frame.collect(), rollup, after, limit)


def _page(frame: pl.DataFrame, rollup: AreaRollup, after: Place | None, limit: int) -> MemberPage:
    rest = frame if after is None else frame.filter(_behind(after, rollup))
    page = rest.bottom_k(limit, by=_ORDER).sort(_ORDER)
    rows = [
        RowKey(joined(high, low), start, edition)
        for _, high, low, start, edition, _ in page.iter_rows()
    ]
    last = None
    if rest.height > page.height:
        last = Place(page["area"].cast(pl.String)[-1], rows[-1].organization)
    return MemberPage(rows, last, frame.height)


def _behind(place: Place, rollup: AreaRollup) -> pl.Expr:
    """Whether a row comes after `place` in the order."""
    rank = pl.lit(rollup.rank_of(place.area))
    high, low = halves(place.organization)
    later = pl.col("organization_high") > high
    later |= (pl.col("organization_high") == high) & (pl.col("organization_low") > low)
    return (pl.col("rank") > rank) | ((pl.col("rank") == rank) & later)


def halves(organization: UUID) -> tuple[int, int]:
    """A UUID as the two signed numbers that the copy holds."""
    return _signed(organization.int >> 64), _signed(organization.int & _HALF)


def _signed(half: int) -> int:
    return half - (1 << 64) if half >> 63 else half


def joined(high: int, low: int) -> UUID:
    """The UUID of two such numbers."""
    return UUID(int=((high & _HALF) << 64) | (low & _HALF))
