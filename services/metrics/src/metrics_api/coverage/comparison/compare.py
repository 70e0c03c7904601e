"""Answer why an indicator differs between two days, or two areas: who entered, left, changed."""

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date
from typing import Any
from uuid import UUID

import polars as pl

from metrics_api.core.definitions.explanations import member_explainer
from metrics_api.core.facts.timelines import RowKey
from metrics_api.core.refusals import FiguresTooFine, TimelineRebuilt, TooManyGroups
from metrics_api.counting.comparison_count import (
    Change,
    ChangedPage,
    ComparisonCount,
    Side,
    compare,
    find_changed,
)
from metrics_api.counting.group_labels import group_labels
from metrics_api.counting.question import AskCoverage, CoverageQuestion
from metrics_api.counting.request import CoverageRequest, Hierarchy, check_areas
from metrics_api.coverage.members.list_members import ATTEMPTS, Member
from metrics_api.facts.read import ReadFacts
from servicekit.errors import InvalidCursor, Violation, refuses
from servicekit.http import decode_cursor, encode_cursor


@dataclass(frozen=True, slots=True)
class ComparisonRequest:
    """Two counts of one indicator: `before` and, on `to` (None: today), in `to_areas` if given."""

    before: CoverageRequest
    to: date | None = None
    to_areas: tuple[str, ...] = ()

    def by(self, group_by: tuple[str, ...]) -> "ComparisonRequest":
        """The same comparison in groups."""
        return replace(self, before=replace(self.before, group_by=group_by))

    @property
    def after(self) -> CoverageRequest:
        """The second count."""
        filters: Mapping[str, tuple[str, ...]] = self.before.filters
        if self.to_areas:
            filters = {**filters, "area": self.to_areas}
        return replace(self.before, valid_on=self.to, filters=filters)


@dataclass(frozen=True, slots=True)
class Sides:
    """Both counts made ready, at one edition."""

    before: CoverageQuestion
    after: CoverageQuestion

    def counted(self) -> tuple[Side, Side]:
        """What the counting engine needs of them."""
        first, second = (
            Side(side.known.copy, side.rollup, side.query) for side in (self.before, self.after)
        )
        return first, second


@dataclass(frozen=True, slots=True)
class ComparisonResult:
    """Both counts and the contributions; `labels` names areas and bodies as on the later side."""

    sides: Sides
    count: ComparisonCount
    labels: dict[str, pl.Series]


@dataclass(frozen=True, slots=True)
class ChangedMember:
    """An organization of a change, as it was and as it is; None where it is not asked about."""

    before: Member | None
    after: Member | None


@dataclass(frozen=True, slots=True)
class ChangedResult:
    """A page of them."""

    sides: Sides
    members: list[ChangedMember]
    next_cursor: str | None
    count: int


class CompareCoverage:
    """Compares over the columnar copy; at most `max_groups` parts in an answer."""

    def __init__(self, ask: AskCoverage, facts: ReadFacts, max_groups: int) -> None:
        self._ask = ask
        self._facts = facts
        self._max_groups = max_groups

    @refuses(AskCoverage, TooManyGroups, FiguresTooFine)
    async def answer(self, request: ComparisonRequest) -> ComparisonResult:
        """The two counts of `request`, and what made the difference."""
        sides = await self._sides(request)
        count, labels = await asyncio.to_thread(self._compared, sides)
        return ComparisonResult(sides, count, labels)

    @refuses(AskCoverage, InvalidCursor, TimelineRebuilt, FiguresTooFine)
    async def changed(
        self, request: ComparisonRequest, change: Change, cursor: str | None, limit: int
    ) -> ChangedResult:
        """At most `limit` organizations of one `change`, by id.

        All pages of one walk show the edition, days and areas of the first.
        """
        bound = _bound(request, change)
        later_than: UUID | None = None
        if key := decode_cursor(cursor, bound, (int, date, date, UUID)):
            edition, to, areas_on, later_than = key
            if request.before.edition not in (None, edition) or request.to not in (None, to):
                raise InvalidCursor(Violation("/cursor", "cursor", f"{edition} {to}"))
            before = replace(request.before, edition=edition)
            if before.hierarchy == "as_is":
                before = replace(before, hierarchy=areas_on)
            request = replace(request, before=before, to=to)
        for _ in range(ATTEMPTS):
            sides = await self._sides(request)
            page = await asyncio.to_thread(self._page, sides, change, later_than, limit)
            members = await self._members(sides, page)
            if members is not None:
                return ChangedResult(sides, members, _cursor(sides, page, bound), page.count)
            await self._ask.renewed(sides.after.known)
        raise TimelineRebuilt()

    async def _sides(self, request: ComparisonRequest) -> Sides:
        edition = await self._ask.settled_edition(request.before.edition)
        before = await self._ask.question(replace(request.before, edition=edition.number))
        hierarchy: Hierarchy = before.hierarchy_on or "as_was"
        later = replace(request.after, edition=edition.number, hierarchy=hierarchy)
        if request.to_areas:
            known = before.known
            check_areas("/to_area", request.to_areas, known.directory, before.rollup)
        return Sides(before, await self._ask.question(later))

    def _compared(self, sides: Sides) -> tuple[ComparisonCount, dict[str, pl.Series]]:
        """The part that computes and runs beside the event loop."""
        after = sides.after
        count = compare(*sides.counted(), self._max_groups)
        days = (after.query.valid_on, after.areas_on)
        return count, group_labels(count.parts, after.query.group_by, after.directory, *days)

    def _page(
        self, sides: Sides, change: Change, later_than: UUID | None, limit: int
    ) -> ChangedPage:
        return find_changed(*sides.counted(), change, later_than, limit)

    async def _members(self, sides: Sides, page: ChangedPage) -> list[ChangedMember] | None:
        """The organizations of `page`; None where a rebuild has replaced rows under the copy."""
        keys = [key for _, *row in page.rows for key in row if key is not None]
        spans = await self._facts.rows(keys)
        if any(key not in spans for key in keys):
            return None
        explain = [member_explainer(side.query.indicator) for side in (sides.before, sides.after)]

        def member(key: RowKey | None, side: int) -> Member | None:
            if key is None:
                return None
            return Member(key.organization, spans[key], explain[side](spans[key].value))

        return [ChangedMember(member(first, 0), member(last, 1)) for _, first, last in page.rows]


def _bound(request: ComparisonRequest, change: Change) -> dict[str, Any]:
    """What a cursor is bound to, beside what it carries itself."""
    before = request.before
    return {
        "change": change,
        "indicator": before.indicator,
        "from": str(before.valid_on),
        "filters": dict(before.filters),
        "to_areas": request.to_areas,
        "areas": before.areas,
        "hierarchy": str(before.hierarchy),
    }


def _cursor(sides: Sides, page: ChangedPage, bound: dict[str, Any]) -> str | None:
    if page.last is None:
        return None
    after = sides.after
    days = (after.query.valid_on, after.areas_on)
    return encode_cursor((after.edition.number, *days, page.last), bound)
