"""XLSX: the first sheet with a header we know; dates, numbers and formulas as somebody reads them.

The file is looked at from outside first (is it a zip, what does its directory promise), then
unpacked by a process of its own (`spreadsheet_unpacking`), then read as lines.
"""

import os
import subprocess
import sys
import tempfile
import zipfile
from collections.abc import Generator
from typing import Any, BinaryIO

from registry_api.files.rows import FileRefused, FileRow
from registry_api.files.spreadsheet_unpacking import REFUSED, SECONDS_LIMIT, unpacked_lines
from registry_api.files.table import Table
from registry_api.files.table_layouts import layout_of
from servicekit.errors import Violation

UNPACKED_LIMIT = 1024**3
"""Bytes of XML in a file that is read; a 100,000-row sheet of all columns has a third of that."""
_ENTRIES_LIMIT = 2_000
_ENCRYPTED_OR_OLD = b"\xd0\xcf\x11\xe0"
"""The container of password-protected workbooks and of .xls."""


def scan_xlsx(file: BinaryIO) -> Table:
    """The table in a workbook; `file` holds its unpacked lines afterwards.

    Raises FileRefused for what is no workbook, for one that is encrypted, broken or would unpack
    to more than it may, and for a header that does not fit.
    """
    _look_from_outside(file)
    _unpack(file)
    lines = unpacked_lines(file)
    header_line = next(lines)["line"]
    layout = layout_of(_cells(next(lines))[0], header_line)
    total, merged = 0, False
    for line in lines:
        cells, filled = _cells(line)
        total += any(cell.strip() for cell in cells)
        merged = merged or bool(filled)
    file.seek(0)
    notices = list(layout.passed_over)
    if merged:
        notices.append(Violation("", "merged_cells", None))
    return Table(layout.header, total, notices)


def xlsx_rows(file: BinaryIO, table: Table) -> Generator[FileRow, None, None]:
    """The rows of a scanned workbook, lazily; `line` is the row in the sheet."""
    file.seek(0)
    lines = unpacked_lines(file)
    first = next(lines)["line"]
    layout = layout_of(_cells(next(lines))[0], first)
    for number, line in enumerate(lines, start=first + 1):
        cells, _ = _cells(line)
        if any(cell.strip() for cell in cells):
            yield layout.row(number, cells)


def _cells(line: Any) -> tuple[list[str], list[int]]:
    """A row's cells, and the places of those that a merged cell above filled."""
    return (line["cells"], line["merged"]) if isinstance(line, dict) else (line, [])


def _look_from_outside(file: BinaryIO) -> None:
    file.seek(0)
    start = file.read(4)
    file.seek(0)
    if start == _ENCRYPTED_OR_OLD:
        raise FileRefused(1, Violation("", "encrypted_spreadsheet", None))
    try:
        with zipfile.ZipFile(file) as archive:
            entries = archive.infolist()
    except (zipfile.BadZipFile, OSError, ValueError, NotImplementedError) as error:
        facts = {"error": str(error)[:200]}
        raise FileRefused(1, Violation("", "unreadable_spreadsheet", None, facts)) from None
    finally:
        file.seek(0)
    if any(entry.flag_bits & 1 for entry in entries):
        raise FileRefused(1, Violation("", "encrypted_spreadsheet", None))
    size = sum(entry.file_size for entry in entries)
    if size > UNPACKED_LIMIT or len(entries) > _ENTRIES_LIMIT:
        raise FileRefused(1, Violation("", "unpacks_too_large", size, {"limit": UNPACKED_LIMIT}))


def _unpack(file: BinaryIO) -> None:
    """Replace the workbook in `file` by its lines. Raises FileRefused."""
    with tempfile.NamedTemporaryFile(suffix=".xlsx") as source:
        while piece := file.read(1024 * 1024):
            source.write(piece)
        source.flush()
        with tempfile.NamedTemporaryFile() as target:
            _run(source.name, target.name)
            file.seek(0)
            file.truncate()
            while piece := target.read(1024 * 1024):
                file.write(piece)
            file.seek(0)


def _run(source: str, target: str) -> None:
    command = [sys.executable, "-m", "registry_api.files.spreadsheet_unpacking", source, target]
    try:
        done = subprocess.run(  # noqa: S603
            command, capture_output=True, timeout=SECONDS_LIMIT * 2, check=False, env=_environment()
        )
    except subprocess.TimeoutExpired:
        facts = {"limit": UNPACKED_LIMIT}
        raise FileRefused(1, Violation("", "unpacks_too_large", None, facts)) from None
    if done.returncode == REFUSED:
        rule, _, error = done.stdout.decode(errors="replace").strip().partition("\t")
        raise FileRefused(1, Violation("", rule, None, {"error": error}))
    if done.returncode != 0:  # ended by the kernel at one of its limits
        facts = {"limit": UNPACKED_LIMIT}
        raise FileRefused(1, Violation("", "unpacks_too_large", None, facts))


def _environment() -> dict[str, str]:
    """What Python needs to start, and none of the service's secrets."""
    kept = ("PATH", "PYTHONPATH", "LANG", "LC_ALL")
    return {name: os.environ[name] for name in kept if name in os.environ}
