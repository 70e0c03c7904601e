"""Export: every organization the caller may see, stamped with the ledger's position.

A newcomer loads the export and follows the feed from its position on.
"""

import csv
import io
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass

import orjson

from registry_api.domain.columns import columns, value_at
from registry_api.storage import listing
from servicekit.auth import Caller
from servicekit.database import Database
from servicekit.ledger import Head, Ledger


@dataclass(frozen=True, slots=True)
class Export:
    """An export under way: the position it shows, and its bytes."""

    head: Head
    content: AsyncIterator[bytes]


@dataclass(frozen=True, slots=True)
class ExportOrganizations:
    """The use case, with what it needs."""

    database: Database
    ledger: Ledger

    @asynccontextmanager
    async def __call__(
        self, caller: Caller, filters: Mapping[str, Sequence[str]], form: str
    ) -> AsyncIterator[Export]:
        """Open an export as "ndjson" or "csv"; position and rows are of one snapshot."""
        where = listing.conditions(filters, caller.like_patterns())
        async with self.database.snapshot() as connection:
            head = await self.ledger.head(connection)
            pages = listing.stream(connection, where)
            yield Export(head, _ndjson(pages) if form == "ndjson" else _csv(pages))


async def _ndjson(pages: AsyncIterator[Sequence[str]]) -> AsyncIterator[bytes]:
    async for page in pages:
        yield ("\n".join(page) + "\n").encode()


async def _csv(pages: AsyncIterator[Sequence[str]]) -> AsyncIterator[bytes]:
    """With a byte order mark, without which spreadsheets take UTF-8 for something else."""
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\r\n")
    writer.writerow(["id", "revision", *(column.dotted for column in columns())])
    yield b"\xef\xbb\xbf" + text.getvalue().encode()
    async for page in pages:
        text.seek(0)
        text.truncate()
        for document in map(orjson.loads, page):
            leaves = (column.write(value_at(document, column.path)) for column in columns())
            writer.writerow([document["id"], document["revision"], *leaves])
        yield text.getvalue().encode()
