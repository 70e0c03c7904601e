"""Writing XLSX row by row to a file: memory stays the same however many rows there are."""

from collections.abc import Sequence
from itertools import zip_longest

import xlsxwriter
from xlsxwriter.format import Format
from xlsxwriter.worksheet import Worksheet

_WIDTH = 16


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
