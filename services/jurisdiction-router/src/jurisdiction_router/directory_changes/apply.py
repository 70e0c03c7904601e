"""Changing the directory: sound as a whole or not at all, each real change an event.

Then the organizations it touches are assessed again. Imports, single changes and restructurings
all end here.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

import orjson
from sqlalchemy.ext.asyncio import AsyncConnection

from jurisdiction_router.assessment.reassess import Reassessment, ReassessOrganizations
from jurisdiction_router.core.deciding.designation import bodies_before
from jurisdiction_router.core.deciding.timeline import Jurisdiction
from jurisdiction_router.core.directory.areas_and_bodies import Body
from jurisdiction_router.core.directory.change import AreaEntry, DirectoryChange
from jurisdiction_router.core.directory.checks import check_directory
from jurisdiction_router.core.directory.directory import Directory
from jurisdiction_router.core.directory.documents import (
    area_document,
    area_timeline,
    body_document,
    body_timeline,
)
from jurisdiction_router.core.refusals import DirectoryInvalid
from jurisdiction_router.directory_changes import rows as directory_rows
from jurisdiction_router.directory_changes.find_holes import FindHoles, Holes, refuse_holes
from jurisdiction_router.directory_changes.rows import AreaRow, BodyRow
from jurisdiction_router.facts.read import touched_places
from jurisdiction_router.jurisdiction.current import next_edition
from jurisdiction_router.tables import area as area_table
from jurisdiction_router.tables import body as body_table
from servicekit.auth import Caller
from servicekit.errors import OutsideAreas, Violation
from servicekit.ledger import NewEvent
from servicekit.time import Clock

MAX_VIOLATIONS = 100
"""Violations named in a refusal."""


@dataclass(frozen=True, slots=True)
class Pointers:
    """Where areas (by code) and bodies (by id) stand in the request, for violations."""

    areas: Mapping[str, str] = field(default_factory=dict)
    bodies: Mapping[str, str] = field(default_factory=dict)

    @classmethod
    def of(cls, change: DirectoryChange) -> "Pointers":
        """Pointers into a request that lists `areas` and `bodies` in this order."""
        return cls(
            {entry.area.code: f"/areas/{index}" for index, entry in enumerate(change.areas)},
            {body.id: f"/bodies/{index}" for index, body in enumerate(change.bodies)},
        )


@dataclass(frozen=True, slots=True)
class Changed:
    """What a change did: areas and bodies that really changed, and what follows for assignments.

    `holes` are those that it opened in rule sets.
    `events` are for the caller to append, as the last thing of the transaction.
    """

    areas: int
    bodies: int
    reassessment: Reassessment
    holes: int = 0
    events: Sequence[NewEvent] = ()

    def answer(self) -> dict[str, Any]:
        """The counts as the API shows them."""
        job = self.reassessment.job
        return {
            "areas": self.areas,
            "bodies": self.bodies,
            "reassessed": self.reassessment.organizations,
            "reassigned": None if job else len(self.reassessment.events),
            "job": str(job) if job else None,
            "holes": self.holes,
        }


@dataclass(frozen=True, slots=True)
class ChangeDirectory:
    """The use case, with what it needs; runs inside its caller's transaction."""

    clock: Clock
    reassess: ReassessOrganizations
    holes: FindHoles

    async def check(
        self,
        connection: AsyncConnection,
        before: Directory,
        change: DirectoryChange,
        pointers: Pointers,
    ) -> list[Violation]:
        """What is wrong with the directory that would result, and what it leaves behind."""
        after = change.applied_to(before)
        return [
            *check_directory(after, pointers.areas, pointers.bodies),
            *await _orphans(connection, before, after, change, pointers),
        ]

    async def __call__(
        self,
        connection: AsyncConnection,
        before: Jurisdiction,
        change: DirectoryChange,
        caller: Caller,
        reason: str | None,
        pointers: Pointers,
        *,
        accept_holes: bool,
    ) -> Changed:
        """Apply `change`; the caller holds the jurisdiction `before` alone.

        Raises Refusal `directory-invalid` with every violation when the directory that would
        result is not sound, `directory-leaves-holes` for holes that are not accepted.
        """
        violations = await self.check(connection, before.directory, change, pointers)
        if violations:
            raise DirectoryInvalid(*violations[:MAX_VIOLATIONS], count=len(violations))
        holes = await self.holes(connection, before, change)
        refuse_holes(caller, holes, accepted=accept_holes)
        return await self.apply(connection, before, change, caller, reason, holes)

    async def apply(
        self,
        connection: AsyncConnection,
        before: Jurisdiction,
        change: DirectoryChange,
        caller: Caller,
        reason: str | None,
        holes: Holes,
    ) -> Changed:
        """Apply a change that `check` has found nothing wrong with, in the same transaction.

        `holes` are those that it opens, which nobody refuses.
        """
        real = change.without_unchanged(before.directory)
        if not real.areas and not real.bodies:
            return Changed(0, 0, Reassessment(0, []))
        after = real.applied_to(before.directory)
        events = await self._store_areas(connection, before.directory, real.areas, caller, reason)
        events += await self._store_bodies(
            connection, before.directory, real.bodies, caller, reason
        )
        await next_edition(connection)
        reassessment = await self.reassess.touched(
            connection,
            before.with_directory(after),
            await touched_places(connection, before.directory, after, real),
            caller,
            reason,
            bodies_before(after, (body.id for body in real.bodies)),
        )
        events += reassessment.events
        return Changed(len(real.areas), len(real.bodies), reassessment, holes.found, events)

    async def _store_areas(
        self,
        connection: AsyncConnection,
        before: Directory,
        changed: Sequence[AreaEntry],
        caller: Caller,
        reason: str | None,
    ) -> list[NewEvent]:
        revisions = await directory_rows.revisions(
            connection, area_table, [entry.area.code for entry in changed]
        )
        rows, events = [], []
        for entry in changed:
            area = entry.area
            revision = revisions.get(area.code, 0) + 1
            document = _json(area_document(entry, self.clock.today()))
            rows.append(AreaRow(area, entry.edges, entry.successions, revision, document))
            former = before.areas.get(area.code)
            events.append(
                NewEvent(
                    subject=f"area:{area.code}",
                    revision=revision,
                    type="area.changed",
                    effective_on=min(a.valid_from for a in (area, former) if a is not None),
                    actor=caller.client,
                    reason=reason,
                    change=None,
                    timeline=area_timeline(entry),
                    areas=[area.code],
                )
            )
        await directory_rows.write_areas(connection, rows)
        return events

    async def _store_bodies(
        self,
        connection: AsyncConnection,
        before: Directory,
        changed: Sequence[Body],
        caller: Caller,
        reason: str | None,
    ) -> list[NewEvent]:
        revisions = await directory_rows.revisions(connection, body_table, [b.id for b in changed])
        rows, events = [], []
        for body in changed:
            revision = revisions.get(body.id, 0) + 1
            rows.append(BodyRow(body, revision, _json(body_document(body))))
            former = before.bodies.get(body.id)
            both = [b for b in (body, former) if b is not None]
            events.append(
                NewEvent(
                    subject=f"body:{body.id}",
                    revision=revision,
                    type="body.changed",
                    effective_on=min(b.valid_from for b in both),
                    actor=caller.client,
                    reason=reason,
                    change=None,
                    timeline=body_timeline(body),
                    areas=sorted({b.area_code for b in both}),
                )
            )
        await directory_rows.write_bodies(connection, rows)
        return events


