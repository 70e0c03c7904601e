"""What coverage can be grouped and filtered by: columns of a fact, and levels of its area."""

from dataclasses import dataclass
from typing import Literal, get_args

from metrics_api.core.facts.columns import COLUMN_BY_NAME

AreaLevel = Literal["province", "city", "district", "street"]
AREA_LEVELS: tuple[AreaLevel, ...] = get_args(AreaLevel)

UNASSIGNED_KEY = "unassigned"
"""How an unknown key shows in an answer, and what to filter by to get exactly these."""


@dataclass(frozen=True, slots=True)
class Dimension:
    """A name in `group_by` and as a filter; stands for a column or for a level above the area."""

    name: str
    column: str
    area_level: AreaLevel | None = None

    @property
    def codes(self) -> tuple[str, ...]:
        """Every value it can take; empty for an open set (areas, bodies, rules)."""
        return () if self.area_level else COLUMN_BY_NAME[self.column].codes


AREA_FILTER = "area"
"""The filter that takes an area of any level: organizations in it or below it."""


UNDER_BODY = "under_body"
"""The filter that takes a body: organizations under it or under one beneath it on the day."""


def is_territorial(name: str) -> bool:
    """Whether the dimension or filter `name` depends on how areas lie in each other."""
    return name == AREA_FILTER or (name in DIMENSIONS and DIMENSIONS[name].area_level is not None)


_PLAIN = (
    "kind", "institution_type", "category", "level", "mode", "grade", "supervisor_system",
    "body_kind", "rule_set", "rule", "basis", "outcome", "status", "size_band",
    "party_form", "party_mode", "charter_state", "charter_wording",
)  # fmt: skip

DIMENSIONS: dict[str, Dimension] = {
    dimension.name: dimension
    for dimension in (
        *(Dimension(level, "area", level) for level in AREA_LEVELS),
        Dimension("body", "supervising_body"),
        *(Dimension(name, name) for name in _PLAIN),
    )
}

FILTERS = (AREA_FILTER, UNDER_BODY, *DIMENSIONS)
"""Everything that can be filtered by."""
