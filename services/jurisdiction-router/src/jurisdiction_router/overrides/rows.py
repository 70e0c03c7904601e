"""Rows of overrides and disputes; their documents are as the API shows them."""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any, NamedTuple
from uuid import UUID

import orjson
from sqlalchemy import ARRAY, Boolean, Date, Text, Uuid, bindparam, text
from sqlalchemy.ext.asyncio import AsyncConnection

_PUT_OVERRIDE = text(
    "INSERT INTO override (id, organization_id, body_id, area, valid_from, valid_until, revision, "
    "document) VALUES (:id, :organization_id, :body_id, :area, :valid_from, :valid_until, "
    ":revision, :document) ON CONFLICT (id) DO UPDATE SET valid_until = excluded.valid_until, "
    "revision = excluded.revision, document = excluded.document"
)
_PUT_DISPUTE = text(
    "INSERT INTO dispute (id, organization_id, body_id, area, due_on, state, revision, document) "
    "VALUES (:id, :organization_id, :body_id, :area, :due_on, :state, :revision, :document) "
    "ON CONFLICT (id) DO UPDATE SET state = excluded.state, revision = excluded.revision, "
    "document = excluded.document"
)
_LOCK_OVERRIDE = text("SELECT id, area, revision, document FROM override WHERE id = :id FOR UPDATE")
_LOCK_DISPUTE = text("SELECT id, area, revision, document FROM dispute WHERE id = :id FOR UPDATE")
_LOCK_OPEN = text(
    "SELECT id, area, revision, document FROM dispute "
    "WHERE organization_id = :id AND state = 'open' FOR UPDATE"
)
_FILTERS = (
    bindparam("patterns", type_=ARRAY(Text)),
    bindparam("areas", type_=ARRAY(Text)),
    bindparam("body_id", type_=ARRAY(Text)),
    bindparam("id", type_=Uuid),
    bindparam("organization_id", type_=Uuid),
    bindparam("after", type_=Uuid),
    bindparam("day", type_=Date),
)
_OVERRIDES = text(
    """
    SELECT id, left(document, -1) || ',"standing":"' || standing || '","flags":' ||
           array_to_json(flags)::text || '}' AS document
    FROM (
        SELECT d.id, d.document,
            CASE WHEN d.valid_until <= d.valid_from THEN 'withdrawn'
                 WHEN d.valid_until <= :day THEN 'ended'
                 WHEN d.valid_from > :day THEN 'upcoming'
                 WHEN 'designated' = ANY(a.flags) THEN 'in_force'
                 ELSE 'lapsed' END AS standing,
            ARRAY(SELECT flag FROM unnest(a.flags) AS flag WHERE d.valid_from <= :day
                  AND d.valid_until > :day AND flag LIKE 'override\\_%') AS flags
        FROM override d LEFT JOIN assignment a ON a.organization_id = d.organization_id
            AND a.valid_from <= :day AND (a.valid_until IS NULL OR a.valid_until > :day)
        WHERE (CAST(:patterns AS text[]) IS NULL OR d.area LIKE ANY(:patterns))
          AND (CAST(:areas AS text[]) IS NULL OR d.area LIKE ANY(:areas))
          AND (CAST(:id AS uuid) IS NULL OR d.id = :id)
          AND (CAST(:organization_id AS uuid) IS NULL OR d.organization_id = :organization_id)
          AND (CAST(:body_id AS text[]) IS NULL OR d.body_id = ANY(:body_id))
          AND (CAST(:after AS uuid) IS NULL OR d.id > :after)
          AND (CAST(:ends_before AS date) IS NULL OR d.valid_until < :ends_before)
    ) AS listed
    WHERE (CAST(:standing AS text) IS NULL OR standing = :standing)
      AND (CAST(:flag AS text) IS NULL OR :flag = ANY(flags))
    ORDER BY id LIMIT :limit
    """
).bindparams(
    *_FILTERS,
    bindparam("ends_before", type_=Date),
    bindparam("standing", type_=Text),
    bindparam("flag", type_=Text),
)
_DISPUTES = text(
    """
    SELECT d.id, left(d.document, -1) || ',"overdue":' ||
        (d.state = 'open' AND d.due_on < :day)::text || '}' AS document
    FROM dispute d
    WHERE (CAST(:patterns AS text[]) IS NULL OR d.area LIKE ANY(:patterns))
      AND (CAST(:areas AS text[]) IS NULL OR d.area LIKE ANY(:areas))
      AND (CAST(:id AS uuid) IS NULL OR d.id = :id)
      AND (CAST(:organization_id AS uuid) IS NULL OR d.organization_id = :organization_id)
      AND (CAST(:body_id AS text[]) IS NULL OR d.body_id = ANY(:body_id))
      AND (CAST(:after AS uuid) IS NULL OR d.id > :after)
      AND (CAST(:state AS text) IS NULL OR d.state = :state)
      AND (CAST(:overdue AS boolean) IS NULL
           OR (d.state = 'open' AND d.due_on < :day) = :overdue)
    ORDER BY d.id LIMIT :limit
    """
).bindparams(*_FILTERS, bindparam("state", type_=Text), bindparam("overdue", type_=Boolean))


