"""Restructuring areas and bodies from one day on: planned and shown first, then one transaction."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any, Final
from uuid import UUID

import orjson
from sqlalchemy.ext.asyncio import AsyncConnection

from jurisdiction_router.domain.directory import Directory
from jurisdiction_router.domain.directory_change import DirectoryChange, touched_places
from jurisdiction_router.domain.directory_documents import area_document, body_document
from jurisdiction_router.domain.restructuring import Plan, plan
from jurisdiction_router.domain.timeline import Jurisdiction
from jurisdiction_router.storage import fact_rows, restructuring_rows
from jurisdiction_router.storage.restructuring_rows import RestructuringRow
from jurisdiction_router.usecases.attempts import Attempt, Worked, once
from jurisdiction_router.usecases.change_directory import ChangeDirectory, Pointers
from jurisdiction_router.usecases.compute_impact import JOB_KIND, Proposal
from jurisdiction_router.usecases.current_jurisdiction import CurrentJurisdiction
from servicekit import jobs
from servicekit.auth import Caller
from servicekit.database import Database
from servicekit.idempotency import StoredAnswer
from servicekit.ids import uuid7
from servicekit.ledger import Ledger, NewEvent, Segment
from servicekit.pagination import decode_cursor, encode_cursor
from servicekit.preconditions import check_if_match
from servicekit.refusals import Refusal, Violation

OF: Final = "restructuring"
"""What such an impact is of, in its job's parameters."""


@dataclass(frozen=True, slots=True)
class Restructure:
    """The use cases, with what they need."""

    database: Database
    ledger: Ledger
    current: CurrentJurisdiction
    change: ChangeDirectory
    jobs_per_client: int

    async def draft(
        self, caller: Caller, request: Mapping[str, Any], attempt: Attempt
    ) -> StoredAnswer:
        """The dry run: store the plan, which names every successor, and queue its impact.

        Nothing else changes. Raises Refusal: `directory-invalid` with every violation,
        `outside-areas`, `idempotency-conflict`, `too-many-jobs`.
        """
        on = date.fromisoformat(request["effective_on"])

        async def work() -> Worked:
            before = await self.current.hold(connection, "shared")
            planned = plan(before.directory, on, request["changes"])
            await self._check(connection, before.directory, planned, caller)
            identifier = uuid7()
            params = {"of": OF, "restructuring": str(identifier)}
            areas = sorted(planned.change.codes(before.directory))
            impact = await jobs.enqueue(
                connection, JOB_KIND, {**params, "areas": areas}, caller.client, caller.areas,
                self.jobs_per_client,
            )  # fmt: skip
            document = {
                "id": str(identifier),
                "state": "draft",
                **request,
                "plan": plan_document(before.directory, planned.change, on),
                "impact": str(impact),
                "recorded_by": caller.client,
                "applied_by": None,
                "revision": 1,
            }
            row = RestructuringRow(identifier, areas, 1, document)
            await restructuring_rows.put(connection, row)
            body = orjson.dumps(document).decode()
            answer = StoredAnswer(201, f"/v1/restructurings/{identifier}", body)
            return answer, [_event("drafted", row, caller)]

        async with self.database.transaction() as connection:
            return await once(connection, self.ledger, caller, attempt, work)

    async def apply(self, caller: Caller, identifier: UUID, attempt: Attempt) -> StoredAnswer:
        """Apply a draft: areas, successors, bodies and reassessment, all or nothing.

        It is planned anew over the directory as it is now. Raises Refusal: `not-found`,
        `restructuring-applied`, `directory-invalid`, `outside-areas`, `idempotency-conflict`;
        Problem 412, 428.
        """

        async def work() -> Worked:
            before = await self.current.hold(connection, "alone")
            row = await restructuring_rows.find(connection, identifier, lock=True)
            if row is None or not caller.may_see(*row.areas):
                raise Refusal("not-found")
            check_if_match(attempt.if_match, row.revision)
            if row.document["state"] != "draft":
                raise Refusal("restructuring-applied", id=str(identifier))
            on = date.fromisoformat(row.document["effective_on"])
            planned = plan(before.directory, on, row.document["changes"])
            await self._check(connection, before.directory, planned, caller)
            document = {
                **row.document,
                "state": "applied",
                "plan": plan_document(before.directory, planned.change, on),
                "applied_by": caller.client,
                "revision": row.revision + 1,
            }
            areas = sorted(planned.change.codes(before.directory))
            row = RestructuringRow(identifier, areas, row.revision + 1, document)
            await restructuring_rows.put(connection, row)
            done = await self.change(
                connection, before, planned.change, caller, row.document["title"],
                _pointers(planned),
            )  # fmt: skip
            told = done.answer()
            body = orjson.dumps({**document, "done": told}).decode()
            status, location = (202, f"/v1/jobs/{told['job']}") if told["job"] else (200, None)
            events = [_event("applied", row, caller), *done.events]
            return StoredAnswer(status, location, body), events

        async with self.database.transaction() as connection:
            return await once(connection, self.ledger, caller, attempt, work)

    async def propose(
        self, connection: AsyncConnection, before: Jurisdiction, params: Mapping[str, Any]
    ) -> Proposal:
        """What a restructuring would make of the jurisdiction: the proposal behind its impact."""
        row = await restructuring_rows.find(connection, UUID(params["restructuring"]))
        if row is None:
            raise Refusal("not-found")
        on = date.fromisoformat(row.document["effective_on"])
        planned = plan(before.directory, on, row.document["changes"])
        after = planned.change.applied_to(before.directory)
        places = touched_places(
            await fact_rows.all_places(connection),
            before.directory,
            after,
            planned.change.codes(before.directory),
        )
        header = f"{OF} {row.id} {on.isoformat()}\n"
        return Proposal(before, before.with_directory(after), places, on, header)

    async def one(self, caller: Caller, identifier: UUID) -> RestructuringRow:
        """One restructuring. Raises Refusal `not-found`."""
        async with self.database.reading() as connection:
            row = await restructuring_rows.find(connection, identifier)
        if row is None or not caller.may_see(*row.areas):
            raise Refusal("not-found")
        return row

    async def page(self, caller: Caller, cursor: str | None, limit: int) -> str:
        """A page in the order of their making, as JSON text. Raises Refusal `invalid-cursor`."""
        key = decode_cursor(cursor, {"what": OF}, [UUID])
        async with self.database.reading() as connection:
            items, last, size = await restructuring_rows.page(
                connection, caller.like_patterns(), key[0] if key else None, limit
            )
        following = encode_cursor([last], {"what": OF}) if size == limit else None
        return f'{{"items":{items},"next_cursor":{orjson.dumps(following).decode()}}}'

    async def _check(
        self, connection: AsyncConnection, before: Directory, planned: Plan, caller: Caller
    ) -> None:
        violations = list(planned.violations)
        if not violations:
            violations += await self.change.check(
                connection, before, planned.change, _pointers(planned)
            )
        if violations:
            raise Refusal("directory-invalid", *violations[:100], count=len(violations))
        outside = [c for c in sorted(planned.change.codes(before)) if not caller.may_see(c)]
        if outside:
            raise Refusal(
                "outside-areas",
                *(Violation("/changes", "outside_areas", code) for code in outside[:100]),
                area=outside[0],
            )


