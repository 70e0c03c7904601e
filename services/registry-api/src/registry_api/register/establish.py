"""Enter a new organization inside a transaction that somebody else owns.

Establishment and reorganization both make organizations; the gates of 三同步 are the same.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy.ext.asyncio import AsyncConnection

from registry_api.core.obligations.derive import Obligation
from registry_api.core.organization.checks import check_new_organization, check_state, code_taken
from registry_api.core.organization.derivation import derive
from registry_api.core.organization.divisions import Divisions
from registry_api.core.organization.state import State, access_area, complete
from registry_api.core.refusals import InvalidOrganization
from registry_api.register import store
from registry_api.register.change import below
from registry_api.register.store import NameTaken
from registry_api.register.stored import StoredOrganization
from servicekit.auth import Caller
from servicekit.errors import OutsideAreas, Violation
from servicekit.ids import uuid7
from servicekit.ledger import NewEvent
from servicekit.time import Clock, Segment

ESTABLISHED = "organization.established"


@dataclass(frozen=True, slots=True)
class EstablishOrganization:
    """The one way in which an organization comes to be, but for imports."""

    clock: Clock
    divisions: Divisions

    def prepare(
        self, caller: Caller, state: State, effective_on: date, pointer: str = ""
    ) -> StoredOrganization:
        """The new organization, not yet entered.

        `pointer` is where the state lies in what was sent. Raises InvalidOrganization
        with every broken rule, OutsideAreas.
        """
        state = complete(derive(state))
        today = self.clock.today()
        violations = check_state(state, today, self.divisions)
        violations = below(pointer, [*violations, *check_new_organization(state, effective_on)])
        if effective_on > today:
            violations.append(
                Violation("/effective_on", "future_date", effective_on.isoformat(),
                          {"today": today.isoformat()})
            )  # fmt: skip
        if violations:
            raise InvalidOrganization(*violations)
        if not caller.may_see(access_area(state)):
            raise OutsideAreas(area=access_area(state))
        return StoredOrganization(uuid7(), 1, state, effective_on, effective_on)

    async def __call__(
        self,
        connection: AsyncConnection,
        caller: Caller,
        new: StoredOrganization,
        owed: Sequence[Obligation],
        reason: str | None,
        pointer: str = "",
    ) -> NewEvent:
        """Enter a prepared organization with all that it owes; the event to append.

        Raises CodeTaken.
        """
        try:
            await store.add(connection, new, owed)
        except NameTaken as taken:
            raise code_taken(new.state, taken.field, pointer) from taken
        return NewEvent(
            subject=str(new.id),
            revision=new.revision,
            type=ESTABLISHED,
            effective_on=new.first_effective_on,
            actor=caller.client,
            reason=reason,
            change=new.state,
            timeline=[Segment(new.first_effective_on, None, new.state)],
            areas=[new.area] if new.area else [],
        )
