"""Restructuring areas and bodies from one day on: planned and shown first, then one transaction."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any, Final
from uuid import UUID

import orjson
from sqlalchemy.ext.asyncio import AsyncConnection

from jurisdiction_router.attempts import Attempt, Worked, once
from jurisdiction_router.core.deciding.timeline import Jurisdiction
from jurisdiction_router.core.directory.change import DirectoryChange
from jurisdiction_router.core.directory.directory import Directory
from jurisdiction_router.core.directory.documents import area_document, body_document
from jurisdiction_router.directory_changes.apply import SHOWN, ChangeDirectory, Pointers
from jurisdiction_router.directory_changes.find_holes import (
    NO_HOLES,
    Holes,
    refuse_holes,
    report_seen_by,
)
from jurisdiction_router.facts.read import touched_places
from jurisdiction_router.impacts.compute import JOB_KIND, Proposal
from jurisdiction_router.impacts.repeat import difference, digest_of, forget, repeat
from jurisdiction_router.jurisdiction.current import CurrentJurisdiction
from jurisdiction_router.restructurings import rows as restructuring_rows
from jurisdiction_router.restructurings.plan import Plan, plan
from jurisdiction_router.restructurings.rows import RestructuringRow
from servicekit import jobs
from servicekit.auth import Caller
from servicekit.database import Database
from servicekit.errors import Refusal, Violation
from servicekit.http import check_if_match, decode_cursor, encode_cursor
from servicekit.ids import uuid7
from servicekit.ledger import Ledger, NewEvent, StoredAnswer
from servicekit.time import Segment

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

        async def work() -> Worked:
            before = await self.current.hold(connection, "shared")
            identifier = uuid7()
            document = {
                "id": str(identifier),
                "state": "draft",
                **request,
                "plan": {},
                **NO_HOLES.members(),
                "impact": "",
                "recorded_by": caller.client,
                "applied_by": None,
                "revision": 0,
            }
            row = RestructuringRow(identifier, [], 0, document)
            return await self._dry_run(connection, before, row, caller, 201)

        async with self.database.transaction() as connection:
            return await once(connection, self.ledger, caller, attempt, work)

    async def replan(self, caller: Caller, identifier: UUID, attempt: Attempt) -> StoredAnswer:
        """The dry run again, over directory and register as they are now: another impact.

        Raises Refusal: `not-found`, `restructuring-applied`, `directory-invalid`, `outside-areas`,
        `idempotency-conflict`, `too-many-jobs`; Problem 412, 428.
        """

        async def work() -> Worked:
            before = await self.current.hold(connection, "shared")
            row = await self._draft(connection, caller, identifier, attempt.if_match)
            return await self._dry_run(connection, before, row, caller, 200)

        async with self.database.transaction() as connection:
            return await once(connection, self.ledger, caller, attempt, work)

    async def apply(
        self,
        caller: Caller,
        identifier: UUID,
        digest: str,
        attempt: Attempt,
        *,
        accept_holes: bool,
    ) -> StoredAnswer:
        """Apply a draft: areas, successors, bodies and reassessment, all or nothing.

        It is bound to its dry run, whose impact has this `digest`: it is planned anew, and its
        impact computed anew, over directory and register held still. Raises Refusal: `not-found`,
        `restructuring-applied`, `impact-of-another` while the impact is not finished,
        `impact-differs` for another digest, `restructuring-moved` with the difference when
        something else would happen than the dry run showed, `directory-leaves-holes` unless they
        are accepted, `directory-invalid`, `outside-areas`, `idempotency-conflict`; Problem 412,
        428.
        """

        async def work() -> Worked:
            before = await self.current.hold(connection, "alone")
            row = await self._draft(connection, caller, identifier, attempt.if_match)
            await _check_digest(connection, row, digest)
            planned = await self._planned(connection, before, row, caller)
            holes = await self.change.holes(connection, before, planned.change)
            await self._check_dry_run(connection, before, row, planned, holes, caller)
            refuse_holes(caller, holes, accepted=accept_holes)
            document = {
                **row.document,
                "state": "applied",
                "applied_by": caller.client,
                "revision": row.revision + 1,
            }
            row = row._replace(revision=row.revision + 1, document=document)
            await restructuring_rows.put(connection, row)
            done = await self.change.apply(
                connection, before, planned.change, caller, row.document["title"], holes
            )
            told = done.answer()
            body = orjson.dumps({**report_seen_by(caller, row.document), "done": told}).decode()
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
        planned = plan(before.directory, _day(row), row.document["changes"])
        return await _proposal(connection, before, row, planned)

    async def one(self, caller: Caller, identifier: UUID) -> RestructuringRow:
        """One restructuring. Raises Refusal `not-found`."""
        async with self.database.reading() as connection:
            row = await restructuring_rows.find(connection, identifier)
        if row is None or not caller.may_see(*row.areas):
            raise Refusal("not-found")
        return row._replace(document=report_seen_by(caller, row.document))

    async def page(self, caller: Caller, cursor: str | None, limit: int) -> str:
        """A page in the order of their making, as JSON text. Raises Refusal `invalid-cursor`."""
        key = decode_cursor(cursor, {"what": OF}, [UUID])
        async with self.database.reading() as connection:
            items, last, size = await restructuring_rows.page(
                connection, caller.like_patterns(), key[0] if key else None, limit
            )
        following = encode_cursor([last], {"what": OF}) if size == limit else None
        if caller.areas is not None:
            seen = [report_seen_by(caller, each) for each in orjson.loads(items)]
            items = orjson.dumps(seen).decode()
        return f'{{"items":{items},"next_cursor":{orjson.dumps(following).decode()}}}'

    async def _draft(
        self, connection: AsyncConnection, caller: Caller, identifier: UUID, if_match: str | None
    ) -> RestructuringRow:
        """A restructuring that is not applied yet, locked, as the caller has read it."""
        row = await restructuring_rows.find(connection, identifier, lock=True)
        if row is None or not caller.may_see(*row.areas):
            raise Refusal("not-found")
        check_if_match(if_match, row.revision)
        if row.document["state"] != "draft":
            raise Refusal("restructuring-applied", id=str(identifier))
        return row

    async def _dry_run(
        self,
        connection: AsyncConnection,
        before: Jurisdiction,
        row: RestructuringRow,
        caller: Caller,
        status: int,
    ) -> Worked:
        """Plan, find the holes, queue the impact; the row's next revision says what came of it."""
        planned = await self._planned(connection, before, row, caller)
        holes = await self.change.holes(connection, before, planned.change)
        areas = sorted(planned.change.codes(before.directory))
        impact = await jobs.enqueue(
            connection, JOB_KIND, {"of": OF, "restructuring": str(row.id), "areas": areas},
            caller.client, caller.areas, self.jobs_per_client,
        )  # fmt: skip
        document = {
            **row.document,
            "plan": plan_document(before.directory, planned.change, _day(row)),
            **holes.members(),
            "impact": str(impact),
            "revision": row.revision + 1,
        }
        row = RestructuringRow(row.id, areas, row.revision + 1, document)
        await restructuring_rows.put(connection, row)
        body = orjson.dumps(report_seen_by(caller, row.document)).decode()
        answer = StoredAnswer(status, f"/v1/restructurings/{row.id}", body)
        return answer, [_event("drafted", row, caller)]

    async def _planned(
        self,
        connection: AsyncConnection,
        before: Jurisdiction,
        row: RestructuringRow,
        caller: Caller,
    ) -> Plan:
        """What it does to the directory as it is now, which must be sound and the caller's."""
        planned = plan(before.directory, _day(row), row.document["changes"])
        violations = list(planned.violations)
        if not violations:
            violations += await self.change.check(
                connection, before.directory, planned.change, _pointers(planned)
            )
        if violations:
            raise Refusal("directory-invalid", *violations[:SHOWN], count=len(violations))
        codes = sorted(planned.change.codes(before.directory))
        outside = [code for code in codes if not caller.may_see(code)]
        if outside:
            raise Refusal(
                "outside-areas",
                *(Violation("/changes", "outside_areas", code) for code in outside[:SHOWN]),
                area=outside[0],
            )
        return planned

    async def _check_dry_run(
        self,
        connection: AsyncConnection,
        before: Jurisdiction,
        row: RestructuringRow,
        planned: Plan,
        holes: Holes,
        caller: Caller,
    ) -> None:
        """Raises Refusal `restructuring-moved` unless all is as the dry run showed it."""
        document = row.document
        moved = _difference(
            document["plan"], plan_document(before.directory, planned.change, _day(row))
        )
        if not holes.same_as(Holes.of(document)):
            moved.append(Violation("/holes", "holes_moved", holes.found))
        repeated = await repeat(connection, await _proposal(connection, before, row, planned))
        shown = await digest_of(connection, UUID(document["impact"]))
        if moved or repeated.digest != shown:
            differs = await difference(
                connection, document["impact"], repeated, caller.like_patterns()
            )
            raise Refusal("restructuring-moved", *moved[:SHOWN], id=document["id"], **differs)
        await forget(connection, repeated)


