"""Importing areas and bodies: loaded without effect, compared with what is held, then activated.

An import is bound to the edition of the jurisdiction it was compared with. Has that moved on, it is
compared again before it may be activated: what its report says is what will happen.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Final, NamedTuple
from uuid import UUID

import orjson
from sqlalchemy.ext.asyncio import AsyncConnection

from jurisdiction_router.attempts import Attempt, Worked, once
from jurisdiction_router.core.deciding.timeline import Jurisdiction
from jurisdiction_router.core.directory.areas_and_bodies import Body
from jurisdiction_router.core.directory.change import DirectoryChange, GivenArea
from jurisdiction_router.core.directory.directory import Directory
from jurisdiction_router.directory_changes.apply import (
    SHOWN,
    Changed,
    ChangeDirectory,
    out_of_reach,
)
from jurisdiction_router.directory_changes.find_holes import Holes, refuse_holes, report_seen_by
from jurisdiction_router.directory_imports import rows as directory_import_rows
from jurisdiction_router.directory_imports.compare import (
    CompareDirectory,
    Report,
    error_of,
    given_rows,
    items_of,
    pointers_of,
)
from jurisdiction_router.directory_imports.comparison import change_of, document_of, last_day
from jurisdiction_router.directory_imports.rows import ImportRow, ItemRow
from jurisdiction_router.facts.read import touched_places
from jurisdiction_router.impacts.compute import JOB_KIND, Proposal
from jurisdiction_router.jurisdiction.current import CurrentJurisdiction
from servicekit import jobs
from servicekit.auth import Caller, area_prefix
from servicekit.database import Database
from servicekit.errors import Refusal, Violation
from servicekit.http import check_if_match
from servicekit.ids import uuid7
from servicekit.ledger import Ledger, NewEvent, StoredAnswer
from servicekit.time import Clock

OF: Final = "directory_import"
"""What such an impact is of, in its job's parameters."""


class GivenItem(NamedTuple):
    """An item as it was sent: `item` None where it cannot be read, and why in `violations`.

    `pointer` is where it stands in the request; the violations' pointers begin at the item.
    """

    pointer: str
    line: int | None
    what: str | None
    key: str | None
    item: GivenArea | Body | None
    violations: Sequence[Violation] = ()


class Loaded(NamedTuple):
    """What was sent, and how."""

    items: Sequence[GivenItem]
    format: str
    reason: str | None


