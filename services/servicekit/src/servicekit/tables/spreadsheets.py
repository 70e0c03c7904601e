"""Tables as files that spreadsheets open as they are meant: CSV and XLSX."""

import csv
import io
import re
from collections.abc import Iterable, Sequence
from typing import IO, Any

import xlsxwriter

BOM = b"\xef\xbb\xbf"
"""Without this mark before a CSV, spreadsheets take UTF-8 for something else."""

MAX_SHEET_ROWS = 1_048_575
"""Rows of a sheet below its header."""

CSV_MEDIA_TYPE = "text/csv"
XLSX_MEDIA_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"

_FORMULA = re.compile(r"'*(?:[=@\t\r]|[+\-](?![0-9.,]*$))")
"""How a formula begins; a number is none."""

_OPTIONS = {
    "constant_memory": True,
    "strings_to_formulas": False,
    "strings_to_urls": False,
    "strings_to_numbers": False,
}


def csv_lines(rows: Iterable[Sequence[str]]) -> bytes:
    """Rows as CSV."""
    text = io.StringIO()
    csv.writer(text, lineterminator="\r\n").writerows(rows)
    return text.getvalue().encode()


def new_workbook(target: IO[bytes], **options: Any) -> xlsxwriter.Workbook:
    """A workbook that will be written to `target` when it is closed; text stays text."""
    return xlsxwriter.Workbook(target, {**_OPTIONS, **options})


def guarded(text: str) -> str:
    """An apostrophe stands before what a spreadsheet would take for a formula.

    Names and addresses come from outside; one such as =HYPERLINK(…) must stay text on an
    official's screen (OWASP, CSV injection).
    """
    return f"'{text}" if _FORMULA.match(text) else text


def unguarded(text: str) -> str:
    """The text as it was before `guarded`."""
    return text[1:] if text.startswith("'") and _FORMULA.match(text) else text
