"""Export: every organization the caller may see, stamped with the ledger's position.

A newcomer loads the export and follows the feed from its position on.
"""

from collections.abc import AsyncGenerator, AsyncIterator, Mapping
from contextlib import aclosing, asynccontextmanager
from dataclasses import dataclass, replace
from functools import partial
from typing import Any, ClassVar

import orjson

from registry_api.core.organization.columns import Language, cells_of, columns
from registry_api.core.refusals import TooManyRows
from registry_api.history import read as history
from registry_api.history.point_in_time import find_point_in_time
from registry_api.selection.criteria import Selection
from registry_api.selection.select import count_selected, stream_selected
from servicekit.auth import Caller
from servicekit.database import Database
from servicekit.errors import PositionAhead
from servicekit.ledger import Head, Ledger
from servicekit.tables import MAX_SHEET_ROWS, TableForm, table_file
from servicekit.time import AsOf, Clock

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

    refusals: ClassVar = (
        TooManyRows,
        PositionAhead,
    )

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
        coded values in tables. Raises TooManyRows when a sheet can't hold them,
        PositionAhead.
        """
        selection = Selection(filters, caller.like_patterns())
        today = self.clock.today()
        async with self.database.snapshot() as connection:
            head = await self.ledger.head(connection)
            if not as_of.is_now(today):
                point = await find_point_in_time(connection, as_of, today)
                selection = replace(selection, point=point)
                head = await history.head_at(connection, head, point.position)
            if form == "xlsx" and await count_selected(connection, selection) > MAX_SHEET_ROWS:
                raise TooManyRows(limit=MAX_SHEET_ROWS)
            pages = stream_selected(connection, selection)
            async with aclosing(table_file(form, pages, _form(language))) as content:
                yield Export(head, content)


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
