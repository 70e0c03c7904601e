"""What selects organizations: filters, a limited caller's areas, and when they hold."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from registry_api.core.point_in_time import PointInTime
from registry_api.rows.facets import CURRENT, Columns, Conditions, conditions_on, one_of


@dataclass(frozen=True, slots=True)
class Selection:
    """Which organizations, when: filters, and a limited caller's patterns, hold at `point`.

    `point` None is now. `filters` are named as `core.organization.facets.filters` names them.
    `among` are the only ones that count, in the order of their ids, unless None; `further` says
    what else must hold of the facets.
    """

    filters: Mapping[str, Any]
    patterns: Sequence[str] | None
    point: PointInTime | None = None
    among: Sequence[UUID] | None = None
    further: Callable[[Columns], Conditions] | None = None

    def conditions(self, columns: Columns) -> Conditions:
        """What must hold of the facets, as SQL conditions."""
        conditions = conditions_on(columns, self.filters, self.patterns)
        return conditions if self.further is None else [*conditions, *self.further(columns)]

    def current_conditions(self) -> Conditions:
        """What must hold of the current rows, as SQL conditions."""
        conditions = self.conditions(CURRENT)
        return (
            conditions if self.among is None else [*conditions, one_of(CURRENT["id"], self.among)]
        )