class StoredDocument(NamedTuple):
    """An override or a dispute as it is stored."""

    id: UUID
    area: str
    revision: int
    document: dict[str, Any]


async def put_override(connection: AsyncConnection, stored: StoredDocument) -> None:
    """Insert or replace an override."""
    document = stored.document
    await connection.execute(
        _PUT_OVERRIDE,
        {
            "id": stored.id,
            "organization_id": UUID(document["organization_id"]),
            "body_id": document["body_id"],
            "area": stored.area,
            "valid_from": date.fromisoformat(document["valid_from"]),
            "valid_until": date.fromisoformat(document["valid_until"]),
            "revision": stored.revision,
            "document": orjson.dumps(document).decode(),
        },
    )


async def put_dispute(connection: AsyncConnection, stored: StoredDocument) -> None:
    """Insert or replace a dispute. Raises IntegrityError when the organization has an open one."""
    document = stored.document
    await connection.execute(
        _PUT_DISPUTE,
        {
            "id": stored.id,
            "organization_id": UUID(document["organization_id"]),
            "body_id": document["body_id"],
            "area": stored.area,
            "due_on": date.fromisoformat(document["due_on"]),
            "state": document["state"],
            "revision": stored.revision,
            "document": orjson.dumps(document).decode(),
        },
    )


async def lock_override(connection: AsyncConnection, identifier: UUID) -> StoredDocument | None:
    """The override, locked until the transaction ends."""
    return _stored((await connection.execute(_LOCK_OVERRIDE, {"id": identifier})).one_or_none())


async def lock_dispute(connection: AsyncConnection, identifier: UUID) -> StoredDocument | None:
    """The dispute, locked until the transaction ends."""
    return _stored((await connection.execute(_LOCK_DISPUTE, {"id": identifier})).one_or_none())


async def lock_open_dispute(
    connection: AsyncConnection, organization: UUID
) -> StoredDocument | None:
    """The organization's open dispute, locked until the transaction ends."""
    return _stored((await connection.execute(_LOCK_OPEN, {"id": organization})).one_or_none())


def _stored(row: Any) -> StoredDocument | None:
    if row is None:
        return None
    return StoredDocument(row.id, row.area, row.revision, orjson.loads(row.document))


class DocumentPage(NamedTuple):
    """A page: documents in the order of their ids, the last id on it, and how many there are."""

    documents: str
    last: UUID | None
    size: int


async def page_of_overrides(
    connection: AsyncConnection,
    filters: Mapping[str, Any],
    day: date,
    patterns: Sequence[str] | None,
    after: UUID | None,
    limit: int,
) -> DocumentPage:
    """Up to `limit` overrides with how each stands on `day`, after `after`."""
    return await _page(connection, _OVERRIDES, filters, day, patterns, after, limit)


async def page_of_disputes(
    connection: AsyncConnection,
    filters: Mapping[str, Any],
    day: date,
    patterns: Sequence[str] | None,
    after: UUID | None,
    limit: int,
) -> DocumentPage:
    """Up to `limit` disputes, `overdue` on `day` or not, after `after`."""
    return await _page(connection, _DISPUTES, filters, day, patterns, after, limit)


async def _page(
    connection: AsyncConnection,
    statement: Any,
    filters: Mapping[str, Any],
    day: date,
    patterns: Sequence[str] | None,
    after: UUID | None,
    limit: int,
) -> DocumentPage:
    bound = {
        "id": None, "organization_id": None, "body_id": None, "areas": None, "standing": None,
        "flag": None, "state": None, "overdue": None, "ends_before": None, **filters,
    }  # fmt: skip
    bound |= {"day": day, "patterns": patterns, "after": after, "limit": limit}
    values = {name: bound[name] for name in statement.compile().params}
    rows = (await connection.execute(statement, values)).all()
    documents = ",".join(row.document for row in rows)
    return DocumentPage(f"[{documents}]", rows[-1].id if rows else None, len(rows))
