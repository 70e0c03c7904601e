"""Reading areas and bodies on a date."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Literal

from jurisdiction_router.storage import directory_rows
from servicekit.auth import Caller
from servicekit.database import Database
from servicekit.pagination import decode_cursor, encode_cursor
from servicekit.refusals import Refusal

What = Literal["areas", "bodies"]


@dataclass(frozen=True, slots=True)
class ReadDirectory:
    """The use case, with what it needs."""

    database: Database

    async def page(
        self,
        caller: Caller,
        what: What,
        filters: Mapping[str, Sequence[str]],
        valid_on: date | None,
        cursor: str | None,
        limit: int,
        exact_count: bool,
    ) -> str:
        """A page as JSON text; without `valid_on`, whatever its dates.

        Raises Refusal `invalid-cursor`.
        """
        query = {**filters, "what": what, "valid_on": str(valid_on)}
        key = decode_cursor(cursor, query, [str])
        table = directory_rows.TABLES[what]
        where = directory_rows.conditions(table, filters, valid_on, caller.like_patterns())
        async with self.database.reading() as connection:
            found = await directory_rows.page(
                connection, table, where, key[0] if key else None, limit
            )
            count = await directory_rows.count(connection, table, where) if exact_count else None
        following = "null"
        if found.size == limit and found.last is not None:
            following = f'"{encode_cursor([found.last], query)}"'
        counted = "null" if count is None else str(count)
        return f'{{"items":{found.documents},"next_cursor":{following},"count":{counted}}}'

    async def one(self, caller: Caller, what: What, key: str) -> str:
        """One area or body as JSON text. Raises Refusal `not-found`."""
        async with self.database.reading() as connection:
            row = await directory_rows.document(connection, directory_rows.TABLES[what], key)
        if row is None or not caller.may_see(row[0]):
            raise Refusal("not-found")
        document: str = row.document
        return document
