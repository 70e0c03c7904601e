"""What one organization owes, on a day, as known at a moment."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import ClassVar
from uuid import UUID

from registry_api.core.obligations.derive import Obligation, obligations_on
from registry_api.core.organization.known_past import KnownPast
from registry_api.core.organization.state import State, access_area
from registry_api.core.refusals import OrganizationVoid
from registry_api.history import read as history
from registry_api.history.point_in_time import find_point_in_time
from registry_api.register.missing import missing
from registry_api.selection import past
from servicekit.auth import Caller
from servicekit.database import Database
from servicekit.errors import NotFound, PositionAhead
from servicekit.time import AsOf, Clock


@dataclass(frozen=True, slots=True)
class OrganizationObligations:
    """An organization's state on a day, and what it owes then, the most urgent first."""

    state: State
    day: date
    position: int
    owed: Sequence[Obligation]


@dataclass(frozen=True, slots=True)
class ReadObligations:
    """The use case, with what it needs."""

    refusals: ClassVar = (
        NotFound,
        OrganizationVoid,
        PositionAhead,
    )

    database: Database
    clock: Clock

    async def __call__(
        self, caller: Caller, identifier: UUID, as_of: AsOf
    ) -> OrganizationObligations:
        """Derived from the whole timeline known then; a day ahead shows what the calendar brings.

        Seen by whom the organization belonged to on that day.
        """
        async with self.database.reading() as connection:
            point = await find_point_in_time(connection, as_of, self.clock.today())
            row = await past.read(connection, identifier, point)
            if row is None:
                raise await missing(connection, caller, identifier, point.position)
            known = KnownPast(await history.patches(connection, identifier, point.position))
        state = known.on(point.day)
        assert state is not None
        if not caller.may_see(access_area(state)):
            raise NotFound()
        return OrganizationObligations(
            state, point.day, point.position, obligations_on(known.timeline, point.day)
        )
