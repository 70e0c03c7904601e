"""Establishment 成立登记: a new organization passes the gates and enters the register."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

import orjson

from registry_api.core.obligations.derive import Obligation, obligations_from
from registry_api.core.obligations.wording import in_words
from registry_api.core.organization.state import State
from registry_api.register.establish import EstablishOrganization
from registry_api.register.stored import StoredOrganization
from servicekit.auth import Caller
from servicekit.database import Database
from servicekit.ledger import Ledger, StoredAnswer, store_answer, take_key
from servicekit.time import Clock


@dataclass(frozen=True, slots=True)
class Request:
    """What the caller asks for; `key` and `fingerprint` make a retry harmless.

    `language` ("zh" or "en") is that of the obligations' words.
    """

    state: State
    effective_on: date | None
    reason: str | None
    key: str | None
    fingerprint: str
    language: str = "zh"


@dataclass(frozen=True, slots=True)
class RegisterOrganization:
    """The use case, with what it needs."""

    database: Database
    ledger: Ledger
    clock: Clock
    establish: EstablishOrganization

    async def __call__(self, caller: Caller, request: Request) -> StoredAnswer:
        """Register the organization; the document and its obligations.

        `effective_on` defaults to the date of registration. Raises Refusal: `invalid-organization`
        with every broken rule, `outside-areas`, `code-taken`, `idempotency-conflict`.
        """
        new = self.establish.prepare(caller, request.state, self._effective_on(request))
        owed = obligations_from(new.state, new.first_effective_on)
        answer = StoredAnswer(
            201, f"/v1/organizations/{new.id}", _body(new, owed, request.language)
        )
        async with self.database.transaction() as connection:
            known = await take_key(connection, caller, request.key, request.fingerprint)
            if known is not None:
                return known
            event = await self.establish(connection, caller, new, owed, request.reason)
            await store_answer(connection, caller, request.key, answer)
            await self.ledger.append(connection, [event])
        return answer

    def _effective_on(self, request: Request) -> date:
        registered_on = request.state["registration"]["registered_on"]
        if request.effective_on is not None:
            return request.effective_on
        return date.fromisoformat(registered_on) if registered_on else self.clock.today()


def _body(new: StoredOrganization, owed: Sequence[Obligation], language: str) -> str:
    """The document with the obligations that hold from the first day on as a last member."""
    first = [o for o in owed if o.holds_on(new.first_effective_on)]
    listed = orjson.dumps([_worded(obligation, language) for obligation in first]).decode()
    return f'{new.document[:-1]},"obligations":{listed}}}'


def _worded(obligation: Obligation, language: str) -> dict[str, Any]:
    words = in_words(obligation, obligation.since, language)
    return {name: words[name] for name in ("kind", "since", "due_on", "clause", "source", "basis")}