@dataclass(frozen=True, slots=True)
class ImportDirectory:
    """The use cases, with what they need."""

    database: Database
    ledger: Ledger
    clock: Clock
    current: CurrentJurisdiction
    change: ChangeDirectory
    compare: CompareDirectory
    jobs_per_client: int

    async def load(
        self,
        caller: Caller,
        loaded: Loaded,
        attempt: Attempt,
        *,
        activate: bool,
        accept_holes: bool = False,
    ) -> StoredAnswer:
        """Keep an import with its report; with `activate`, have it take effect at once.

        What is wrong with it is in the report. Raises Refusal `outside-areas`,
        `idempotency-conflict`, `too-many-jobs`; with `activate` also `directory-invalid`, and
        `directory-leaves-holes` unless they are accepted, and nothing is kept.
        """
        identifier = uuid7()
        rows = [self._row(number, given) for number, given in enumerate(loaded.items, start=1)]
        given = {row.number: item.pointer for row, item in zip(rows, loaded.items, strict=True)}
        items = items_of(rows)
        whole = change_of([*items.values()])

        async def work() -> Worked:
            before = await self.current.hold(connection, "alone" if activate else "shared")
            out_of_reach(caller, before.directory, whole, pointers_of(items, given))
            report = await self.compare(connection, before, rows)
            document = {
                "id": str(identifier), "state": "inactive", "format": loaded.format,
                "reason": loaded.reason, "recorded_by": caller.client,
                "recorded_at": self.clock.now().isoformat(), "activated_by": None,
                "revision": 1, "report": report.sums, "impact": None, "done": None,
            }  # fmt: skip
            areas = _around(whole, before.directory)
            row = ImportRow(identifier, caller.client, areas, 1, document)
            events: Sequence[NewEvent] = ()
            if activate:
                row, events = await self._take_effect(
                    connection, before, row, report, caller, report.violations(given),
                    accept_holes=accept_holes,
                )  # fmt: skip
            else:
                row = await self._with_impact(connection, row, caller)
            await directory_import_rows.put(connection, row)
            await directory_import_rows.put_items(connection, identifier, report.items)
            return _answer(caller, row, 201), events

        async with self.database.transaction() as connection:
            return await once(connection, self.ledger, caller, attempt, work)

    async def compare_anew(
        self, caller: Caller, identifier: UUID, attempt: Attempt
    ) -> StoredAnswer:
        """Compare an import with the directory as it is now, and keep the new report.

        Raises Refusal `not-found`, `import-closed`, `idempotency-conflict`, `too-many-jobs`;
        Problem 412, 428.
        """

        async def work() -> Worked:
            before = await self.current.hold(connection, "shared")
            row = await self._open(connection, caller, identifier, attempt.if_match)
            rows = await directory_import_rows.items(connection, identifier)
            report = await self.compare(connection, before, rows)
            row = _changed(row, row.revision + 1, report=report.sums, impact=None)
            row = await self._with_impact(connection, row, caller)
            await directory_import_rows.put(connection, row)
            await directory_import_rows.put_items(connection, identifier, report.items)
            return _answer(caller, row, 200), ()

        async with self.database.transaction() as connection:
            return await once(connection, self.ledger, caller, attempt, work)

    async def activate(
        self, caller: Caller, identifier: UUID, attempt: Attempt, *, accept_holes: bool
    ) -> StoredAnswer:
        """Have an import take effect, as its report says, all or nothing.

        Raises Refusal `not-found`, `import-closed`, `outside-areas`, `directory-moved` when the
        jurisdiction is not the one that it was compared with, naming every item for which that
        makes a difference; `directory-invalid`, `directory-leaves-holes` unless they are accepted,
        `idempotency-conflict`; Problem 412, 428.
        """

        async def work() -> Worked:
            before = await self.current.hold(connection, "alone")
            row = await self._open(connection, caller, identifier, attempt.if_match)
            rows = await directory_import_rows.items(connection, identifier)
            items = items_of(rows)
            whole = change_of([*items.values()])
            out_of_reach(caller, before.directory, whole, pointers_of(items))
            report = await self.compare(connection, before, rows)
            told = row.document["report"]
            if report.sums["edition"] != told["edition"] or not report.holes.same_as(
                Holes.of(told)
            ):
                raise _moved(row, report, rows)
            row = _changed(row, row.revision + 1)
            row, events = await self._take_effect(
                connection, before, row, report, caller, report.violations(),
                accept_holes=accept_holes,
            )  # fmt: skip
            await directory_import_rows.put(connection, row)
            return _answer(caller, row, 200), events

        async with self.database.transaction() as connection:
            return await once(connection, self.ledger, caller, attempt, work)

    async def withdraw(self, caller: Caller, identifier: UUID, attempt: Attempt) -> StoredAnswer:
        """Discard an import that is not active: it stays as a record and can't be activated.

        Raises Refusal `not-found`, `import-closed`, `idempotency-conflict`; Problem 412, 428.
        """

        async def work() -> Worked:
            row = await self._open(connection, caller, identifier, attempt.if_match)
            row = _changed(row, row.revision + 1, state="withdrawn")
            await directory_import_rows.put(connection, row)
            return _answer(caller, row, 200), ()

        async with self.database.transaction() as connection:
            return await once(connection, self.ledger, caller, attempt, work)

    async def propose(
        self, connection: AsyncConnection, before: Jurisdiction, params: Mapping[str, Any]
    ) -> Proposal:
        """What an import would make of the jurisdiction: the proposal behind its impact.

        Raises Refusal `directory-moved` when that is not the one it was compared with any more.
        """
        identifier = UUID(params["import"])
        edition = await self.current.edition(connection)
        if edition != params["edition"]:
            compared = params["edition"]
            raise Refusal("directory-moved", id=str(identifier), compared=compared, edition=edition)
        rows = await directory_import_rows.items(connection, identifier)
        change = change_of([*items_of(rows).values()]).without_what_is_held(before.directory)
        after = change.applied_to(before.directory)
        places = await touched_places(connection, before.directory, after, change)
        on = last_day(change, self.clock.today())
        header = f"{OF} {identifier} {edition}\n"
        return Proposal(before, before.with_directory(after), places, on, header)

    def _row(self, number: int, given: GivenItem) -> ItemRow:
        after = None if given.item is None else document_of(given.item, self.clock.today())
        errors = [error_of(violation) for violation in given.violations]
        return ItemRow(number, given.line, given.what, given.key, "refused", None, after, errors)

    async def _with_impact(
        self, connection: AsyncConnection, row: ImportRow, caller: Caller
    ) -> ImportRow:
        """The import with its impact under way, if anything would change and nothing is wrong."""
        report = row.document["report"]
        changes = sum(
            report[name][kind]
            for name in ("areas", "bodies")
            for kind in ("added", "changed", "ended")
        )
        if report["errors"] or not changes:
            return row
        params = {"of": OF, "import": str(row.id), "edition": report["edition"]}
        impact = await jobs.enqueue(
            connection, JOB_KIND, params, caller.client, caller.areas, self.jobs_per_client
        )
        return _changed(row, row.revision, impact=str(impact))

    async def _take_effect(
        self,
        connection: AsyncConnection,
        before: Jurisdiction,
        row: ImportRow,
        report: Report,
        caller: Caller,
        violations: Sequence[Violation],
        *,
        accept_holes: bool,
    ) -> tuple[ImportRow, Sequence[NewEvent]]:
        if violations:
            raise Refusal("directory-invalid", *violations[:SHOWN], count=len(violations))
        refuse_holes(caller, report.holes, accepted=accept_holes)
        done: Changed = await self.change.apply(
            connection, before, report.change, caller, row.document["reason"], report.holes
        )
        told = {"state": "active", "activated_by": caller.client, "done": done.answer()}
        return _changed(row, row.revision, **told), done.events

    async def _open(
        self, connection: AsyncConnection, caller: Caller, identifier: UUID, if_match: str | None
    ) -> ImportRow:
        """An import that is still inactive, locked, as the caller has read it."""
        row = await directory_import_rows.find(connection, identifier, lock=True)
        if row is None or not is_seen_by(caller, row):
            raise Refusal("not-found")
        check_if_match(if_match, row.revision)
        if row.document["state"] != "inactive":
            raise Refusal("import-closed", id=str(identifier), state=row.document["state"])
        return row


