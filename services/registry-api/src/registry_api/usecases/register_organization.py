"""Establishment 成立登记: a new organization passes the gates and enters the register."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

import orjson
from sqlalchemy.exc import IntegrityError

from registry_api.domain.checks import check_establishment, check_state, code_taken
from registry_api.domain.derivation import derive
from registry_api.domain.divisions import Divisions
from registry_api.domain.obligations import Obligation, obligations_of_establishment
from registry_api.domain.organization import State, access_area, complete
from registry_api.storage import organization_rows
from registry_api.storage.organization_rows import Held
from servicekit.auth import Caller
from servicekit.clock import Clock
from servicekit.database import Database
from servicekit.idempotency import StoredAnswer, store_answer, take_key
from servicekit.ids import uuid7
from servicekit.ledger import Ledger, NewEvent, Segment
from servicekit.refusals import Refusal, Violation

EVENT = "organization.established"


@dataclass(frozen=True, slots=True)
class Request:
    """What the caller asks for; `key` and `fingerprint` make a retry harmless."""

    state: State
    effective_on: date | None
    reason: str | None
    key: str | None
    fingerprint: str


@dataclass(frozen=True, slots=True)
class RegisterOrganization:
    """The use case, with what it needs."""

    database: Database
    ledger: Ledger
    clock: Clock
    divisions: Divisions

    async def __call__(self, caller: Caller, request: Request) -> StoredAnswer:
        """Register the organization; the document and its obligations.

        `effective_on` defaults to the date of registration. Raises Refusal: `invalid-organization`
        with every broken rule, `outside-areas`, `code-taken`, `idempotency-conflict`.
        """
        state = complete(derive(request.state))
        effective_on = self._effective_on(request)
        self._check(caller, state, effective_on)
        held = Held(uuid7(), 1, state, effective_on, effective_on)
        owed = obligations_of_establishment(state, effective_on)
        answer = StoredAnswer(201, f"/v1/organizations/{held.id}", _body(held, owed))
        async with self.database.transaction() as connection:
            known = await take_key(connection, caller.client, request.key, request.fingerprint)
            if known is not None:
                return known
            try:
                await organization_rows.insert_one(connection, held)
            except IntegrityError as error:
                raise code_taken(state) from error
            await store_answer(connection, caller.client, request.key, answer)
            await self.ledger.append(connection, [self._event(caller, held, request.reason)])
        return answer

    def _effective_on(self, request: Request) -> date:
        registered_on = request.state["registration"]["registered_on"]
        if request.effective_on is not None:
            return request.effective_on
        return date.fromisoformat(registered_on) if registered_on else self.clock.today()

    def _check(self, caller: Caller, state: State, effective_on: date) -> None:
        today = self.clock.today()
        violations = check_state(state, today, self.divisions)
        violations += check_establishment(state, effective_on)
        if effective_on > today:
            violations.append(
                Violation("/effective_on", "future_date", effective_on.isoformat(),
                          {"today": today.isoformat()})
            )  # fmt: skip
        if violations:
            raise Refusal("invalid-organization", *violations)
        if not caller.may_see(access_area(state)):
            raise Refusal("outside-areas", area=access_area(state))

    def _event(self, caller: Caller, held: Held, reason: str | None) -> NewEvent:
        return NewEvent(
            subject=str(held.id),
            revision=held.revision,
            type=EVENT,
            effective_on=held.first_effective_on,
            actor=caller.client,
            reason=reason,
            change=held.state,
            timeline=[Segment(held.first_effective_on, None, held.state)],
            areas=[held.area] if held.area else [],
        )


def _body(held: Held, owed: Sequence[Obligation]) -> str:
    """The document with the obligations that follow as a last member."""
    listed = ",".join(orjson.dumps(item).decode() for item in owed)
    return f'{organization_rows.document(held)[:-1]},"obligations":[{listed}]}}'
