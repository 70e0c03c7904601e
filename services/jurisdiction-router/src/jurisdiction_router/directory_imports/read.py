"""Reading imports of the directory: all of them, one, its items."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import NamedTuple
from uuid import UUID

import orjson

from jurisdiction_router.directory_imports import rows
from jurisdiction_router.directory_imports.documents import document_visible_to, is_visible
from jurisdiction_router.directory_imports.rows import ImportRow, ItemRow
from servicekit.auth import Caller
from servicekit.database import Database
from servicekit.errors import InvalidCursor, NotFound, refuses
from servicekit.http import decode_cursor, next_cursor, page_json


class ItemPage(NamedTuple):
    """A page of an import's items."""

    items: list[ItemRow]
    next_cursor: str | None


@dataclass(frozen=True, slots=True)
class ReadDirectoryImports:
    """The use case, with what it needs. A limited caller sees its own, and those at home."""

    database: Database

    @refuses(NotFound)
    async def one(self, caller: Caller, identifier: UUID) -> ImportRow:
        """One import."""
        async with self.database.reading() as connection:
            row = await rows.find(connection, identifier)
        if row is None or not is_visible(caller, row):
            raise NotFound()
        return replace(row, document=document_visible_to(caller, row.document))

    @refuses(InvalidCursor)
    async def page(
        self, caller: Caller, states: Sequence[str] | None, cursor: str | None, limit: int
    ) -> str:
        """A page in the order of their making, as JSON text."""
        query = {"what": "directory imports", "states": states}
        key = decode_cursor(cursor, query, [UUID])
        async with self.database.reading() as connection:
            items, last, size = await rows.page(
                connection, caller.client, caller.like_patterns(), states,
                key[0] if key else None, limit,
            )  # fmt: skip
        cursor = next_cursor([last], query, size=size, limit=limit)
        if caller.areas is not None:
            visible = [document_visible_to(caller, each) for each in orjson.loads(items)]
            items = orjson.dumps(visible).decode()
        return page_json(items, cursor)

    @refuses(NotFound, InvalidCursor)
    async def items(
        self,
        caller: Caller,
        identifier: UUID,
        changes: Sequence[str] | None,
        cursor: str | None,
        limit: int,
    ) -> ItemPage:
        """A page of an import's items, in their order."""
        await self.one(caller, identifier)
        query = {"import": str(identifier), "changes": changes}
        key = decode_cursor(cursor, query, [int])
        async with self.database.reading() as connection:
            page = await rows.items(connection, identifier, changes, key[0] if key else None, limit)
        last = [page[-1].number] if page else None
        return ItemPage(page, next_cursor(last, query, size=len(page), limit=limit))

    async def all_items(
        self, caller: Caller, identifier: UUID, changes: Sequence[str] | None
    ) -> list[ItemRow]:
        """All of an import's items, in their order. Raises Refusal `not-found`."""
        await self.one(caller, identifier)
        async with self.database.reading() as connection:
            return await rows.items(connection, identifier, changes)
