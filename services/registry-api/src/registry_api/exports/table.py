"""Exports as files: NDJSON, CSV, XLSX of whatever comes in pages; bounded memory."""

import asyncio
import tempfile
from collections.abc import AsyncGenerator, AsyncIterator, Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import IO, Generic, Literal, TypeVar

from registry_api.exports.xlsx import add_table, write_row
from servicekit.tables import BOM, csv_lines, new_workbook

Row = TypeVar("Row")

_PIECE = 256 * 1024


@dataclass(frozen=True, slots=True)
class TableForm(Generic[Row]):
    """What a table looks like: the sheet's name, the header, which columns are counts.

    `cells` writes a row for tables, `line` as JSON.
    """

    sheet: str
    header: Sequence[str]
    numeric: Sequence[bool]
    cells: Callable[[Row], Sequence[str]]
    line: Callable[[Row], str]


def written(
    format_: str, pages: AsyncIterator[Sequence[Row]], form: TableForm[Row]
) -> AsyncGenerator[bytes, None]:
    """The rows as a file: "ndjson", "csv" or "xlsx"."""
    if format_ == "ndjson":
        return _ndjson(pages, form)
    return _csv(pages, form) if format_ == "csv" else _xlsx(pages, form)


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


Form = Literal["csv", "ndjson", "xlsx"]


MEDIA_TYPES: Mapping[Form, str] = {
    "csv": "text/csv",
    "ndjson": "application/x-ndjson",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}
