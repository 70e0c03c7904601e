"""Documents of restructurings: what a plan does as the API shows it, and what the ledger says."""

from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncConnection

from jurisdiction_router.core.directory.change import DirectoryChange
from jurisdiction_router.core.directory.directory import Directory
from jurisdiction_router.core.directory.documents import area_document, body_document
from jurisdiction_router.core.refusals import RestructuringAlreadyApplied
from jurisdiction_router.restructurings import rows
from jurisdiction_router.restructurings.rows import RestructuringRow
from servicekit.auth import Caller
from servicekit.errors import NotFound
from servicekit.ledger import Attempt, NewEvent
from servicekit.time import Segment


def plan_document(before: Directory, change: DirectoryChange, on: date) -> dict[str, Any]:
    """What a plan does, as the API shows it: areas and bodies as they shall be, and successors."""
    real = change.without_unchanged(before)
    return {
        "areas": [area_document(entry, on) for entry in real.areas],
        "bodies": [body_document(body) for body in real.bodies],
        "area_successors": [
            {"code": s.code, "successor": s.successor}
            for entry in sorted(real.areas, key=lambda entry: entry.area.code)
            for s in entry.successions
            if s.valid_from == on
        ],
        "body_successors": [
            {"id": body.id, "successor": body.successor}
            for body in sorted(real.bodies, key=lambda body: body.id)
            if body.valid_until == on
        ],
    }


async def lock_draft(
    connection: AsyncConnection, caller: Caller, identifier: UUID, attempt: Attempt
) -> RestructuringRow:
    """A restructuring that is not applied yet, locked, as the caller has read it.

    Raises Refusal `not-found`, `restructuring-applied`, `precondition-failed`,
    `precondition-required`.
    """
    row = await rows.find(connection, identifier, lock=True)
    if row is None or not caller.may_see(*row.areas):
        raise NotFound()
    attempt.check(row.revision)
    if row.document["state"] != "draft":
        raise RestructuringAlreadyApplied(id=str(identifier))
    return row


def restructuring_event(kind: str, row: RestructuringRow, caller: Caller) -> NewEvent:
    """The event of a restructuring, with its successions."""
    document = row.document
    on = row.effective_on
    names = ("id", "state", "title", "effective_on", "reference", "changes")
    successors = ("area_successors", "body_successors")
    state = {name: document[name] for name in names}
    state |= {name: document["plan"][name] for name in successors}
    return NewEvent(
        subject=f"restructuring:{row.id}",
        revision=row.revision,
        type=f"restructuring.{kind}",
        effective_on=on,
        actor=caller.client,
        reason=document["reason"],
        change=None,
        timeline=[Segment(on, None, state)],
        areas=row.areas,
    )
