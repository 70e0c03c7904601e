"""Unpacks a spreadsheet into lines of JSON arrays: a program of its own, run for each file.

A small file can claim to be a huge sheet, and the reader lays a sheet out in memory as a whole. So
the reading is done by a process that the kernel limits in memory, time and what it writes, and that
takes nobody with it when it dies.

    python -m registry_api.imports.files.spreadsheet_unpacking SOURCE TARGET

The first line written is `{"line": …}`, where the header stands; every further line is a row of
the sheet from the header on, blank ones included, as an array of texts. A row whose cells were
filled from a merged cell is an object `{"merged": [places], "cells": […]}`. Ends with status 3 and
a line on stdout that names the rule when the file can't be read.
"""

import sys
from collections.abc import Iterator, Sequence
from datetime import date, datetime, time, timedelta
from typing import Any, BinaryIO, NoReturn

import orjson
from python_calamine import CalamineError, CalamineSheet, CalamineWorkbook

from registry_api.core.organization.columns import columns_by_header, is_reason
from registry_api.imports.files.ndjson import ORIGINAL

REFUSED = 3
"""Exit status for a file that can't be read."""

MEMORY_LIMIT = 2 * 1024**3
SECONDS_LIMIT = 120
WRITTEN_LIMIT = 4 * 1024**3

_HEADER_WITHIN = 20
"""The header is looked for in so many rows: titles and notes may stand above it."""
_EXACT_DIGITS = 10**15
"""Spreadsheets keep 15 digits of a number: a longer one is not what was typed."""
_MERGED_ROWS = 2_000_000
"""Rows that merged cells may cover in all; a real sheet has fewer."""

Cell = int | float | str | bool | date | datetime | time | timedelta
Corner = tuple[int, int]


def main(source: str, target: str) -> None:
    """Unpack the first sheet that has a header we know."""
    _limit_ourselves()
    try:
        with CalamineWorkbook.from_path(source) as book, open(target, "wb") as out:  # noqa: PTH123
            for name in book.sheet_names:
                sheet = book.get_sheet_by_name(name)
                if _unpack(sheet, out):
                    return
    except (CalamineError, OSError, ValueError, RuntimeError) as error:
        _refuse("unreadable_spreadsheet", str(error))
    except BaseException as error:  # a panic of the reader is a BaseException
        _refuse("unreadable_spreadsheet", type(error).__name__)
    _refuse("no_header", "")


def _limit_ourselves() -> None:
    try:
        import resource  # noqa: PLC0415
    except ImportError:  # no such limits on this system
        return
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY_LIMIT, MEMORY_LIMIT))
    resource.setrlimit(resource.RLIMIT_CPU, (SECONDS_LIMIT, SECONDS_LIMIT))
    resource.setrlimit(resource.RLIMIT_FSIZE, (WRITTEN_LIMIT, WRITTEN_LIMIT))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


def _refuse(rule: str, error: str) -> NoReturn:
    print(f"{rule}\t{error[:200]}")  # noqa: T201
    sys.exit(REFUSED)


def _unpack(sheet: CalamineSheet, out: BinaryIO) -> bool:
    """Write the rows from the header on; False when the sheet has no header."""
    if sheet.start is None:
        return False
    top, left = sheet.start
    merged = _rows_below_merged(sheet.merged_cell_ranges or (), left)
    width = 0
    previous: list[str] = []
    for number, values in enumerate(sheet.iter_rows(), start=top):
        cells = [_text(value) for value in values]
        if not width:
            if _is_header(cells):
                width = max(place for place, cell in enumerate(cells) if cell.strip()) + 1
                out.write(orjson.dumps({"line": number + 1}) + b"\n")
            elif number - top >= _HEADER_WITHIN:
                return False
            else:
                continue
        filled = _fill(cells, previous, merged.get(number, ()))
        line = _cut(cells, width)
        out.write(orjson.dumps({"merged": filled, "cells": line} if filled else line) + b"\n")
        previous = cells
    return width > 0


def _cut(cells: list[str], width: int) -> list[str]:
    """As wide as the header: what a sheet calls its width counts formatted empty cells."""
    beyond = [cell for cell in cells[width:] if cell]
    return cells if beyond else cells[:width]


def _is_header(cells: Sequence[str]) -> bool:
    filled = [cell.strip().casefold() for cell in cells if cell.strip()]
    known = columns_by_header()
    matches = sum(cell in known or cell == ORIGINAL or is_reason(cell) for cell in filled)
    return matches * 2 >= len(filled) > 0


def _rows_below_merged(ranges: Sequence[tuple[Corner, Corner]], left: int) -> dict[int, list[int]]:
    """By row, the places that a merged cell covers which began in a row above.

    A cell merged over rows says the same of each; one merged over columns says it of the first.
    """
    has_header: dict[int, list[int]] = {}
    budget = _MERGED_ROWS
    for (top, column), (bottom, _) in ranges:
        budget -= bottom - top
        if budget < 0:
            raise ValueError("too many merged cells")
        for row in range(top + 1, bottom + 1):
            has_header.setdefault(row, []).append(column - left)
    return has_header


def _fill(cells: list[str], previous: Sequence[str], places: Sequence[int]) -> list[int]:
    """Repeat the row above at `places`; those where that put something."""
    filled = []
    for place in places:
        if 0 <= place < min(len(cells), len(previous)) and previous[place] and not cells[place]:
            cells[place] = previous[place]
            filled.append(place)
    return filled


def _text(value: Cell) -> str:
    """A cell as somebody would have typed it."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int | float):
        return _number(value)
    if isinstance(value, datetime):
        return value.isoformat(" ") if value.time() != time() else value.date().isoformat()
    return value.isoformat() if isinstance(value, date | time) else str(value)


def _number(value: float) -> str:
    if abs(value) >= _EXACT_DIGITS:
        return f"{value:E}"
    return str(int(value)) if value == int(value) else repr(value)


def unpacked_lines(file: BinaryIO) -> Iterator[Any]:
    """What `main` wrote, line by line."""
    return map(orjson.loads, file)


if __name__ == "__main__":
    main(*sys.argv[1:])
