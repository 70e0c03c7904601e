"""Export: every organization the caller may see, stamped with the ledger's position.

A newcomer loads the export and follows the feed from its position on.
"""

import asyncio
import tempfile
from collections.abc import (
    AsyncGenerator,
    AsyncIterator,
    Awaitable,
    Callable,
    Mapping,
    Sequence,
)
from contextlib import aclosing, asynccontextmanager
from dataclasses import dataclass
from typing import IO, Any

import orjson
from sqlalchemy.ext.asyncio import AsyncConnection

from registry_api.domain.columns import Column, Language, cells_of, columns
from registry_api.domain.point_in_time import AsOf
from registry_api.files.xlsx_writing import add_table, write_row
from registry_api.storage import history, listing, past_listing
from registry_api.storage.past_listing import PastFilter
from registry_api.usecases.find_point_in_time import find_point_in_time
from servicekit.auth import Caller
from servicekit.clock import Clock
from servicekit.database import Database
from servicekit.ledger import Head, Ledger
from servicekit.refusals import Refusal
from servicekit.tables import BOM, MAX_SHEET_ROWS, csv_lines, new_workbook

Pages = AsyncIterator[Sequence[str]]

_PIECE = 256 * 1024
_ABOVE = ("id", "revision")
"""Columns before the fields; an import passes over them."""
_SHEET = {"zh": "社会组织", "en": "organizations"}


@dataclass(frozen=True, slots=True)
class Export:
    """An export under way: the position it shows, and its bytes."""

    head: Head
    content: AsyncGenerator[bytes, None]


@dataclass(frozen=True, slots=True)
class ExportOrganizations:
    """The use case, with what it needs."""

    database: Database
    ledger: Ledger
    clock: Clock

    @asynccontextmanager
    async def __call__(
        self,
        caller: Caller,
        filters: Mapping[str, Any],
        as_of: AsOf,
        form: str,
        language: Language,
    ) -> AsyncIterator[Export]:
        """Open an export as "ndjson", "csv" or "xlsx"; position and rows are of one snapshot.

        `filters` hold at the point in time that `as_of` means. `language` is that of headers and
        coded values in tables. Raises Refusal `too-many-rows` when a sheet can't hold them,
        `position-ahead`.
        """
        async with self.database.snapshot() as connection:
            selected = await self._select(connection, caller, filters, as_of)
            if form == "xlsx" and await selected.count() > MAX_SHEET_ROWS:
                raise Refusal("too-many-rows", limit=MAX_SHEET_ROWS)
            writers = {"ndjson": _ndjson, "csv": _csv, "xlsx": _xlsx}
            async with aclosing(writers[form](selected.pages(), language)) as content:
                yield Export(selected.head, content)

    async def _select(
        self, connection: AsyncConnection, caller: Caller, filters: Mapping[str, Any], as_of: AsOf
    ) -> "_Selection":
        head = await self.ledger.head(connection)
        patterns = caller.like_patterns()
        if as_of.is_now(self.clock.today()):
            where = listing.conditions(filters, patterns)
            return _Selection(
                head,
                lambda: listing.count(connection, where),
                lambda: listing.stream(connection, where),
            )
        point = await find_point_in_time(connection, as_of, self.clock.today())
        then = PastFilter(point, filters, patterns)
        return _Selection(
            await history.head_at(connection, head, point.position),
            lambda: past_listing.count(connection, then),
            lambda: past_listing.stream(connection, then),
        )


@dataclass(frozen=True, slots=True)
class _Selection:
    """What is exported: the head it shows, how many there are, and their documents in pages."""

    head: Head
    count: Callable[[], Awaitable[int]]
    pages: Callable[[], Pages]


async def _ndjson(pages: Pages, language: Language) -> AsyncGenerator[bytes, None]:
    async for page in pages:
        yield "".join(f"{document}\n" for document in page).encode()


async def _csv(pages: Pages, language: Language) -> AsyncGenerator[bytes, None]:
    yield BOM + csv_lines([_header(language)])
    async for page in pages:
        yield await asyncio.to_thread(_csv_page, page, language)


def _csv_page(page: Sequence[str], language: Language) -> bytes:
    return csv_lines(_cells(document, language) for document in page)


async def _xlsx(pages: Pages, language: Language) -> AsyncGenerator[bytes, None]:
    """A zip has its directory at the end: the workbook is made in a file first."""
    with tempfile.TemporaryFile() as file:
        sheet = await asyncio.to_thread(_Sheet, file, language)
        async for page in pages:
            await asyncio.to_thread(sheet.add, page)
        await asyncio.to_thread(sheet.close)
        file.seek(0)
        while piece := file.read(_PIECE):
            yield piece


class _Sheet:
    """A workbook with one table, in the making."""

    def __init__(self, file: IO[bytes], language: Language) -> None:
        self._language = language
        self._columns: list[Column | None] = [*(None for _ in _ABOVE), *columns()]
        self._book = new_workbook(file)
        self._sheet = add_table(self._book, _SHEET[language], self._columns, _header(language))
        self._rows = 0

    def add(self, page: Sequence[str]) -> None:
        """Write a page of documents."""
        for document in page:
            self._rows += 1
            write_row(self._sheet, self._rows, self._columns, _cells(document, self._language))

    def close(self) -> None:
        """Finish the file."""
        self._book.close()


def _header(language: Language) -> list[str]:
    return [*_ABOVE, *(column.header(language) for column in columns())]


def _cells(document: str, language: Language) -> list[str]:
    state = orjson.loads(document)
    return [state["id"], str(state["revision"]), *cells_of(state, language)]
