"""Reading restructurings: a page of them, and one."""

from dataclasses import dataclass
from uuid import UUID

import orjson

from jurisdiction_router.directory_changes.find_holes import report_visible_to
from jurisdiction_router.restructurings import rows
from jurisdiction_router.restructurings.proposal import KIND
from jurisdiction_router.restructurings.rows import RestructuringRow
from servicekit.auth import Caller
from servicekit.database import Database
from servicekit.errors import InvalidCursor, NotFound, refuses
from servicekit.http import decode_cursor, next_cursor, page_json


@dataclass(frozen=True, slots=True)
class ReadRestructurings:
    """The use case, with what it needs."""

    database: Database

    @refuses(NotFound)
    async def one(self, caller: Caller, identifier: UUID) -> RestructuringRow:
        """One restructuring."""
        async with self.database.reading() as connection:
            row = await rows.find(connection, identifier)
        if row is None or not caller.may_see(*row.areas):
            raise NotFound()
        return row._replace(document=report_visible_to(caller, row.document))

    @refuses(InvalidCursor)
    async def page(self, caller: Caller, cursor: str | None, limit: int) -> str:
        """A page in the order of their making, as JSON text."""
        key = decode_cursor(cursor, {"what": KIND}, [UUID])
        async with self.database.reading() as connection:
            items, last, size = await rows.page(
                connection, caller.like_patterns(), key[0] if key else None, limit
            )
        cursor = next_cursor([last], {"what": KIND}, size=size, limit=limit)
        if caller.areas is not None:
            visible = [report_visible_to(caller, each) for each in orjson.loads(items)]
            items = orjson.dumps(visible).decode()
        return page_json(items, cursor)
