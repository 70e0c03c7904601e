"""The formats of imported files: how each is recognised, looked over and read."""

from collections.abc import Callable, Generator, Mapping
from dataclasses import dataclass
from typing import BinaryIO

from registry_api.imports.files.csv import csv_rows, scan_csv
from registry_api.imports.files.ndjson import ndjson_rows, scan_ndjson
from registry_api.imports.files.row import FileRow
from registry_api.imports.files.table import Table
from registry_api.imports.files.xlsx import scan_xlsx, xlsx_rows
from servicekit.tables import MEDIA_TYPES, FileFormat

SNIFFED = 512
"""Bytes from the start of a file that `form_of` wants to see."""


_MAGIC: Mapping[bytes, FileFormat] = {b"PK\x03\x04": "xlsx", b"\xd0\xcf\x11\xe0": "xlsx"}
_BY_MEDIA_TYPE: Mapping[str, FileFormat] = {
    **{media: form for form, media in MEDIA_TYPES.items()},
    "text/tab-separated-values": "csv",
    "application/ndjson": "ndjson",
    "application/jsonl": "ndjson",
}


@dataclass(frozen=True, slots=True)
class Format:
    """`scan` looks a whole file over before any row lands (raises FileRefused); `rows` reads it."""

    scan: Callable[[BinaryIO], Table]
    rows: Callable[[BinaryIO, Table], Generator[FileRow, None, None]]


FORMATS: Mapping[str, Format] = {
    "csv": Format(scan_csv, csv_rows),
    "ndjson": Format(scan_ndjson, ndjson_rows),
    "xlsx": Format(scan_xlsx, xlsx_rows),
}


def form_of(media_type: str | None, start: bytes) -> FileFormat:
    """What a file is, by its first bytes and, where these don't tell, by its media type."""
    for magic, form in _MAGIC.items():
        if start.startswith(magic):
            return form
    declared = _BY_MEDIA_TYPE.get((media_type or "").split(";")[0].strip().casefold())
    if declared is not None and declared != "xlsx":
        return declared
    first = start.removeprefix(b"\xef\xbb\xbf").lstrip()[:1]
    return "ndjson" if first == b"{" else "csv"
