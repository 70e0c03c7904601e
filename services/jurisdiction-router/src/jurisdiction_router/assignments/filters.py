"""Filters of assignments as they are asked for, spelled out as filters of columns."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from jurisdiction_router.assignments.body_lines import Lines, with_subtree
from jurisdiction_router.jurisdiction.current import CurrentJurisdiction
from servicekit.errors import InvalidRequest, Violation

Filters = Mapping[str, Sequence[str]]
"""By field: one of the values; different fields all hold."""


@dataclass(frozen=True, slots=True)
class SpellOutFilters:
    """The step before every search, with what it needs."""

    current: CurrentJurisdiction
    lines: Lines

    async def __call__(self, filters: Filters, day: date) -> Filters:
        """The filters with `under_body` as the ids of the bodies it stands for on the day."""
        if "under_body" not in filters:
            return filters
        directory = (await self.current.read()).directory
        under = {
            beneath
            for body in filters["under_body"]
            for beneath in with_subtree(self.lines, directory, body, day)
        }
        named = filters.get("body_id")
        bodies = under if named is None else under & {*named}
        rest = {name: values for name, values in filters.items() if name != "under_body"}
        return {**rest, "body_id": sorted(bodies)}


def refuse_health(filters: Filters) -> None:
    """Health is of the decisions that are stored now. Raises Refusal `invalid-request`."""
    for name in ("health", "flip"):
        if name in filters:
            raise InvalidRequest(Violation(f"/{name}", "only_now", filters[name][0]))
