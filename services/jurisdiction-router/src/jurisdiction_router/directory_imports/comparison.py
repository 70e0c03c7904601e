"""What an import would make of the directory, item by item."""

from collections.abc import Sequence
from datetime import date
from typing import Any, Literal, NamedTuple

from jurisdiction_router.core.directory.areas_and_bodies import Body
from jurisdiction_router.core.directory.change import DirectoryChange, GivenArea
from jurisdiction_router.core.directory.directory import Directory
from jurisdiction_router.core.directory.documents import area_document, body_document
from jurisdiction_router.core.periods import boundaries

Kind = Literal["added", "changed", "ended", "unchanged", "refused"]
KINDS: tuple[Kind, ...] = ("added", "changed", "ended", "unchanged", "refused")
"""What becomes of an item; refused is one with which something is wrong."""


class Compared(NamedTuple):
    """An item beside what is held: its documents before and after."""

    change: Kind
    before: dict[str, Any] | None
    after: dict[str, Any]


def document_of(item: GivenArea | Body, today: date) -> dict[str, Any]:
    """An area or a body as the API shows it."""
    return body_document(item) if isinstance(item, Body) else area_document(item, today)


def compared(before: Directory, item: GivenArea | Body, today: date) -> Compared:
    """Set an area or a body beside the one that is held; "ended" is one that gets an end."""
    held: GivenArea | Body | None
    if isinstance(item, Body):
        held = before.bodies.get(item.id)
    else:
        code = item.area.code
        held = GivenArea.held(before, code) if code in before.areas else None
    was = None if held is None else document_of(held, today)
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
    dates = {today, *boundaries([given.area for given in change.areas]), *boundaries(change.bodies)}
    for given in change.areas:
        dates |= boundaries(given.edges) | {former.until for former in given.area.former_names}
        dates |= {succession.valid_from for succession in given.successions}
    for body in change.bodies:
        dates |= {former.until for former in body.former_names}
    return max(dates)


def change_of(items: Sequence[GivenArea | Body]) -> DirectoryChange:
    """The items as a change of the directory."""
    return DirectoryChange(
        [item for item in items if isinstance(item, GivenArea)],
        [item for item in items if isinstance(item, Body)],
    )
