"""Reading areas and bodies on a date."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, Literal, NamedTuple

import orjson

from jurisdiction_router.core.directory.documents import as_on
from jurisdiction_router.directory import rows as directory_rows
from jurisdiction_router.jurisdiction.current import CurrentJurisdiction
from servicekit.auth import Caller
from servicekit.database import Database
from servicekit.errors import InvalidCursor, NotFound, refuses
from servicekit.http import counted_page_json, decode_cursor, next_cursor
from servicekit.time import Clock

What = Literal["areas", "bodies"]


class Document(NamedTuple):
    """A document as JSON text and the revision it is of."""

    document: str
    revision: int


@dataclass(frozen=True, slots=True)
class ReadDirectory:
    """The use case, with what it needs."""

    database: Database
    current: CurrentJurisdiction
    clock: Clock

    @refuses(InvalidCursor)
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
        """A page as JSON text; without `valid_on`, whatever its dates."""
        query = {**filters, "what": what, "valid_on": str(valid_on)}
        key = decode_cursor(cursor, query, [str])
        table = directory_rows.TABLES[what]
        where = directory_rows.conditions(table, filters, valid_on, caller.like_patterns())
        async with self.database.reading() as connection:
            page = await directory_rows.page(
                connection, table, where, key[0] if key else None, limit
            )
            count = await directory_rows.count(connection, table, where) if exact_count else None
        documents = page.documents
        if valid_on is not None:
            items = [as_on(item, valid_on) for item in orjson.loads(documents)]
            documents = orjson.dumps(items).decode()
        last = None if page.last is None else [page.last]
        cursor = next_cursor(last, query, size=page.size, limit=limit)
        return counted_page_json(documents, cursor, count)

    @refuses(NotFound)
    async def one(self, caller: Caller, what: What, key: str, valid_on: date | None) -> Document:
        """One area or body, as on a day if one is given."""
        async with self.database.reading() as connection:
            row = await directory_rows.document(connection, directory_rows.TABLES[what], key)
        if row is None or not caller.may_see(row.area_code):
            raise NotFound()
        document: str = row.document if valid_on is None else _as_on(row.document, valid_on)
        return Document(document, row.revision)

    async def all(self, caller: Caller) -> dict[str, list[dict[str, Any]]]:
        """All areas and bodies that the caller may see, on one snapshot, as an import has them."""
        patterns = caller.like_patterns()
        documents = {}
        async with self.database.snapshot() as connection:
            for what, table in directory_rows.TABLES.items():
                where = directory_rows.conditions(table, {}, None, patterns)
                page = await directory_rows.page(connection, table, where, None, None)
                documents[what] = orjson.loads(page.documents)
        return documents

    @refuses(NotFound)
    async def on_day(self, caller: Caller, code: str, valid_on: date | None) -> dict[str, Any]:
        """What stands for a division code on a day."""
        directory = (await self.current.read()).directory
        day = valid_on or self.clock.today()
        view = directory.on(day)
        areas = sorted(view.stands_for(code))
        known = code in directory.areas or bool(directory.predecessors_of(code))
        if not known or not caller.may_see(code, *areas):
            raise NotFound()
        path = view.path(code)._asdict()
        return {"code": code, "valid_on": day.isoformat(), "areas": areas, "path": path}


def _as_on(document: str, day: date) -> str:
    return orjson.dumps(as_on(orjson.loads(document), day)).decode()
