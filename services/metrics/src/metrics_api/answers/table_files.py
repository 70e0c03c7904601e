"""Tables of answers as files, page by page: memory stays at a page however long the list is."""

import io
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import IO, Protocol

from xlsxwriter.format import Format
from xlsxwriter.worksheet import Worksheet

from metrics_api.answers.tables import AnswerTable, Cell, Language
from servicekit.errors import read_texts
from servicekit.tables import BOM, MAX_SHEET_ROWS, csv_lines, guarded, new_workbook

_SHARES = ("rate", "goal", "short_by_at_most")
_WIDTH = 16
_TITLE = 31
"""Characters that the name of a sheet may have."""
_EPOCH = datetime(2000, 1, 1, tzinfo=UTC)


class SheetFullError(Exception):
    """More rows than a sheet of XLSX holds."""


class TableFile(Protocol):
    """A file in the making: the first table gives the header, all give rows, `close` the notes."""

    def add(self, table: AnswerTable) -> None:
        """Add the rows of one page. Raises `SheetFullError`."""

    def close(self) -> None:
        """Write what stands beside the rows; the file is whole."""


class CsvFile:
    """The rows, and after an empty line what stands beside them, two cells a line."""

    def __init__(self, target: IO[bytes]) -> None:
        self._target = target
        self._first: AnswerTable | None = None

    def add(self, table: AnswerTable) -> None:
        """Add the rows of one page."""
        if self._first is None:
            self._first = table
            self._target.write(BOM + csv_lines([table.header]))
        self._lines(table.rows)

    def close(self) -> None:
        """Write the notes of the first page."""
        if self._first is not None:
            self._lines([[], *self._first.notes])

    def _lines(self, rows: Sequence[Sequence[Cell]]) -> None:
        self._target.write(csv_lines([_text(cell) for cell in row] for row in rows))


class XlsxFile:
    """A workbook with a sheet of rows for each table begun, and a last one with all notes.

    Its bytes depend on nothing but the answers and `made_at`.
    """

    def __init__(self, target: IO[bytes], language: Language, made_at: datetime | None) -> None:
        created = (made_at or _EPOCH).astimezone(UTC).replace(tzinfo=None)
        self._book = new_workbook(target, in_memory=True)
        self._book.set_properties({"created": created})
        self._bold: Format = self._book.add_format({"bold": True})
        self._share: Format = self._book.add_format({"num_format": "0.0%"})
        self._ratio: Format = self._book.add_format({"num_format": "0.00"})
        self._language = language
        self._sheet: Worksheet | None = None
        self._formats: list[Format | None] = []
        self._next = 0
        self._notes: list[list[Cell]] = []

    def begin(self, name: str, table: AnswerTable) -> None:
        """Begin a sheet with the header of `table`."""
        self._sheet = self._book.add_worksheet(name[:_TITLE])
        self._sheet.set_column(0, max(0, len(table.paths) - 1), _WIDTH)
        self._sheet.freeze_panes(1, 0)
        share = self._share if table.in_percent else self._ratio
        self._formats = [share if path[-1] in _SHARES else None for path in table.paths]
        self._next = 1
        _write(self._sheet, 0, table.header, [self._bold] * len(table.header))
        if self._notes:
            self._notes.append([])
        self._notes += table.notes

    def add(self, table: AnswerTable) -> None:
        """Add the rows of one page. Raises `SheetFullError`."""
        if self._sheet is None:
            self.begin(self._text("data"), table)
        assert self._sheet is not None
        for row in table.rows:
            if self._next > MAX_SHEET_ROWS:
                raise SheetFullError
            _write(self._sheet, self._next, row, self._formats)
            self._next += 1

    def _text(self, name: str) -> str:
        text = read_texts("metrics_api", "tables")[name]
        return text.zh if self._language == "zh" else text.en

    def close(self) -> None:
        """Write the notes of all tables."""
        notes = self._book.add_worksheet(self._text("receipt"))
        notes.set_column(0, 1, 3 * _WIDTH)
        for number, row in enumerate(self._notes):
            _write(notes, number, row, [self._bold, None][: len(row)])
        self._book.close()


def csv_file(table: AnswerTable) -> bytes:
    """One table as CSV."""
    target = io.BytesIO()
    file = CsvFile(target)
    file.add(table)
    file.close()
    return target.getvalue()


def xlsx_file(table: AnswerTable, language: Language, made_at: datetime | None) -> bytes:
    """One table as XLSX."""
    target = io.BytesIO()
    file = XlsxFile(target, language, made_at)
    file.add(table)
    file.close()
    return target.getvalue()


def _text(cell: Cell) -> str:
    return "" if cell is None else guarded(cell) if isinstance(cell, str) else str(cell)


def _write(
    sheet: Worksheet, number: int, cells: Sequence[Cell], formats: Sequence[Format | None]
) -> None:
    """One line; numbers as numbers, all else as text, never as a formula."""
    for place, (cell, form) in enumerate(zip(cells, formats, strict=True)):
        if isinstance(cell, str):
            sheet.write_string(number, place, cell, form)
        elif cell is not None:
            sheet.write_number(number, place, cell, form)
