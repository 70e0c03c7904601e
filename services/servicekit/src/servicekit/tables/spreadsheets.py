"""Tables as files that spreadsheets open as they are meant: CSV and XLSX."""

import csv
import io
from collections.abc import Iterable, Sequence
from itertools import zip_longest
from typing import IO, Any

import xlsxwriter
from xlsxwriter.format import Format
from xlsxwriter.worksheet import Worksheet

from servicekit.tables.formula_guard import without_formulas

BOM = b"\xef\xbb\xbf"
"""Without this mark before a CSV, spreadsheets take UTF-8 for something else."""

MAX_SHEET_ROWS = 1_048_575
"""Rows of a sheet below its header."""

CSV_MEDIA_TYPE = "text/csv"
XLSX_MEDIA_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"

_WIDTH = 16

_OPTIONS = {
    "constant_memory": True,
    "strings_to_formulas": False,
    "strings_to_urls": False,
    "strings_to_numbers": False,
}


def csv_lines(rows: Iterable[Sequence[str]]) -> bytes:
    """Rows as CSV; no cell is a formula, even where a caller left it unguarded."""
    text = io.StringIO()
    csv.writer(text, lineterminator="\r\n").writerows(map(without_formulas, rows))
    return text.getvalue().encode()


def new_workbook(target: IO[bytes], **options: Any) -> xlsxwriter.Workbook:
    """A workbook that will be written to `target` when it is closed; text stays text."""
    return xlsxwriter.Workbook(target, {**_OPTIONS, **options})


def add_table(
    book: xlsxwriter.Workbook, name: str, numeric: Sequence[bool], header: Sequence[str]
) -> Worksheet:
    """A sheet with its header in bold, which stays in sight; text columns keep digits as text.

    `numeric` says which columns are counts.
    """
    sheet = book.add_worksheet(name)
    bold: Format = book.add_format({"bold": True})
    as_text: Format = book.add_format({"num_format": "@"})
    for place, counted in enumerate(numeric):
        sheet.set_column(place, place, _WIDTH, None if counted else as_text)
    sheet.freeze_panes(1, 0)
    for place, cell in enumerate(header):
        sheet.write_string(0, place, cell, bold)
    return sheet


def write_row(sheet: Worksheet, number: int, numeric: Sequence[bool], cells: Sequence[str]) -> None:
    """Row `number` (the header is 0); counts as numbers, all else as text.

    A row may have more cells than there are columns.
    """
    for place, (counted, cell) in enumerate(zip_longest(numeric, cells)):
        if not cell:
            continue
        if counted and cell.isdigit():
            sheet.write_number(number, place, int(cell))
        else:
            sheet.write_string(number, place, cell)
