"""Disputes: a body says "not ours", and why; the clock runs until somebody designates."""

from dataclasses import dataclass
from datetime import timedelta
from uuid import UUID

import orjson
from sqlalchemy.exc import IntegrityError

from jurisdiction_router.assessment.read import lock_organization
from jurisdiction_router.attempts import Attempt, Worked, once
from jurisdiction_router.overrides import rows as override_rows
from jurisdiction_router.overrides.designate import (
    dispute_event,
    write_dispute,
)
from jurisdiction_router.overrides.parameters import Parameters, value_on
from jurisdiction_router.overrides.rows import StoredDocument
from servicekit.auth import Caller
from servicekit.database import Database
from servicekit.errors import Refusal, Violation
from servicekit.http import check_if_match
from servicekit.ids import uuid7
from servicekit.ledger import Ledger, StoredAnswer
from servicekit.time import Clock, state_on


@dataclass(frozen=True, slots=True)
class DisputeAssignment:
    """The use cases, with what they need."""

    database: Database
    ledger: Ledger
    clock: Clock
    parameters: Parameters

    async def open(
        self, caller: Caller, organization_id: UUID, body_id: str, reason: str, attempt: Attempt
    ) -> StoredAnswer:
        """Open a dispute for the body that supervises the organization today.

        Raises Refusal: `not-found`, `not-supervised-by` when it is another's, `dispute-open` when
        there is one, `idempotency-conflict`.
        """
        today = self.clock.today()
        days = value_on(self.parameters, "dispute_settlement_days", today)

        async def work() -> Worked:
            held = await lock_organization(connection, caller, organization_id)
            state = state_on([s.segment for s in held.segments], today) or {}
            supervising = (state.get("supervising") or {}).get("id")
            if supervising != body_id:
                rule = "not_supervising" if supervising else "nobody_supervising"
                raise Refusal(
                    "not-supervised-by",
                    Violation("/body_id", rule, body_id, {"supervising": supervising}),
                    body_id=body_id,
                )
            identifier = uuid7()
            document = {
                "id": str(identifier),
                "organization_id": str(organization_id),
                "body_id": body_id,
                "reason": reason,
                "raised_on": today.isoformat(),
                "due_on": (today + timedelta(days=days)).isoformat(),
                "state": "open",
                "settled_on": None,
                "settled_by": None,
                "recorded_by": caller.client,
                "revision": 1,
            }
            row = StoredDocument(identifier, held.area_on(today), 1, document)
            try:
                await override_rows.put_dispute(connection, row)
            except IntegrityError as error:
                raise Refusal("dispute-open", id=str(organization_id)) from error
            body = orjson.dumps({**document, "overdue": False}).decode()
            answer = StoredAnswer(201, f"/v1/disputes/{identifier}", body)
            return answer, [dispute_event(row, caller, reason, today)]

        async with self.database.transaction() as connection:
            return await once(connection, self.ledger, caller, attempt, work)

    async def withdraw(
        self, caller: Caller, identifier: UUID, reason: str | None, attempt: Attempt
    ) -> StoredAnswer:
        """Withdraw an open dispute; its document.

        Raises Refusal `not-found`, `dispute-closed`, `idempotency-conflict`; Problem 412, 428.
        """
        today = self.clock.today()

        async def work() -> Worked:
            row = await override_rows.lock_dispute(connection, identifier)
            if row is None or not caller.may_see(row.area):
                raise Refusal("not-found")
            check_if_match(attempt.if_match, row.revision)
            if row.document["state"] != "open":
                raise Refusal("dispute-closed", state=row.document["state"])
            changed = await write_dispute(
                connection, row, {"state": "withdrawn", "settled_on": today.isoformat()}
            )
            answer = StoredAnswer(200, None, orjson.dumps(changed.document).decode())
            return answer, [dispute_event(changed, caller, reason, today)]

        async with self.database.transaction() as connection:
            return await once(connection, self.ledger, caller, attempt, work)
