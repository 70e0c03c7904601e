"""Documents of directory imports: what is stored, what a caller sees, what is answered."""

from dataclasses import replace
from typing import Any, Final
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncConnection

from jurisdiction_router.core.refusals import ImportClosed
from jurisdiction_router.directory_changes.find_holes import report_visible_to
from jurisdiction_router.directory_imports import rows
from jurisdiction_router.directory_imports.rows import ImportRow
from servicekit.auth import Caller
from servicekit.errors import NotFound
from servicekit.ledger import Attempt, Change, StoredAnswer

KIND: Final = "directory_import"
"""What an impact of an import is of, in its job's parameters."""


def is_visible(caller: Caller, row: ImportRow) -> bool:
    """Whether an import lies in the caller's areas as a whole; one in none is its client's own."""
    inside = caller.areas is None or all(caller.may_see(area) for area in row.areas)
    return inside and (caller.areas is None or bool(row.areas) or row.client == caller.client)


def changed(row: ImportRow, revision: int, **members: Any) -> ImportRow:
    """The import with these members of its document changed."""
    document = {**row.document, "revision": revision, **members}
    return replace(row, revision=revision, document=document)


def document_visible_to(caller: Caller, document: dict[str, Any]) -> dict[str, Any]:
    """An import's document without what a limited caller may not see of whom its holes hit."""
    return {**document, "report": report_visible_to(caller, document["report"])}


async def lock_inactive(
    connection: AsyncConnection, caller: Caller, identifier: UUID, attempt: Attempt
) -> ImportRow:
    """An import that is still inactive, locked, as the caller has read it.

    Raises Refusal `not-found`, `import-closed`, `precondition-failed`, `precondition-required`.
    """
    row = await rows.find(connection, identifier, lock=True)
    if row is None or not is_visible(caller, row):
        raise NotFound()
    attempt.check(row.revision)
    if row.document["state"] != "inactive":
        raise ImportClosed(id=str(identifier), state=row.document["state"])
    return row


def answer(change: Change, caller: Caller, row: ImportRow, status: int) -> StoredAnswer:
    """Answer with the document; 202 with the job's address while one reassesses."""
    job = (row.document["done"] or {}).get("job")
    location = f"/v1/jobs/{job}" if job else f"/v1/directory/imports/{row.id}"
    return change.answer(
        202 if job else status, document_visible_to(caller, row.document), location
    )
