"""Select organizations by filters, now or at a point in time: pages, counts, streams.

A page of the present is one statement that glues the stored documents together; nothing is parsed
on the way. The past is read out of the ledger (`selection.past`).
"""

from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncConnection

from registry_api.selection import past, rows
from registry_api.selection.criteria import Selection

_STREAMED = 1_000
"""Documents of a stream that are in memory at once."""


@dataclass(frozen=True, slots=True)
class SelectedPage:
    """A page: a JSON array of documents, and the id to go on after; None at the end."""

    documents: str
    next_after: UUID | None


@dataclass(frozen=True, slots=True)
class SortedRow:
    """A document, its id, and what its list is ordered by."""

    id: UUID
    document: str
    key: Any


async def select_page(
    connection: AsyncConnection,
    selection: Selection,
    after: UUID | None,
    limit: int,
    descending: bool = False,
) -> SelectedPage:
    """Up to `limit` organizations in the order of their ids, after `after`.

    A page of the past is never `descending`; it may be short, or empty, and still have a successor.
    """
    if selection.point is not None:
        page = await past.page(connection, selection, selection.point, after, limit)
        return SelectedPage(f"[{','.join(row.document for row in page.rows)}]", page.next_after)
    where = selection.current_conditions()
    current = await rows.page(connection, where, after, limit, descending)
    return SelectedPage(current.documents, current.last if current.size == limit else None)


async def select_sorted(
    connection: AsyncConnection,
    selection: Selection,
    order: tuple[str, bool],
    after: tuple[Any, UUID] | None,
    limit: int,
    without: Sequence[UUID] = (),
) -> list[SortedRow]:
    """Up to `limit` current rows in the `order` (facet, descending), after a (key, id).

    `without` are organizations to leave out.
    """
    where = selection.current_conditions()
    page = await rows.sorted_page(connection, where, order, after, limit, without)
    return [SortedRow(*row) for row in page]


async def count_selected(connection: AsyncConnection, selection: Selection) -> int:
    """How many there are, exactly; of the past it looks at every organization, in batches."""
    if selection.point is not None:
        return await past.count(connection, selection, selection.point)
    return await rows.count(connection, selection.current_conditions())


def stream_selected(
    connection: AsyncConnection, selection: Selection
) -> AsyncIterator[Sequence[str]]:
    """The documents of all in the order of their ids, some at a time."""
    if selection.point is not None:
        return past.stream(connection, selection, selection.point)
    return rows.stream(connection, selection.current_conditions(), _STREAMED)


async def select_identifiers(connection: AsyncConnection, selection: Selection) -> list[UUID]:
    """The ids of all that are selected now."""
    return await rows.identifiers(connection, selection.current_conditions())
