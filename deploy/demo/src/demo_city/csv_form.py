"""The CSV form of organization documents: one column per leaf, headed by its path in the document.

``registration.authority.division_code`` is the field ``division_code`` of ``authority`` of
``registration``. An empty cell is ``null``; booleans are ``true`` and ``false``; names in a list
are joined by ``；``, which no name contains. An object that may be ``null`` is ``null`` when all
its cells are empty, so an object of nothing but nulls does not survive the way there and back.
"""

import csv
from collections.abc import Iterable, Iterator
from typing import Any, TextIO

LIST_SEPARATOR = "；"

COLUMNS: dict[str, type] = {
    "credit_code": str,
    "filing_number": str,
    "credit_code_waiver": str,
    "name": str,
    "kind": str,
    "institution_type": str,
    "category": str,
    "registration.mode": str,
    "registration.level": str,
    "registration.authority.name": str,
    "registration.authority.division_code": str,
    "registration.registered_on": str,
    "business_supervisor.name": str,
    "business_supervisor.system": str,
    "licence_issuer": str,
    "affiliation": str,
    "domicile.division_code": str,
    "domicile.address": str,
    "status": str,
    "full_time_staff": int,
    "sponsor": str,
    "grade.level": str,
    "grade.announced_on": str,
    "grade.valid_until": str,
    "charter.state": str,
    "charter.wording": str,
    "charter.on": str,
    "party.full_members": int,
    "party.probationary_members": int,
    "party.organization.form": str,
    "party.organization.mode": str,
    "party.organization.with": list,
    "party.organization.established_on": str,
    "party.organization.secretary.post": str,
    "party.organization.secretary.cross_posted": bool,
    "party.organization.secretary.appointed_on": str,
    "party.instructor.assigned_on": str,
    "party.liaison.assigned_on": str,
    "party.organizer.assigned_on": str,
    "predecessors": list,
    "successors": list,
}
"""Path → type of the leaf, in the order of the columns."""

NULLABLE_OBJECTS = (
    "business_supervisor",
    "domicile",
    "grade",
    "party.organization.secretary",
    "party.organization",
    "party.instructor",
    "party.liaison",
    "party.organizer",
)
"""Objects that are ``null`` when nothing is known, inner ones first."""

_PATHS = tuple(tuple(column.split(".")) for column in COLUMNS)


def to_row(document: dict[str, Any]) -> list[str]:
    """The cells of a document, in the order of :data:`COLUMNS`."""
    return [_cell(_leaf(document, path)) for path in _PATHS]


def from_row(row: dict[str, str]) -> dict[str, Any]:
    """The document of a row (column → cell); raises :class:`KeyError` for a missing column."""
    document: dict[str, Any] = {}
    for (column, of_type), path in zip(COLUMNS.items(), _PATHS, strict=True):
        inner = document
        for key in path[:-1]:
            inner = inner.setdefault(key, {})
        inner[path[-1]] = _value(row[column], of_type)
    for name in NULLABLE_OBJECTS:
        *outer, last = name.split(".")
        holder = _leaf(document, tuple(outer))
        if all(value in (None, []) for value in holder[last].values()):
            holder[last] = None
    return document


def write(documents: Iterable[dict[str, Any]], out: TextIO) -> int:
    """Writes a header and a row per document; returns how many documents."""
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(COLUMNS)
    written = 0
    for document in documents:
        writer.writerow(to_row(document))
        written += 1
    return written


def read(lines: Iterable[str]) -> Iterator[dict[str, Any]]:
    """Yields the documents of a CSV text with these columns, in any order."""
    for row in csv.DictReader(lines):
        yield from_row(row)


def _leaf(document: Any, path: tuple[str, ...]) -> Any:
    for key in path:
        if document is None:
            return None
        document = document[key]
    return document


def _cell(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, list):
        return LIST_SEPARATOR.join(value)
    return str(value)


def _value(cell: str, of_type: type) -> Any:
    if of_type is list:
        return cell.split(LIST_SEPARATOR) if cell else []
    if not cell:
        return None
    if of_type is bool:
        return cell == "true"
    return of_type(cell)
