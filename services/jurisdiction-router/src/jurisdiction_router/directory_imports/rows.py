"""Rows of directory imports: each with what it gives, item by item, beside what was held."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple
from uuid import UUID

import orjson
from sqlalchemy import ARRAY, Text, Uuid, bindparam, text
from sqlalchemy.ext.asyncio import AsyncConnection

from servicekit.database import copy_rows

_COLUMNS = ("import", "number", "line", "what", "key", "change", "before", "after", "errors")
_PUT = text(
    "INSERT INTO directory_import (id, client, state, areas, revision, document) "
    "VALUES (:id, :client, :state, :areas, :revision, :document) ON CONFLICT (id) DO UPDATE SET "
    "state = excluded.state, revision = excluded.revision, document = excluded.document"
).bindparams(bindparam("areas", type_=ARRAY(Text)))
_FIND = text("SELECT id, client, areas, revision, document FROM directory_import WHERE id = :id")
_FIND_LOCKED = text(
    "SELECT id, client, areas, revision, document FROM directory_import WHERE id = :id FOR UPDATE"
)
_DROP_ITEMS = text("DELETE FROM directory_import_item WHERE import = :id")
_ITEMS = text(
    "SELECT number, line, what, key, change, before, after, errors FROM directory_import_item "
    "WHERE import = :id AND (CAST(:changes AS text[]) IS NULL OR change = ANY(:changes)) "
    "AND (CAST(:after AS integer) IS NULL OR number > :after) ORDER BY number "
    "LIMIT CAST(:limit AS bigint)"
).bindparams(bindparam("changes", type_=ARRAY(Text)), bindparam("id", type_=Uuid))
_PAGE = text(
    "SELECT id, document FROM directory_import WHERE (CAST(:patterns AS text[]) IS NULL "
    "OR NOT EXISTS (SELECT FROM unnest(areas) AS area WHERE NOT area LIKE ANY(:patterns)) "
    "AND (areas <> '{}' OR client = :client)) "
    "AND (CAST(:states AS text[]) IS NULL OR state = ANY(:states)) "
    "AND (CAST(:after AS uuid) IS NULL OR id > :after) ORDER BY id LIMIT :limit"
).bindparams(
    bindparam("patterns", type_=ARRAY(Text)),
    bindparam("states", type_=ARRAY(Text)),
    bindparam("after", type_=Uuid),
)


@dataclass(frozen=True, slots=True)
class ImportRow:
    """An import: who sent it, the areas it lies in, and its document as the API shows it."""

    id: UUID
    client: str
    areas: list[str]
    revision: int
    document: dict[str, Any]


class ItemRow(NamedTuple):
    """An item of an import. `after` is None where it cannot be read, `line` where it has none."""

    number: int
    line: int | None
    what: str | None
    key: str | None
    change: str
    before: dict[str, Any] | None
    after: dict[str, Any] | None
    errors: list[dict[str, Any]]


async def put(connection: AsyncConnection, row: ImportRow) -> None:
    """Insert or replace an import, without its items."""
    await connection.execute(
        _PUT,
        {"id": row.id, "client": row.client, "state": row.document["state"], "areas": row.areas,
         "revision": row.revision, "document": orjson.dumps(row.document).decode()},
    )  # fmt: skip


async def put_items(
    connection: AsyncConnection, identifier: UUID, items: Iterable[ItemRow]
) -> None:
    """Replace an import's items."""
    await connection.execute(_DROP_ITEMS, {"id": identifier})
    rows = (
        (identifier, item.number, item.line, item.what, item.key, item.change,
         _json(item.before), _json(item.after), _json(item.errors))
        for item in items
    )  # fmt: skip
    await copy_rows(connection, "directory_import_item", _COLUMNS, rows)


async def find(
    connection: AsyncConnection, identifier: UUID, *, lock: bool = False
) -> ImportRow | None:
    """The import, locked until the transaction ends if asked for."""
    result = await connection.execute(_FIND_LOCKED if lock else _FIND, {"id": identifier})
    row = result.one_or_none()
    if row is None:
        return None
    return ImportRow(row.id, row.client, list(row.areas), row.revision, orjson.loads(row.document))


async def items(
    connection: AsyncConnection,
    identifier: UUID,
    changes: Sequence[str] | None = None,
    after: int | None = None,
    limit: int | None = None,
) -> list[ItemRow]:
    """The items in their order: those of these kinds of change, after a number, up to `limit`."""
    bound = {"id": identifier, "changes": changes, "after": after, "limit": limit}
    return [
        ItemRow(
            row.number, row.line, row.what, row.key, row.change,
            _value(row.before), _value(row.after), orjson.loads(row.errors),
        )
        for row in await connection.execute(_ITEMS, bound)
    ]  # fmt: skip


async def page(
    connection: AsyncConnection,
    client: str,
    patterns: Sequence[str] | None,
    states: Sequence[str] | None,
    after: UUID | None,
    limit: int,
) -> tuple[str, UUID | None, int]:
    """Up to `limit` documents as a JSON array, the last id, and how many there are.

    Of a limited caller's own, and of those that lie in its areas as a whole.
    """
    bound = {"client": client, "patterns": patterns, "states": states, "after": after,
             "limit": limit}  # fmt: skip
    rows = (await connection.execute(_PAGE, bound)).all()
    documents = ",".join(row.document for row in rows)
    return f"[{documents}]", rows[-1].id if rows else None, len(rows)


def _json(value: Any) -> str | None:
    return None if value is None else orjson.dumps(value).decode()


def _value(stored: str | None) -> Any:
    return None if stored is None else orjson.loads(stored)
