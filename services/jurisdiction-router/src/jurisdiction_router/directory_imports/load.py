"""Loading an import of areas and bodies: kept without effect, with a report and an impact.

An import is bound to the edition of the jurisdiction it was compared with. Has that moved on, it is
compared again before it may be activated: what its report says is what will happen.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar, NamedTuple
from uuid import UUID

from jurisdiction_router.core.directory.areas_and_bodies import Body
from jurisdiction_router.core.directory.change import AreaEntry, DirectoryChange
from jurisdiction_router.core.directory.directory import Directory
from jurisdiction_router.core.refusals import DirectoryInvalid, DirectoryLeavesHoles, ImportClosed
from jurisdiction_router.directory_changes.apply import check_reach
from jurisdiction_router.directory_imports import rows
from jurisdiction_router.directory_imports.activate import ActivateImport
from jurisdiction_router.directory_imports.compare import (
    CompareDirectory,
    Report,
    change_of,
    document_of,
    error_of,
    items_of,
    pointers_of,
)
from jurisdiction_router.directory_imports.documents import KIND, answer, changed, lock_inactive
from jurisdiction_router.directory_imports.rows import ImportRow, ItemRow
from jurisdiction_router.impacts.compute import JOB_KIND
from jurisdiction_router.jurisdiction.current import CurrentJurisdiction
from servicekit import jobs
from servicekit.auth import Caller, area_prefix
from servicekit.errors import (
    IdempotencyConflict,
    NotFound,
    OutsideAreas,
    PreconditionFailed,
    PreconditionRequired,
    TooManyJobs,
    Violation,
    refuses,
)
from servicekit.ids import uuid7
from servicekit.ledger import Attempt, Change, Changes, StoredAnswer
from servicekit.time import Clock


class RequestedItem(NamedTuple):
    """An item as it was sent: `item` None where it cannot be read, and why in `violations`.

    `pointer` is where it stands in the request; the violations' pointers begin at the item.
    """

    pointer: str
    line: int | None
    what: str | None
    key: str | None
    item: AreaEntry | Body | None
    violations: Sequence[Violation] = ()


class Request(NamedTuple):
    """What was sent, in which format, and why."""

    items: Sequence[RequestedItem]
    format: str
    reason: str | None


@dataclass(frozen=True, slots=True)
class LoadImport:
    """The use case, with what it needs."""

    refusals: ClassVar = (
        DirectoryInvalid,
        DirectoryLeavesHoles,
        OutsideAreas,
        IdempotencyConflict,
        TooManyJobs,
    )

    changes: Changes
    clock: Clock
    current: CurrentJurisdiction
    compare: CompareDirectory
    activation: ActivateImport
    jobs_per_client: int

    async def __call__(
        self,
        caller: Caller,
        request: Request,
        attempt: Attempt,
        *,
        activate: bool,
        accept_holes: bool = False,
    ) -> StoredAnswer:
        """Store an import with its report; with `activate`, have it take effect at once.

        What is wrong with it is in the report.
        """
        items = [self._row(number, sent) for number, sent in enumerate(request.items, start=1)]
        pointers = {
            row.number: item.pointer for row, item in zip(items, request.items, strict=True)
        }
        readable = items_of(items)
        whole = change_of([*readable.values()])
        async with self.changes.begin(caller, attempt) as change:
            if change.replayed:
                return change.replayed
            before = await self.current.hold(change.connection, "alone" if activate else "shared")
            check_reach(caller, before.directory, whole, pointers_of(readable, pointers))
            report = await self.compare(change.connection, before, items)
            row = self._import(caller, request, report, _around(whole, before.directory))
            if activate:
                row = await self.activation.take_effect(
                    change, before, row, report, caller, report.violations(pointers),
                    accept_holes=accept_holes,
                )  # fmt: skip
            else:
                row = await self._with_impact(change, row, caller)
            await rows.put(change.connection, row)
            await rows.put_items(change.connection, row.id, report.items)
            return answer(change, caller, row, 201)

    @refuses(
        NotFound,
        ImportClosed,
        PreconditionFailed,
        PreconditionRequired,
        IdempotencyConflict,
        TooManyJobs,
    )
    async def compare_again(
        self, caller: Caller, identifier: UUID, attempt: Attempt
    ) -> StoredAnswer:
        """Compare an import with the directory as it is now, and store the new report."""
        async with self.changes.begin(caller, attempt) as change:
            if change.replayed:
                return change.replayed
            before = await self.current.hold(change.connection, "shared")
            row = await lock_inactive(change.connection, caller, identifier, attempt)
            items = await rows.items(change.connection, identifier)
            report = await self.compare(change.connection, before, items)
            row = changed(row, row.revision + 1, report=report.sums, impact=None)
            row = await self._with_impact(change, row, caller)
            await rows.put(change.connection, row)
            await rows.put_items(change.connection, identifier, report.items)
            return answer(change, caller, row, 200)

    def _row(self, number: int, sent: RequestedItem) -> ItemRow:
        after = None if sent.item is None else document_of(sent.item, self.clock.today())
        errors = [error_of(violation) for violation in sent.violations]
        return ItemRow(number, sent.line, sent.what, sent.key, "refused", None, after, errors)

    def _import(
        self, caller: Caller, request: Request, report: Report, areas: list[str]
    ) -> ImportRow:
        identifier = uuid7()
        document = {
            "id": str(identifier), "state": "inactive", "format": request.format,
            "reason": request.reason, "recorded_by": caller.client,
            "recorded_at": self.clock.now().isoformat(), "activated_by": None,
            "revision": 1, "report": report.sums, "impact": None, "done": None,
        }  # fmt: skip
        return ImportRow(identifier, caller.client, areas, 1, document)

    async def _with_impact(self, change: Change, row: ImportRow, caller: Caller) -> ImportRow:
        """The import with its impact under way, if anything would change and nothing is wrong."""
        report = row.document["report"]
        changes = sum(
            report[name][kind]
            for name in ("areas", "bodies")
            for kind in ("added", "changed", "ended")
        )
        if report["errors"] or not changes:
            return row
        params = {"of": KIND, "import": str(row.id), "edition": report["edition"]}
        impact = await jobs.enqueue(
            change.connection, JOB_KIND, params, caller.client, caller.areas, self.jobs_per_client
        )
        return changed(row, row.revision, impact=str(impact))


def _around(change: DirectoryChange, before: Directory) -> list[str]:
    """The areas that a change lies in: those that lie in none of the others by their codes."""
    areas: list[str] = []
    for code in sorted(change.codes(before), key=area_prefix):
        if not areas or not code.startswith(area_prefix(areas[-1])):
            areas.append(code)
    return areas
