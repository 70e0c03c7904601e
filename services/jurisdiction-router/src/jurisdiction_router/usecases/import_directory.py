"""Importing areas and bodies: all or nothing, each real change an event, then reassessment."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

import orjson
from sqlalchemy.ext.asyncio import AsyncConnection

from jurisdiction_router.domain.directory import Area, Body, Directory, ParentEdge
from jurisdiction_router.domain.directory_checks import check_directory
from jurisdiction_router.domain.periods import holds_on
from jurisdiction_router.domain.timeline import Jurisdiction
from jurisdiction_router.storage import directory_rows, jurisdiction_rows
from jurisdiction_router.storage.directory_rows import AreaRow, BodyRow
from jurisdiction_router.storage.fact_rows import all_places, touched_organizations
from jurisdiction_router.storage.tables import area as area_table
from jurisdiction_router.storage.tables import body as body_table
from jurisdiction_router.usecases.assess_organizations import AssessOrganizations
from jurisdiction_router.usecases.current_jurisdiction import CurrentJurisdiction
from servicekit.auth import Caller
from servicekit.clock import Clock
from servicekit.database import Database
from servicekit.ledger import Ledger, NewEvent, Segment
from servicekit.refusals import Refusal, Violation


@dataclass(frozen=True, slots=True)
class GivenArea:
    """An area as a request gives it, with all its parent edges."""

    area: Area
    edges: tuple[ParentEdge, ...]


@dataclass(frozen=True, slots=True)
class ImportResult:
    """What an import did: areas and bodies that really changed, and assignments that followed."""

    areas: int
    bodies: int
    reassessed: int
    reassigned: int


@dataclass(frozen=True, slots=True)
class ImportDirectory:
    """The use case, with what it needs."""

    database: Database
    ledger: Ledger
    clock: Clock
    current: CurrentJurisdiction
    assess: AssessOrganizations

    async def __call__(
        self,
        caller: Caller,
        areas: Sequence[GivenArea],
        bodies: Sequence[Body],
        reason: str | None,
    ) -> ImportResult:
        """Upsert areas by code and bodies by id; the same import again changes nothing.

        Raises Refusal `outside-areas` for what lies beyond the caller's areas, `directory-invalid`
        with every violation when the directory that would result is not sound.
        """
        _check_access(caller, areas, bodies)
        async with self.database.transaction() as connection:
            before = await self.current.hold(connection, "alone")
            after = _merged(before.directory, areas, bodies)
            violations = check_directory(
                after, _pointers("areas", [a.area.code for a in areas]),
                _pointers("bodies", [b.id for b in bodies]),
            )  # fmt: skip
            if violations:
                raise Refusal("directory-invalid", *violations[:100], count=len(violations))
            changed_areas = [a for a in areas if _differs(before.directory, a)]
            changed_bodies = [b for b in bodies if before.directory.bodies.get(b.id) != b]
            if not changed_areas and not changed_bodies:
                return ImportResult(0, 0, 0, 0)
            events = await self._store_areas(
                connection, before.directory, changed_areas, caller, reason
            )
            events += await self._store_bodies(
                connection, before.directory, changed_bodies, caller, reason
            )
            await jurisdiction_rows.next_edition(connection)
            codes = {a.area.code for a in changed_areas} | {b.area_code for b in changed_bodies}
            codes |= {
                held.area_code
                for b in changed_bodies
                if (held := before.directory.bodies.get(b.id)) is not None
            }
            identifiers = await touched_organizations(
                connection, await _touched_places(connection, before.directory, after, codes)
            )
            moved = await self.assess.reassess(
                connection,
                Jurisdiction(before.rule_sets, after, self.current.vocabulary),
                identifiers,
                caller.client,
                reason,
            )
            await self.ledger.append(connection, [*events, *moved])
        return ImportResult(len(changed_areas), len(changed_bodies), len(identifiers), len(moved))

    async def _store_areas(
        self,
        connection: AsyncConnection,
        before: Directory,
        changed: Sequence[GivenArea],
        caller: Caller,
        reason: str | None,
    ) -> list[NewEvent]:
        held = await directory_rows.revisions(
            connection, area_table, [given.area.code for given in changed]
        )
        rows, events = [], []
        for given in changed:
            area = given.area
            revision = held.get(area.code, 0) + 1
            rows.append(
                AreaRow(
                    area, given.edges, revision, _json(area_document(given, self.clock.today()))
                )
            )
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
                    timeline=_area_timeline(given),
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
        held = await directory_rows.revisions(connection, body_table, [b.id for b in changed])
        rows, events = [], []
        for body in changed:
            revision = held.get(body.id, 0) + 1
            document = body_document(body)
            rows.append(BodyRow(body, revision, _json(document)))
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
                    timeline=[Segment(body.valid_from, body.valid_until, document)],
                    areas=sorted({b.area_code for b in both}),
                )
            )
        await directory_rows.write_bodies(connection, rows)
        return events


def area_document(given: GivenArea, today: date) -> dict[str, Any]:
    """An area as the API shows it; `parent` is the one of `today`, else the last one."""
    edges = sorted(given.edges, key=lambda edge: edge.valid_from)
    now = next((edge.parent for edge in edges if holds_on(edge, today)), None)
    return {
        "code": given.area.code,
        "name": given.area.name,
        "level": given.area.level,
        "parent": now or (edges[-1].parent if edges else None),
        "valid_from": given.area.valid_from.isoformat(),
        "valid_until": _iso(given.area.valid_until),
        "parents": [
            {
                "parent": edge.parent,
                "valid_from": edge.valid_from.isoformat(),
                "valid_until": _iso(edge.valid_until),
            }
            for edge in edges
        ],
    }


def body_document(body: Body) -> dict[str, Any]:
    """A body as the API and the feed show it."""
    return {
        "id": body.id,
        "kind": body.kind,
        "name": body.name,
        "area_code": body.area_code,
        "system": body.system,
        "valid_from": body.valid_from.isoformat(),
        "valid_until": _iso(body.valid_until),
        "successor": body.successor,
    }


def _area_timeline(given: GivenArea) -> list[Segment]:
    """An area's timeline for the feed: one stretch per parent."""
    area = given.area
    state = {"code": area.code, "name": area.name, "level": area.level}
    if not given.edges:
        return [Segment(area.valid_from, area.valid_until, {**state, "parent": None})]
    edges = sorted(given.edges, key=lambda edge: edge.valid_from)
    return [Segment(e.valid_from, e.valid_until, {**state, "parent": e.parent}) for e in edges]


