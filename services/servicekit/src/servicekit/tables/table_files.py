"""Tables as files, of rows that come in pages: CSV, XLSX or NDJSON in bounded memory."""

import asyncio
import tempfile
from collections.abc import AsyncGenerator, AsyncIterator, Mapping, Sequence
from typing import IO, Generic, Literal

from servicekit.tables.columns import Row, TableForm
from servicekit.tables.spreadsheets import (
    BOM,
    CSV_MEDIA_TYPE,
    XLSX_MEDIA_TYPE,
    add_table,
    csv_lines,
    new_workbook,
    write_row,
)

FileFormat = Literal["csv", "ndjson", "xlsx"]

MEDIA_TYPES: Mapping[FileFormat, str] = {
    "csv": CSV_MEDIA_TYPE,
    "ndjson": "application/x-ndjson",
    "xlsx": XLSX_MEDIA_TYPE,
}

_PIECE = 256 * 1024


def table_file(
    file_format: str, pages: AsyncIterator[Sequence[Row]], form: TableForm[Row]
) -> AsyncGenerator[bytes, None]:
    """The rows of `pages` as a file: "ndjson", "csv" or "xlsx", piece by piece."""
    if file_format == "ndjson":
        return _ndjson(pages, form)
    return _csv(pages, form) if file_format == "csv" else _xlsx(pages, form)


async def _ndjson(
    pages: AsyncIterator[Sequence[Row]], form: TableForm[Row]
) -> AsyncGenerator[bytes, None]:
    async for page in pages:
        yield "".join(f"{form.line(row)}\n" for row in page).encode()


async def _csv(
    pages: AsyncIterator[Sequence[Row]], form: TableForm[Row]
) -> AsyncGenerator[bytes, None]:
    yield BOM + csv_lines([form.header])
    async for page in pages:
        yield await asyncio.to_thread(_csv_page, page, form)


def _csv_page(page: Sequence[Row], form: TableForm[Row]) -> bytes:
    return csv_lines(form.cells(row) for row in page)


async def _xlsx(
    pages: AsyncIterator[Sequence[Row]], form: TableForm[Row]
) -> AsyncGenerator[bytes, None]:
    """A zip has its directory at the end: the workbook is made in a file first."""
    with tempfile.TemporaryFile() as file:
        sheet = await asyncio.to_thread(_Sheet, file, form)
        async for page in pages:
            await asyncio.to_thread(sheet.add, page)
        await asyncio.to_thread(sheet.close)
        file.seek(0)
        while piece := file.read(_PIECE):
            yield piece


class _Sheet(Generic[Row]):
    """A workbook with one table, in the making."""

    def __init__(self, file: IO[bytes], form: TableForm[Row]) -> None:
        self._form = form
        self._book = new_workbook(file)
        self._sheet = add_table(self._book, form.sheet, form.numeric, form.header)
        self._rows = 0

    def add(self, page: Sequence[Row]) -> None:
        """Write a page of rows."""
        for row in page:
            self._rows += 1
            write_row(self._sheet, self._rows, self._form.numeric, self._form.cells(row))

    def close(self) -> None:
        """Finish the file."""
        self._book.close()
