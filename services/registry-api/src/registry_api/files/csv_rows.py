"""CSV: Chinese or English headers in any order, UTF-8 or GB18030, read as a stream.

Semicolons and tabs are taken for commas, as some spreadsheets write them, and this is told.
"""

import csv
import io
from collections.abc import Generator, Iterator
from contextlib import closing
from typing import Any, BinaryIO

from registry_api.files.decoding import encoding_of
from registry_api.files.layout import recognised
from registry_api.files.rows import FileRefused, FileRow
from registry_api.files.table import Table
from registry_api.files.table_layouts import layout_of
from servicekit.errors import Violation

MAX_LINE = 1_000_000

_DELIMITERS = {",": ",", ";": ";", "\t": "TAB"}

csv.field_size_limit(MAX_LINE)


def scan_csv(file: BinaryIO) -> Table:
    """The table in a file that can be read to its end.

    Raises FileRefused for an unknown encoding, a header that does not fit, broken quotes.
    """
    encoding = encoding_of(file)
    delimiter = _delimiter(file, encoding)
    with closing(_records(file, encoding, delimiter)) as records:
        layout = layout_of(next(records)[1])
        total = sum(1 for _ in records)
    notices = list(layout.passed_over)
    if delimiter != ",":
        notices.append(Violation("", "delimiter", _DELIMITERS[delimiter]))
    return Table(layout.header, total, notices, {"encoding": encoding, "delimiter": delimiter})


def csv_rows(file: BinaryIO, table: Table) -> Generator[FileRow, None, None]:
    """The rows of a scanned file, lazily."""
    with closing(_records(file, table.facts["encoding"], table.facts["delimiter"])) as records:
        layout = layout_of(next(records)[1])
        for line, cells in records:
            yield layout.row(line, cells)


def _delimiter(file: BinaryIO, encoding: str) -> str:
    """The one that splits the header into the most columns we know; a comma in doubt."""
    file.seek(0)
    text = io.TextIOWrapper(file, encoding=encoding, newline="")
    line = text.readline(MAX_LINE)
    text.detach()
    file.seek(0)

    def known(delimiter: str) -> int:
        try:
            return recognised(next(csv.reader([line], delimiter=delimiter), []))
        except csv.Error:
            return 0

    return max(_DELIMITERS, key=known)


def _records(
    file: BinaryIO, encoding: str, delimiter: str
) -> Generator[tuple[int, list[str]], None, None]:
    """(line, cells) of the header and of each row that is not blank."""
    file.seek(0)
    text = io.TextIOWrapper(file, encoding=encoding, newline="")
    try:
        reader = csv.reader(_lines(text), delimiter=delimiter, strict=True)
        header = _next(reader)
        if header is None or not any(cell.strip() for cell in header):
            raise FileRefused(1, Violation("", "no_header", None))
        yield 1, header
        while (cells := _next(reader)) is not None:
            if any(cells) and any(cell.strip() for cell in cells):
                yield reader.line_num, cells
    finally:
        text.detach()
        file.seek(0)


def _lines(text: io.TextIOWrapper) -> Iterator[str]:
    """Lines no longer than MAX_LINE, so that a file without line ends can't fill the memory."""
    number = 0
    while line := text.readline(MAX_LINE + 1):
        number += 1
        if len(line) > MAX_LINE:
            raise FileRefused(number, Violation("", "line_too_long", None, {"limit": MAX_LINE}))
        yield line


def _next(reader: Any) -> list[str] | None:
    try:
        cells: list[str] | None = next(reader, None)
    except csv.Error as error:
        raise FileRefused(
            reader.line_num, Violation("", "malformed_csv", None, {"error": str(error)})
        ) from None
    return cells