def _merged(before: Directory, areas: Sequence[GivenArea], bodies: Sequence[Body]) -> Directory:
    replaced = {given.area.code for given in areas}
    kept = (e for c in before.areas if c not in replaced for e in before.edges_of(c))
    return Directory(
        (before.areas | {given.area.code: given.area for given in areas}).values(),
        (*kept, *(edge for given in areas for edge in given.edges)),
        (before.bodies | {body.id: body for body in bodies}).values(),
    )


def _differs(before: Directory, given: GivenArea) -> bool:
    code = given.area.code
    return before.areas.get(code) != given.area or set(before.edges_of(code)) != set(given.edges)


async def _touched_places(
    connection: AsyncConnection, before: Directory, after: Directory, codes: set[str]
) -> list[str]:
    """The organizations' division codes that lie, before or after, in one of `codes`."""
    return [
        place
        for place in await all_places(connection)
        if not codes.isdisjoint(before.above(place) | after.above(place))
    ]


def _check_access(caller: Caller, areas: Sequence[GivenArea], bodies: Sequence[Body]) -> None:
    given = [(f"/areas/{i}/code", a.area.code) for i, a in enumerate(areas)]
    given += [(f"/bodies/{i}/area_code", b.area_code) for i, b in enumerate(bodies)]
    outside = [(pointer, code) for pointer, code in given if not caller.may_see(code)]
    if outside:
        raise Refusal(
            "outside-areas",
            *(Violation(pointer, "outside_areas", code) for pointer, code in outside[:100]),
            area=outside[0][1],
        )


def _pointers(name: str, keys: Iterable[str]) -> Mapping[str, str]:
    return {key: f"/{name}/{index}" for index, key in enumerate(keys)}


def _json(document: dict[str, Any]) -> str:
    return orjson.dumps(document).decode()


def _iso(day: date | None) -> str | None:
    return None if day is None else day.isoformat()
