"""Export: every organization the caller may see, stamped with the ledger's position.

A newcomer loads the export and follows the feed from its position on.
"""

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
from functools import partial
from typing import Any

import orjson
from sqlalchemy.ext.asyncio import AsyncConnection

from registry_api.domain.columns import Language, cells_of, columns
from registry_api.domain.point_in_time import AsOf
from registry_api.files.exported_table import TableForm, written
from registry_api.storage import history, listing, past_listing
from registry_api.storage.past_listing import PastFilter
from registry_api.usecases.find_point_in_time import find_point_in_time
from servicekit.auth import Caller
from servicekit.database import Database
from servicekit.errors import Refusal
from servicekit.ledger import Head, Ledger
from servicekit.tables import MAX_SHEET_ROWS
from servicekit.time import Clock

Pages = AsyncIterator[Sequence[str]]

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
            async with aclosing(written(form, selected.pages(), _form(language))) as content:
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


def _form(language: Language) -> TableForm[str]:
    """Documents as rows; JSON lines are the documents themselves."""
    return TableForm(
        sheet=_SHEET[language],
        header=[*_ABOVE, *(column.header(language) for column in columns())],
        numeric=[*(False for _ in _ABOVE), *(column.kind == "count" for column in columns())],
        cells=partial(_cells, language=language),
        line=str,
    )


def _cells(document: str, language: Language) -> list[str]:
    state = orjson.loads(document)
    return [state["id"], str(state["revision"]), *cells_of(state, language)]