def plan_document(before: Directory, change: DirectoryChange, on: date) -> dict[str, Any]:
    """What a plan does, as the API shows it: areas and bodies as they shall be, and successors."""
    real = change.without_what_is_held(before)
    return {
        "areas": [area_document(given, on) for given in real.areas],
        "bodies": [body_document(body) for body in real.bodies],
        "area_successors": [
            {"code": s.code, "successor": s.successor}
            for given in sorted(real.areas, key=lambda given: given.area.code)
            for s in given.successions
            if s.valid_from == on
        ],
        "body_successors": [
            {"id": body.id, "successor": body.successor}
            for body in sorted(real.bodies, key=lambda body: body.id)
            if body.valid_until == on
        ],
    }


def _pointers(planned: Plan) -> Pointers:
    areas = {given.area.code for given in planned.change.areas}
    return Pointers(
        {key: value for key, value in planned.pointers.items() if key in areas},
        {key: value for key, value in planned.pointers.items() if key not in areas},
    )


def _event(what: str, row: RestructuringRow, caller: Caller) -> NewEvent:
    document = row.document
    on = date.fromisoformat(document["effective_on"])
    names = ("id", "state", "title", "effective_on", "reference", "changes")
    successors = ("area_successors", "body_successors")
    state = {name: document[name] for name in names}
    state |= {name: document["plan"][name] for name in successors}
    return NewEvent(
        subject=f"restructuring:{row.id}",
        revision=row.revision,
        type=f"restructuring.{what}",
        effective_on=on,
        actor=caller.client,
        reason=document["reason"],
        change=None,
        timeline=[Segment(on, None, state)],
        areas=row.areas,
    )
