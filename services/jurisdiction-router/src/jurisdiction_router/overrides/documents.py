"""Documents of overrides and disputes: their next revision, and the events that carry them."""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any, Final

from sqlalchemy.ext.asyncio import AsyncConnection

from jurisdiction_router.overrides import rows
from jurisdiction_router.overrides.rows import StoredDocument
from servicekit.auth import Caller
from servicekit.ledger import NewEvent
from servicekit.time import Segment

OVERRIDE_EVENT: Final = "override.changed"
DISPUTE_EVENT: Final = "dispute.changed"


async def write_override(
    connection: AsyncConnection, stored: StoredDocument, changed: Mapping[str, Any]
) -> StoredDocument:
    """Store an override with these members changed, as its next revision."""
    return await _write(connection, stored, changed, rows.put_override)


async def write_dispute(
    connection: AsyncConnection, stored: StoredDocument, changed: Mapping[str, Any]
) -> StoredDocument:
    """Store a dispute with these members changed, as its next revision."""
    return await _write(connection, stored, changed, rows.put_dispute)


async def _write(
    connection: AsyncConnection, stored: StoredDocument, changed: Mapping[str, Any], put: Any
) -> StoredDocument:
    revision = stored.revision + 1
    document = {**stored.document, **changed, "revision": revision}
    written = stored._replace(revision=revision, document=document)
    await put(connection, written)
    return written


def override_event(stored: StoredDocument, caller: Caller, reason: str | None) -> NewEvent:
    """The event of an override: its document over the days on which it holds."""
    document = stored.document
    start, end = (date.fromisoformat(document[name]) for name in ("valid_from", "valid_until"))
    timeline = [Segment(start, end, document)] if start < end else []
    return _event("override", OVERRIDE_EVENT, stored, start, timeline, caller, reason)


def dispute_event(stored: StoredDocument, caller: Caller, reason: str | None, on: date) -> NewEvent:
    """The event of a dispute: its document from `on`."""
    timeline = [Segment(on, None, stored.document)]
    return _event("dispute", DISPUTE_EVENT, stored, on, timeline, caller, reason)


def _event(
    what: str,
    event: str,
    stored: StoredDocument,
    on: date,
    timeline: Sequence[Segment],
    caller: Caller,
    reason: str | None,
) -> NewEvent:
    return NewEvent(
        subject=f"{what}:{stored.id}",
        revision=stored.revision,
        type=event,
        effective_on=on,
        actor=caller.client,
        reason=reason,
        change=None,
        timeline=timeline,
        areas=[stored.area] if stored.area else [],
    )
