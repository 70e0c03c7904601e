"""Establishment 成立登记: a new organization passes the gates and enters the register."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, ClassVar

import orjson

from registry_api.core.obligations.derive import Obligation, obligations_from
from registry_api.core.obligations.wording import in_words
from registry_api.core.organization.state import State
from registry_api.core.refusals import CodeTaken, InvalidOrganization
from registry_api.register.establish import EstablishOrganization
from registry_api.register.stored import StoredOrganization
from servicekit.auth import Caller
from servicekit.errors import IdempotencyConflict, OutsideAreas
from servicekit.ledger import Attempt, Changes, StoredAnswer
from servicekit.time import Clock


@dataclass(frozen=True, slots=True)
class Registration:
    """The organization to be registered, from when, and why.

    `language` ("zh" or "en") is that of the obligations' words.
    """

    state: State
    effective_on: date | None
    reason: str | None
    language: str = "zh"


@dataclass(frozen=True, slots=True)
class RegisterOrganization:
    """The use case, with what it needs."""

    refusals: ClassVar = (
        InvalidOrganization,
        CodeTaken,
        OutsideAreas,
        IdempotencyConflict,
    )

    changes: Changes
    clock: Clock
    establish: EstablishOrganization

    async def __call__(
        self, caller: Caller, registration: Registration, attempt: Attempt
    ) -> StoredAnswer:
        """Register the organization; the document and its obligations.

        `effective_on` defaults to the date of registration. Raises InvalidOrganization
        with every broken rule, OutsideAreas, CodeTaken, IdempotencyConflict.
        """
        day = self._effective_on(registration)
        new = self.establish.prepare(caller, registration.state, day)
        owed = obligations_from(new.state, day)
        async with self.changes.begin(caller, attempt) as change:
            if change.replayed:
                return change.replayed
            reason = registration.reason
            change.event(await self.establish(change.connection, caller, new, owed, reason))
            body = _body(new, owed, registration.language)
            return change.answer(201, body, f"/v1/organizations/{new.id}")

    def _effective_on(self, registration: Registration) -> date:
        registered_on = registration.state["registration"]["registered_on"]
        if registration.effective_on is not None:
            return registration.effective_on
        return date.fromisoformat(registered_on) if registered_on else self.clock.today()


def _body(new: StoredOrganization, owed: Sequence[Obligation], language: str) -> str:
    """The document with the obligations that hold from the first day on as a last member."""
    first = [o for o in owed if o.holds_on(new.first_effective_on)]
    listed = orjson.dumps([_worded(obligation, language) for obligation in first]).decode()
    return f'{new.document[:-1]},"obligations":{listed}}}'


def _worded(obligation: Obligation, language: str) -> dict[str, Any]:
    words = in_words(obligation, obligation.since, language)
    return {name: words[name] for name in ("kind", "since", "due_on", "clause", "source", "basis")}
