"""Comparing what an import gives with the directory that is held: a report, item by item."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Any, Final, Literal, NamedTuple

from sqlalchemy.ext.asyncio import AsyncConnection

from jurisdiction_router.assessment.read import count_organizations
from jurisdiction_router.core.deciding.timeline import Jurisdiction
from jurisdiction_router.core.directory.areas_and_bodies import Body
from jurisdiction_router.core.directory.change import AreaEntry, DirectoryChange
from jurisdiction_router.core.directory.directory import Directory
from jurisdiction_router.core.directory.documents import (
    area_document,
    area_from,
    body_document,
    body_from,
)
from jurisdiction_router.core.periods import boundaries
from jurisdiction_router.directory_changes.apply import ChangeDirectory, Pointers
from jurisdiction_router.directory_changes.find_holes import NO_HOLES, Holes
from jurisdiction_router.directory_imports.rows import ItemRow
from jurisdiction_router.facts.read import touched_places
from jurisdiction_router.jurisdiction.current import CurrentJurisdiction
from servicekit.errors import Violation
from servicekit.time import Clock

Kind = Literal["added", "changed", "ended", "unchanged", "refused"]
KINDS: tuple[Kind, ...] = ("added", "changed", "ended", "unchanged", "refused")

ELSEWHERE: Final = "directory"
"""What an item is that stands for something wrong beyond what the import gives."""


class Report(NamedTuple):
    """What came of comparing: the items with what is wrong, the change they make, the sums."""

    items: list[ItemRow]
    change: DirectoryChange
    sums: dict[str, Any]
    holes: Holes

    def violations(self, pointers: Mapping[int, str] | None = None) -> list[Violation]:
        """All that is wrong, where it stands in the request, or by the items' numbers."""
        return [
            Violation(_place(item, pointers) + e["field"], e["rule"], e["value"], e["facts"])
            for item in self.items
            for e in item.errors
        ]


@dataclass(frozen=True, slots=True)
class CompareDirectory:
    """The use case, with what it needs; runs inside its caller's transaction."""

    clock: Clock
    current: CurrentJurisdiction
    change: ChangeDirectory

    async def __call__(
        self, connection: AsyncConnection, jurisdiction: Jurisdiction, rows: Sequence[ItemRow]
    ) -> Report:
        """Set each item beside what is held, and check the directory that would result.

        Items that can't be read stay as they are, with their errors. Where nothing is wrong, the
        rule sets are proved over that directory.
        """
        before = jurisdiction.directory
        rows = requested_rows(rows)
        items = items_of(rows)
        doubles = _doubles(rows, items)
        once = {number: item for number, item in items.items() if number not in doubles}
        change = change_of([*once.values()])
        violations = [*doubles.values()]
        violations += await self.change.check(connection, before, change, pointers_of(once))
        errors, elsewhere = _sorted_out(violations)
        today = self.clock.today()
        report = []
        for row in rows:
            item = items.get(row.number)
            if item is None:
                report.append(row)
                continue
            beside = compared(before, item, today)
            wrong = errors.get(row.number, [])
            kind = "refused" if wrong else beside.change
            report.append(
                row._replace(change=kind, before=beside.before, after=beside.after, errors=wrong)
            )
        report += [
            ItemRow(number, None, ELSEWHERE, _key(e), "refused", None, None, [e])
            for number, e in enumerate(elsewhere, start=len(rows) + 1)
        ]
        sums = await self._sums(connection, before, report, change)
        holes = NO_HOLES
        if not sums["errors"]:
            holes = await self.change.holes(connection, jurisdiction, change)
        return Report(report, change, sums | holes.members(), holes)

    async def _sums(
        self,
        connection: AsyncConnection,
        before: Directory,
        items: Sequence[ItemRow],
        change: DirectoryChange,
    ) -> dict[str, Any]:
        """Counts, and how many organizations would be looked at again if nothing is wrong."""
        areas: dict[str, int] = dict.fromkeys(KINDS, 0)
        bodies: dict[str, int] = dict.fromkeys(KINDS, 0)
        for item in items:
            if item.what in ("area", "body"):
                (areas if item.what == "area" else bodies)[item.change] += 1
        wrong = sum(len(item.errors) for item in items)
        organizations = None
        if not wrong:
            real = change.without_unchanged(before)
            places = await touched_places(connection, before, real.applied_to(before), real)
            organizations = await count_organizations(connection, places)
        return {
            "edition": await self.current.edition(connection),
            "areas": areas,
            "bodies": bodies,
            "unreadable": sum(item.what is None for item in items),
            "elsewhere": sum(item.what == ELSEWHERE for item in items),
            "reassessed": organizations,
            "errors": wrong,
        }


