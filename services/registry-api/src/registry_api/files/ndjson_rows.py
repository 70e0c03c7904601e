"""NDJSON: one organization document a line, as the export writes it."""

from collections.abc import Generator
from typing import BinaryIO

import orjson

from registry_api.domain.columns import IGNORED
from registry_api.files.rows import FileRow
from servicekit.refusals import Violation

MAX_LINE = 1_000_000


def ndjson_rows(file: BinaryIO) -> Generator[FileRow, None, None]:
    """The rows of an NDJSON file, lazily; a line that is not a JSON object is a row's error."""
    file.seek(0)
    number = 0
    while line := file.readline(MAX_LINE + 1):
        number += 1
        if len(line) > MAX_LINE:
            while line and not line.endswith(b"\n"):
                line = file.readline(MAX_LINE)
            yield _broken(number, Violation("", "line_too_long", None, {"limit": MAX_LINE}))
        elif stripped := line.strip().removeprefix(b"\xef\xbb\xbf"):
            yield _row(number, stripped)


def scan_ndjson(file: BinaryIO) -> int:
    """The number of rows; any text file can be read to its end, line by line."""
    return sum(1 for _ in ndjson_rows(file))


def _row(number: int, line: bytes) -> FileRow:
    try:
        value = orjson.loads(line)
    except orjson.JSONDecodeError as error:
        return _broken(number, Violation("", "json_invalid", None, {"error": str(error)}))
    if not isinstance(value, dict):
        return _broken(number, Violation("", "dict_type", value))
    if b"\\u0000" in line:
        return _broken(number, Violation("", "control_character", "\\u0000"))
    return FileRow(number, {key: item for key, item in value.items() if key not in IGNORED})


def _broken(number: int, violation: Violation) -> FileRow:
    return FileRow(number, {}, [violation])
