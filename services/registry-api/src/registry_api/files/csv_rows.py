"""CSV: Chinese or English headers in any order, UTF-8 or GB18030, read as a stream."""

import csv
import io
from collections.abc import Generator, Iterator, Sequence
from contextlib import closing
from typing import Any, BinaryIO

from registry_api.domain.columns import IGNORED, BadCell, Column, columns_by_header
from registry_api.files.decoding import encoding_of
from registry_api.files.rows import FileRefused, FileRow
from servicekit.refusals import Violation

MAX_COLUMNS = 200
MAX_LINE = 1_000_000

csv.field_size_limit(MAX_LINE)


def csv_rows(file: BinaryIO) -> Generator[FileRow, None, None]:
    """The rows of a CSV file, lazily. Raises FileRefused as `scan_csv` does."""
    with closing(_records(file)) as records:
        layout = _layout(next(records)[1])
        for line, cells in records:
            yield _row(line, cells, layout)


def scan_csv(file: BinaryIO) -> int:
    """The number of rows in a file that can be read to its end.

    Raises FileRefused for an unknown encoding, a header that does not fit, broken quotes.
    """
    with closing(_records(file)) as records:
        _layout(next(records)[1])
        return sum(1 for _ in records)


def _records(file: BinaryIO) -> Generator[tuple[int, list[str]], None, None]:
    """(line, cells) of the header and of each row that is not blank."""
    text = io.TextIOWrapper(file, encoding=encoding_of(file), newline="")
    try:
        reader = csv.reader(_lines(text), strict=True)
        header = _next(reader)
        if header is None or not any(cell.strip() for cell in header):
            raise FileRefused(1, Violation("", "no_header", None))
        yield 1, header
        while (cells := _next(reader)) is not None:
            if any(cell.strip() for cell in cells):
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
        if "\0" in line:
            raise FileRefused(number, Violation("", "control_character", "\\u0000"))
        yield line


def _next(reader: Any) -> list[str] | None:
    try:
        return next(reader, None)
    except csv.Error as error:
        raise FileRefused(
            reader.line_num, Violation("", "malformed_csv", None, {"error": str(error)})
        ) from None


def _layout(header: Sequence[str]) -> list[Column | None]:
    """The column of each cell, None for those that say nothing. Raises FileRefused."""
    if len(header) > MAX_COLUMNS:
        raise FileRefused(1, Violation("", "too_many_columns", len(header), {"limit": MAX_COLUMNS}))
    known = columns_by_header()
    layout: list[Column | None] = []
    violations: list[Violation] = []
    for cell in header:
        word = cell.strip().casefold()
        column = known.get(word)
        if column is None and word not in IGNORED:
            violations.append(Violation("", "unknown_column", cell.strip()))
        elif column is not None and column in layout:
            violations.append(Violation(column.pointer, "repeated_column", cell.strip()))
        layout.append(column)
    if violations:
        raise FileRefused(1, *violations)
    return layout


def _row(line: int, cells: Sequence[str], layout: Sequence[Column | None]) -> FileRow:
    if len(cells) != len(layout):
        facts = {"expected": len(layout)}
        return FileRow(line, {}, [Violation("", "columns", len(cells), facts)])
    leaves: list[tuple[tuple[str, ...], Any]] = []
    violations: list[Violation] = []
    for column, cell in zip(layout, cells, strict=True):
        if column is None:
            continue
        try:
            leaves.append((column.path, column.read(cell)))
        except BadCell as bad:
            violations.append(bad.violation)
    return FileRow(line, {} if violations else _nested(leaves), violations)


_ALWAYS_OBJECTS = frozenset(
    {("registration",), ("registration", "authority"), ("charter",), ("party",)}
)
_DEFAULTED = frozenset({("status",), ("charter", "state"), ("party", "organization", "with"),
                        ("predecessors",), ("successors",)})  # fmt: skip
"""Leaves whose empty cell leaves the default (or what is known) rather than null."""


def _nested(leaves: Sequence[tuple[tuple[str, ...], Any]]) -> dict[str, Any]:
    """Leaves as a nested patch; an object all of whose leaves are empty is null."""
    patch: dict[str, Any] = {}
    for path, value in leaves:
        if value is None and path in _DEFAULTED:
            continue
        target = patch
        for key in path[:-1]:
            target = target.setdefault(key, {})
        target[path[-1]] = value
    return {key: _collapsed(value, (key,)) for key, value in patch.items()}


def _collapsed(value: Any, path: tuple[str, ...]) -> Any:
    if not isinstance(value, dict):
        return value
    inner = {key: _collapsed(item, (*path, key)) for key, item in value.items()}
    if path not in _ALWAYS_OBJECTS and all(item is None for item in inner.values()):
        return None
    return inner
