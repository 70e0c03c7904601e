"""Establishment 成立登记: a new organization passes the gates and enters the register."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

import orjson

from registry_api.domain.obligation_words import in_words
from registry_api.domain.obligations import Obligation, obligations_from
from registry_api.domain.organization import State
from registry_api.storage import organization_rows
from registry_api.storage.organization_rows import Held
from registry_api.usecases.establish_organization import EstablishOrganization
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
        held = self.establish.prepare(caller, request.state, self._effective_on(request))
        day = held.first_effective_on
        owed = [o for o in obligations_from(held.state, day) if o.holds_on(day)]
        answer = StoredAnswer(
            201, f"/v1/organizations/{held.id}", _body(held, owed, request.language)
        )
        async with self.database.transaction() as connection:
            known = await take_key(connection, caller, request.key, request.fingerprint)
            if known is not None:
                return known
            event = await self.establish(connection, caller, held, request.reason)
            await store_answer(connection, caller, request.key, answer)
            await self.ledger.append(connection, [event])
        return answer

    def _effective_on(self, request: Request) -> date:
        registered_on = request.state["registration"]["registered_on"]
        if request.effective_on is not None:
            return request.effective_on
        return date.fromisoformat(registered_on) if registered_on else self.clock.today()


def _body(held: Held, owed: Sequence[Obligation], language: str) -> str:
    """The document with the obligations that follow as a last member."""
    listed = orjson.dumps([_told(item, language) for item in owed]).decode()
    return f'{organization_rows.document(held)[:-1]},"obligations":{listed}}}'


def _told(owed: Obligation, language: str) -> dict[str, Any]:
    told = in_words(owed, owed.since, language)
    return {name: told[name] for name in ("kind", "since", "due_on", "clause", "source", "basis")}