async def _orphans(
    connection: AsyncConnection,
    before: Directory,
    after: Directory,
    change: DirectoryChange,
    pointers: Pointers,
) -> list[Violation]:
    """Organizations that would be left without the body or the place they have, by violation."""
    ended_bodies = {
        body.id: body.valid_until
        for body in change.bodies
        if body.valid_until is not None and body.successor is None and body.id in before.bodies
    }
    ended_areas = {
        entry.area.code: entry.area.valid_until
        for entry in change.areas
        if entry.area.valid_until is not None
        and entry.area.code in before.areas
        and not after.on(entry.area.valid_until).stands_for(entry.area.code)
    }
    others = {
        body.id: field
        for body in change.bodies
        if body.id in before.bodies and (field := _identity_lost(before.bodies[body.id], body))
    }
    bodies = await directory_rows.supervised_after(connection, ended_bodies)
    in_use = await directory_rows.supervised_after(connection, dict.fromkeys(others, date.min))
    areas = await directory_rows.living_after(connection, ended_areas)
    return [
        Violation(f"{pointers.bodies.get(key, '')}/successor", "body_still_supervises", key,
                  {"organizations": number})
        for key, number in bodies.items()
    ] + [
        Violation(f"{pointers.areas.get(key, '')}/successors", "area_still_inhabited", key,
                  {"organizations": number})
        for key, number in areas.items()
    ] + [
        Violation(f"{pointers.bodies.get(key, '')}/{others[key]}", "body_in_use", key,
                  {"organizations": number})
        for key, number in in_use.items()
    ]  # fmt: skip


def _identity_lost(former: Body, body: Body) -> str | None:
    """The first field by which it is another body than it was."""
    names = ("kind", "area_code", "system")
    return next((name for name in names if getattr(former, name) != getattr(body, name)), None)


def check_reach(
    caller: Caller, before: Directory, change: DirectoryChange, pointers: Pointers
) -> None:
    """Hold a change to the caller's areas, where a body is now and where it would be.

    Raises Refusal `outside-areas`.
    """
    touched = [(f"{pointers.areas[a.area.code]}/code", a.area.code) for a in change.areas]
    touched += [
        (f"{pointers.bodies[body.id]}/area_code", each.area_code)
        for body in change.bodies
        for each in (before.bodies.get(body.id), body)
        if each is not None
    ]
    outside = [(pointer, code) for pointer, code in touched if not caller.may_see(code)]
    if outside:
        raise OutsideAreas(
            *(
                Violation(pointer, "outside_areas", code)
                for pointer, code in outside[:MAX_VIOLATIONS]
            ),
            area=outside[0][1],
        )


def _json(document: dict[str, Any]) -> str:
    return orjson.dumps(document).decode()
