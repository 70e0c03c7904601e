"""Rows of restructurings; documents are as the API shows them."""

from collections.abc import Sequence
from datetime import date
from typing import Any, NamedTuple
from uuid import UUID

import orjson
from sqlalchemy import ARRAY, Text, Uuid, bindparam, text
from sqlalchemy.ext.asyncio import AsyncConnection

_PUT = text(
    "INSERT INTO restructuring (id, state, areas, revision, document) "
    "VALUES (:id, :state, :areas, :revision, :document) ON CONFLICT (id) DO UPDATE SET "
    "state = excluded.state, areas = excluded.areas, revision = excluded.revision, "
    "document = excluded.document"
).bindparams(bindparam("areas", type_=ARRAY(Text)))
_FIND = text("SELECT id, areas, revision, document FROM restructuring WHERE id = :id")
_FIND_LOCKED = text(
    "SELECT id, areas, revision, document FROM restructuring WHERE id = :id FOR UPDATE"
)
_PAGE = text(
    "SELECT id, document FROM restructuring WHERE (CAST(:patterns AS text[]) IS NULL OR EXISTS "
    "(SELECT FROM unnest(areas) AS area WHERE area LIKE ANY(:patterns))) "
    "AND (CAST(:after AS uuid) IS NULL OR id > :after) ORDER BY id LIMIT :limit"
).bindparams(bindparam("patterns", type_=ARRAY(Text)), bindparam("after", type_=Uuid))


class RestructuringRow(NamedTuple):
    """A restructuring as it is stored."""

    id: UUID
    areas: list[str]
    revision: int
    document: dict[str, Any]

    @property
    def effective_on(self) -> date:
        """The day from which its changes hold."""
        return date.fromisoformat(self.document["effective_on"])


async def put(connection: AsyncConnection, row: RestructuringRow) -> None:
    """Insert or replace a restructuring."""
    await connection.execute(
        _PUT,
        {"id": row.id, "state": row.document["state"], "areas": row.areas,
         "revision": row.revision, "document": orjson.dumps(row.document).decode()},
    )  # fmt: skip


async def find(
    connection: AsyncConnection, identifier: UUID, *, lock: bool = False
) -> RestructuringRow | None:
    """The restructuring, locked until the transaction ends if asked for."""
    statement = _FIND_LOCKED if lock else _FIND
    row = (await connection.execute(statement, {"id": identifier})).one_or_none()
    if row is None:
        return None
    return RestructuringRow(row.id, list(row.areas), row.revision, orjson.loads(row.document))


async def page(
    connection: AsyncConnection, patterns: Sequence[str] | None, after: UUID | None, limit: int
) -> tuple[str, UUID | None, int]:
    """Up to `limit` documents as a JSON array, the last id, and how many there are."""
    bound = {"patterns": patterns, "after": after, "limit": limit}
    rows = (await connection.execute(_PAGE, bound)).all()
    documents = ",".join(row.document for row in rows)
    return f"[{documents}]", rows[-1].id if rows else None, len(rows)