def requested_rows(rows: Sequence[ItemRow]) -> list[ItemRow]:
    """The items that were sent, without those that only say what is wrong elsewhere."""
    return [row for row in rows if row.what != ELSEWHERE]


def items_of(rows: Sequence[ItemRow]) -> dict[int, AreaEntry | Body]:
    """The areas and bodies of those items that can be read, by number."""
    return {
        row.number: area_from(row.after) if row.what == "area" else body_from(row.after)
        for row in rows
        if row.after is not None
    }


def pointers_of(
    items: Mapping[int, AreaEntry | Body], positions: Mapping[int, str] | None = None
) -> Pointers:
    """Where each area and body stands: in the request, or by its number in the import."""
    areas, bodies = {}, {}
    for number, item in items.items():
        pointer = f"/{number}" if positions is None else positions[number]
        if isinstance(item, Body):
            bodies[item.id] = pointer
        else:
            areas[item.area.code] = pointer
    return Pointers(areas, bodies)


def error_of(violation: Violation) -> dict[str, Any]:
    """A violation as it is kept with its item."""
    return {
        "field": violation.pointer,
        "rule": violation.rule,
        "value": None if violation.value is None else str(violation.value)[:200],
        "facts": {name: str(value) for name, value in violation.facts.items()},
    }


def _place(item: ItemRow, pointers: Mapping[int, str] | None) -> str:
    if item.what == ELSEWHERE:
        return ""
    return f"/{item.number}" if pointers is None else pointers[item.number]


def _sorted_out(
    violations: Sequence[Violation],
) -> tuple[dict[int, list[dict[str, Any]]], list[dict[str, Any]]]:
    """Errors by the number of their item, and those that lead to none."""
    errors: dict[int, list[dict[str, Any]]] = {}
    elsewhere = []
    for violation in violations:
        number, slash, rest = violation.pointer.removeprefix("/").partition("/")
        if number.isdigit():
            error = error_of(replace(violation, pointer=f"{slash}{rest}"))
            errors.setdefault(int(number), []).append(error)
        else:
            elsewhere.append(error_of(violation))
    return errors, elsewhere


def _key(error: Mapping[str, Any]) -> str | None:
    """Which area or body elsewhere an error is about, where it says so."""
    facts = error["facts"]
    key: str | None = facts.get("code") or facts.get("id") or error["value"]
    return key


def _doubles(
    rows: Sequence[ItemRow], items: Mapping[int, AreaEntry | Body]
) -> dict[int, Violation]:
    """Items whose code or id the import has given before; the first of them counts."""
    keys: set[tuple[str | None, str | None]] = set()
    doubles = {}
    for row in rows:
        if row.number not in items:
            continue
        if (row.what, row.key) in keys:
            pointer = f"/{row.number}/{'code' if row.what == 'area' else 'id'}"
            doubles[row.number] = Violation(pointer, "duplicate_key", row.key)
        keys.add((row.what, row.key))
    return doubles


"""What becomes of an item; refused is one with which something is wrong."""


class Compared(NamedTuple):
    """An item beside what is held: its documents before and after."""

    change: Kind
    before: dict[str, Any] | None
    after: dict[str, Any]


def document_of(item: AreaEntry | Body, today: date) -> dict[str, Any]:
    """An area or a body as the API shows it."""
    return body_document(item) if isinstance(item, Body) else area_document(item, today)


def compared(before: Directory, item: AreaEntry | Body, today: date) -> Compared:
    """Set an area or a body beside the one that is held; "ended" is one that gets an end."""
    stored: AreaEntry | Body | None
    if isinstance(item, Body):
        stored = before.bodies.get(item.id)
    else:
        code = item.area.code
        stored = AreaEntry.of(before, code) if code in before.areas else None
    was = None if stored is None else document_of(stored, today)
    after = document_of(item, today)
    return Compared(_kind(was, after), was, after)


def _kind(was: dict[str, Any] | None, after: dict[str, Any]) -> Kind:
    if was is None:
        return "added"
    if was == after:
        return "unchanged"
    return "ended" if was["valid_until"] is None and after["valid_until"] else "changed"


def last_day(change: DirectoryChange, today: date) -> date:
    """Return the first day, not before today, by which all that `change` says has happened."""
    dates = {today, *boundaries([entry.area for entry in change.areas]), *boundaries(change.bodies)}
    for entry in change.areas:
        dates |= boundaries(entry.edges) | {former.until for former in entry.area.former_names}
        dates |= {succession.valid_from for succession in entry.successions}
    for body in change.bodies:
        dates |= {former.until for former in body.former_names}
    return max(dates)


def change_of(items: Sequence[AreaEntry | Body]) -> DirectoryChange:
    """The items as a change of the directory."""
    return DirectoryChange(
        [item for item in items if isinstance(item, AreaEntry)],
        [item for item in items if isinstance(item, Body)],
    )
