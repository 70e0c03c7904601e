"""Enter a new organization inside a transaction that somebody else owns.

Establishment and reorganization both make organizations; the gates of 三同步 are the same.
"""

from dataclasses import dataclass
from datetime import date

from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncConnection

from registry_api.domain.checks import check_newcomer, check_state, code_taken
from registry_api.domain.derivation import derive
from registry_api.domain.divisions import Divisions
from registry_api.domain.organization import State, access_area, complete
from registry_api.storage import organization_rows
from registry_api.storage.organization_rows import Held
from registry_api.usecases.change_organization import below
from servicekit.auth import Caller
from servicekit.errors import Refusal, Violation
from servicekit.ids import uuid7
from servicekit.ledger import NewEvent
from servicekit.time import Clock, Segment

ESTABLISHED = "organization.established"


@dataclass(frozen=True, slots=True)
class EstablishOrganization:
    """The one way in which an organization comes to be, but for imports."""

    clock: Clock
    divisions: Divisions

    def prepare(self, caller: Caller, state: State, effective_on: date, pointer: str = "") -> Held:
        """The new organization, not yet entered.

        `pointer` is where the state lies in what was sent. Raises Refusal: `invalid-organization`
        with every broken rule, `outside-areas`.
        """
        state = complete(derive(state))
        today = self.clock.today()
        violations = check_state(state, today, self.divisions)
        violations = below(pointer, [*violations, *check_newcomer(state, effective_on)])
        if effective_on > today:
            violations.append(
                Violation("/effective_on", "future_date", effective_on.isoformat(),
                          {"today": today.isoformat()})
            )  # fmt: skip
        if violations:
            raise Refusal("invalid-organization", *violations)
        if not caller.may_see(access_area(state)):
            raise Refusal("outside-areas", area=access_area(state))
        return Held(uuid7(), 1, state, effective_on, effective_on)

    async def __call__(
        self,
        connection: AsyncConnection,
        caller: Caller,
        held: Held,
        reason: str | None,
        pointer: str = "",
    ) -> NewEvent:
        """Enter a prepared organization; the event to append. Raises Refusal `code-taken`."""
        try:
            await organization_rows.insert_one(connection, held)
        except IntegrityError as error:
            raise code_taken(held.state, organization_rows.taken(error), pointer) from error
        return NewEvent(
            subject=str(held.id),
            revision=held.revision,
            type=ESTABLISHED,
            effective_on=held.first_effective_on,
            actor=caller.client,
            reason=reason,
            change=held.state,
            timeline=[Segment(held.first_effective_on, None, held.state)],
            areas=[held.area] if held.area else [],
        )
