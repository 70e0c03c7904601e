"""NDJSON: one organization document a line, as the export writes it."""

from collections.abc import Generator, Iterator, Sequence
from typing import Any, BinaryIO

import orjson
from pydantic import BaseModel

from registry_api.domain.columns import IGNORED, REASON_MEMBER
from registry_api.domain.organization import OrganizationState, State, complete, shape
from registry_api.files.rows import BrokenRow, FileRow
from registry_api.files.table import Table
from servicekit.errors import Violation

MAX_LINE = 1_000_000
MAX_DEPTH = 20
"""The deepest document there is has 5 levels; orjson and Python's own stack end at hundreds."""

ORIGINAL = "原文"
"""The column that shows a line in the list of refused rows."""


class DocumentRow(FileRow):
    """A line with a JSON object, whatever stands in it."""

    __slots__ = ("_document",)

    def __init__(self, line: int, cells: Sequence[str], document: State) -> None:
        super().__init__(line, cells)
        self._document = document

    def patch(self) -> State:
        """The document as it was sent."""
        return self._document

    def state(self) -> State:
        """The document with all other fields."""
        return complete(self._document)

    def leaf(self, *path: str) -> Any:
        """What stands at `path`, whatever it is."""
        value: Any = self._document
        for key in path:
            value = value.get(key) if isinstance(value, dict) else None
        return value


def ndjson_rows(file: BinaryIO, table: Table) -> Generator[FileRow, None, None]:
    """The rows of an NDJSON file, lazily; a line that is not a JSON object is a row's error."""
    file.seek(0)
    number = 0
    while line := file.readline(MAX_LINE + 1):
        number += 1
        if len(line) > MAX_LINE:
            while line and not line.endswith(b"\n"):
                line = file.readline(MAX_LINE)
            yield BrokenRow(
                number, ("",), [Violation("", "line_too_long", None, {"limit": MAX_LINE})]
            )
        elif stripped := line.strip().removeprefix(b"\xef\xbb\xbf"):
            yield document_row(number, stripped)


def scan_ndjson(file: BinaryIO) -> Table:
    """The number of rows; any text file can be read to its end, line by line."""
    file.seek(0)
    total, at_start = 0, True
    while line := file.readline(MAX_LINE):
        total += at_start and bool(line.strip())
        at_start = line.endswith(b"\n")
    return Table((ORIGINAL,), total)


def document_row(number: int, line: bytes, cells: Sequence[str] | None = None) -> FileRow:
    """The row that a line of JSON is; `cells` are what it was written as, the line itself if None.

    A document that still has the errors of an earlier import counts as not mended.
    """
    cells = cells or (line.decode(errors="replace"),)
    try:
        value = orjson.loads(line)
    except orjson.JSONDecodeError as error:
        broken = Violation("", "json_invalid", None, {"error": str(error)})
        return BrokenRow(number, cells, [broken])
    if not isinstance(value, dict):
        return BrokenRow(number, cells, [Violation("", "dict_type", cells[0][:100])])
    if reasons := value.pop(REASON_MEMBER, None):
        return BrokenRow(number, cells, [Violation("", "not_mended", _told(reasons))])
    if _deeper_than(value, MAX_DEPTH):
        return BrokenRow(number, cells, [Violation("", "too_deep", None, {"limit": MAX_DEPTH})])
    document = {key: item for key, item in value.items() if key not in IGNORED}
    violations = list(_unknown_fields(document, OrganizationState, ""))
    if b"\\u0000" in line and _holds_null(document):
        violations.append(Violation("", "control_character", "\\u0000"))
    if violations:
        return BrokenRow(number, cells, violations)
    return DocumentRow(number, cells, document)


def _told(reasons: Any) -> str:
    """What the errors of an earlier import say, if they are as we wrote them."""
    listed = reasons if isinstance(reasons, list) else [reasons]
    words = [r.get("detail") if isinstance(r, dict) else r for r in listed]
    return " ".join(word for word in words if isinstance(word, str))


def _unknown_fields(document: State, model: type[BaseModel], pointer: str) -> Iterator[Violation]:
    """A misspelt field must not silently be left out."""
    nested_by_key = {key: nested for key, _, nested, _ in shape(model)}
    for key, value in document.items():
        if key not in nested_by_key:
            yield Violation(f"{pointer}/{key}", "extra_forbidden", None)
        elif (nested := nested_by_key[key]) is not None and isinstance(value, dict):
            yield from _unknown_fields(value, nested, f"{pointer}/{key}")


def _deeper_than(value: Any, levels: int) -> bool:
    if not isinstance(value, dict | list):
        return False
    inner = value.values() if isinstance(value, dict) else value
    return levels == 0 or any(_deeper_than(item, levels - 1) for item in inner)


def _holds_null(value: Any) -> bool:
    """Whether any text has U+0000, which PostgreSQL can't store."""
    if isinstance(value, dict):
        return any(map(_holds_null, value.values()))
    if isinstance(value, list):
        return any(map(_holds_null, value))
    return isinstance(value, str) and "\0" in value
