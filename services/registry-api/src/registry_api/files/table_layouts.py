"""What the rows of a table are: cells of fields, or whole documents in one column; mended or not.

The list of refused rows is sent again when it is mended. A row in which the reasons still stand
counts as not mended, whatever its cells say: a row that was too short has been filled up in the
list, and one whose code stands on another line would overwrite what that line has said.
"""

from collections.abc import Sequence
from typing import Protocol

from registry_api.domain.columns import is_reason
from registry_api.files.layout import Layout
from registry_api.files.ndjson_rows import ORIGINAL, document_row
from registry_api.files.rows import BrokenRow, FileRow
from servicekit.errors import Violation
from servicekit.tables import unguarded


class RowLayout(Protocol):
    """Makes rows of cells."""

    @property
    def header(self) -> Sequence[str]:
        """The columns as they are written."""
        ...

    @property
    def passed_over(self) -> Sequence[Violation]:
        """A notice of each column that says nothing to us."""
        ...

    def row(self, line: int, cells: Sequence[str]) -> FileRow:
        """The row that `cells` are."""
        ...


def layout_of(header: Sequence[str], line: int = 1) -> RowLayout:
    """The layout that a header names. Raises FileRefused for a header that does not fit."""
    places = [place for place, cell in enumerate(header) if is_reason(cell)]
    original = next((n for n, cell in enumerate(header) if cell.strip() == ORIGINAL), None)
    layout = Layout(header, line) if original is None else _Documents(header, original)
    return _MendedRows(layout, places) if places else layout


class _MendedRows:
    """A list of refused rows that came back."""

    def __init__(self, layout: RowLayout, places: Sequence[int]) -> None:
        self.header = layout.header
        self.passed_over = layout.passed_over
        self._layout = layout
        self._places = places

    def row(self, line: int, cells: Sequence[str]) -> FileRow:
        """The row, refused where its reasons still stand."""
        for place in self._places:
            if place < len(cells) and (reason := cells[place].strip()):
                return BrokenRow(line, cells, [Violation("", "not_mended", reason)])
        return self._layout.row(line, cells)


class _Documents:
    """A table with the lines of an NDJSON file in one of its columns."""

    def __init__(self, header: Sequence[str], place: int) -> None:
        self.header = tuple(header)
        self.passed_over = [
            Violation("", "column_passed_over", cell.strip())
            for n, cell in enumerate(header)
            if n != place and cell.strip() and not is_reason(cell)
        ]
        self._place = place

    def row(self, line: int, cells: Sequence[str]) -> FileRow:
        """The document in its cell."""
        text = unguarded(cells[self._place].strip()) if self._place < len(cells) else ""
        return document_row(line, text.encode(), cells)