def is_seen_by(caller: Caller, row: ImportRow) -> bool:
    """Whether an import lies in the caller's areas as a whole; one in none is its client's own."""
    inside = caller.areas is None or all(caller.may_see(area) for area in row.areas)
    return inside and (caller.areas is None or bool(row.areas) or row.client == caller.client)


def _changed(row: ImportRow, revision: int, **members: Any) -> ImportRow:
    document = {**row.document, "revision": revision, **members}
    return replace(row, revision=revision, document=document)


def _around(change: DirectoryChange, before: Directory) -> list[str]:
    """The areas that a change lies in: those that lie in none of the others by their codes."""
    found: list[str] = []
    for code in sorted(change.codes(before), key=area_prefix):
        if not found or not code.startswith(area_prefix(found[-1])):
            found.append(code)
    return found


def document_seen_by(caller: Caller, document: dict[str, Any]) -> dict[str, Any]:
    """An import's document without what a limited caller may not see of whom its holes hit."""
    return {**document, "report": report_seen_by(caller, document["report"])}


def _answer(caller: Caller, row: ImportRow, status: int) -> StoredAnswer:
    """The document; 202 with the job's address while one reassesses."""
    job = (row.document["done"] or {}).get("job")
    location = f"/v1/jobs/{job}" if job else f"/v1/directory/imports/{row.id}"
    body = orjson.dumps(document_seen_by(caller, row.document)).decode()
    return StoredAnswer(202 if job else status, location, body)


def _moved(row: ImportRow, report: Report, told: Sequence[ItemRow]) -> Refusal:
    """Every item with which something else would happen than its report says."""
    pairs = zip(given_rows(told), given_rows(report.items), strict=True)
    violations = [
        Violation(f"/{new.number}", "directory_moved", new.key,
                  {"told": old.change, "found": new.change})
        for old, new in pairs
        if (old.change, old.before, old.errors) != (new.change, new.before, new.errors)
    ]  # fmt: skip
    return Refusal(
        "directory-moved",
        *violations[:SHOWN],
        id=str(row.id),
        compared=row.document["report"]["edition"],
        edition=report.sums["edition"],
        count=len(violations),
    )