async def _proposal(
    connection: AsyncConnection, before: Jurisdiction, row: RestructuringRow, planned: Plan
) -> Proposal:
    after = planned.change.applied_to(before.directory)
    places = await touched_places(connection, before.directory, after, planned.change)
    header = f"{OF} {row.id} {_day(row).isoformat()}\n"
    return Proposal(before, before.with_directory(after), places, _day(row), header)


async def _check_digest(connection: AsyncConnection, row: RestructuringRow, digest: str) -> None:
    """Raises Refusal `impact-of-another`, `impact-differs` unless the digest is the dry run's."""
    shown = await digest_of(connection, UUID(row.document["impact"]))
    if shown is None:
        raise Refusal("impact-of-another", id=str(row.id), impact=row.document["impact"])
    if shown != digest:
        raise Refusal("impact-differs", sent=digest, found=shown)


def _difference(shown: Mapping[str, Any], now: Mapping[str, Any]) -> list[Violation]:
    """Each area and body that the plan would now make something else of than was shown."""
    found = []
    for name, key in (("areas", "code"), ("bodies", "id")):
        was, is_ = ({item[key]: item for item in plan[name]} for plan in (shown, now))
        found += [
            Violation(f"/plan/{name}", "plan_moved", each)
            for each in sorted({*was, *is_})
            if was.get(each) != is_.get(each)
        ]
    return found


def _day(row: RestructuringRow) -> date:
    return date.fromisoformat(row.document["effective_on"])


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
