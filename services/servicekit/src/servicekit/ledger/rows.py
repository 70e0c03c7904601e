"""The statements of a ledger, its feed and the idempotency keys, and what runs them."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import ARRAY, CursorResult, Date, Integer, Row, Text, Uuid, bindparam, text
from sqlalchemy.ext.asyncio import AsyncConnection

from servicekit.database.engines import copy_rows
from servicekit.ledger.canonical import GENESIS
from servicekit.ledger.events import Appended, Head, PreparedEvent

_HEAD = text("SELECT position, digest, recorded_at, algorithm FROM ledger_head")
_LOCK_HEAD = text("SELECT position, digest, recorded_at, algorithm FROM ledger_head FOR UPDATE")
_WRITE_HEAD = text(
    "UPDATE ledger_head SET position = :position, digest = :digest, recorded_at = :at"
)
_WRITE_ALGORITHM = text("UPDATE ledger_head SET algorithm = :algorithm")
_DIGEST = text("SELECT digest FROM ledger WHERE position = :position")
_SPAN = text(
    "SELECT position, id, subject, revision, type, effective_on, recorded_at, actor, areas, event, "
    "digest FROM ledger WHERE position > :after AND position <= :until ORDER BY position"
)
_ANY_BEYOND_HEAD = text(
    "SELECT EXISTS (SELECT FROM ledger WHERE position > (SELECT position FROM ledger_head))"
)
_CLOCK_TIME = text("SELECT clock_timestamp()")
_NOTIFY = text("SELECT pg_notify(:channel, :position)")
_APPEND = text(
    "SELECT appended_position, appended_at FROM ledger_append(:ids, :subjects, :revisions, :types, "
    ":effective, :actors, :touched, :befores, :betweens, :afters)"
).bindparams(
    bindparam("ids", type_=ARRAY(Uuid)),
    bindparam("subjects", type_=ARRAY(Text)),
    bindparam("revisions", type_=ARRAY(Integer)),
    bindparam("types", type_=ARRAY(Text)),
    bindparam("effective", type_=ARRAY(Date)),
    bindparam("actors", type_=ARRAY(Text)),
    bindparam("touched", type_=ARRAY(Text)),
    bindparam("befores", type_=ARRAY(Text)),
    bindparam("betweens", type_=ARRAY(Text)),
    bindparam("afters", type_=ARRAY(Text)),
)
_PAGE_SQL = """
SELECT string_agg(
         left(event, -1) || ',"digest":"' || encode(digest, 'hex') || '"}}', ',' ORDER BY position
       ) AS events,
       max(position) AS last,
       count(*) AS size,
       encode((array_agg(digest ORDER BY position DESC))[1], 'hex') AS digest
FROM (
    SELECT position, event, digest FROM ledger
    WHERE position > :after AND position <= :until {touches}
    ORDER BY position LIMIT :limit
) AS page
"""
_PAGE = text(_PAGE_SQL.format(touches=""))
_PAGE_OF_AREAS = text(
    _PAGE_SQL.format(
        touches="AND EXISTS (SELECT FROM unnest(areas) AS area WHERE area LIKE ANY(:patterns))"
    )
)
_INSERT_KEY = text(
    "INSERT INTO idempotency_key (client, key, fingerprint) VALUES (:client, :key, :print) "
    "ON CONFLICT DO NOTHING"
)
_ANSWER = text(
    "SELECT fingerprint, status, location, body FROM idempotency_key "
    "WHERE client = :client AND key = :key"
)
_WRITE_ANSWER = text(
    "UPDATE idempotency_key SET status = :status, location = :location, body = :body "
    "WHERE client = :client AND key = :key"
)
_COLUMNS = (
    "position", "id", "subject", "revision", "type", "effective_on",
    "recorded_at", "actor", "areas", "event", "digest",
)  # fmt: skip


async def select_head(connection: AsyncConnection) -> Head:
    """The ledger's end as this connection sees it."""
    return _head(await connection.execute(_HEAD))


async def lock_head(connection: AsyncConnection) -> Head:
    """The ledger's end, locked until the transaction ends: no other writer appends meanwhile."""
    return _head(await connection.execute(_LOCK_HEAD))


async def write_head(connection: AsyncConnection, head: Head) -> None:
    """Move the ledger's end."""
    end = {"position": head.position, "digest": head.digest, "at": head.recorded_at}
    await connection.execute(_WRITE_HEAD, end)


async def write_algorithm(connection: AsyncConnection, algorithm: str) -> None:
    """Have the ledger chain with another hash."""
    await connection.execute(_WRITE_ALGORITHM, {"algorithm": algorithm})


async def digest_at(connection: AsyncConnection, position: int) -> bytes:
    """The chain up to the event at `position`; 32 zero bytes for 0."""
    if position == 0:
        return GENESIS
    result = await connection.execute(_DIGEST, {"position": position})
    return bytes(result.scalar_one())


async def select_span(connection: AsyncConnection, after: int, until: int) -> Sequence[Row[Any]]:
    """The rows after `after` up to `until`, both positions, in order."""
    return (await connection.execute(_SPAN, {"after": after, "until": until})).all()


async def any_beyond_head(connection: AsyncConnection) -> bool:
    """Whether there is a row past the ledger's end."""
    return bool((await connection.execute(_ANY_BEYOND_HEAD)).scalar_one())


async def clock_time(connection: AsyncConnection) -> datetime:
    """The time of the database's clock now, not at the start of the transaction."""
    now: datetime = (await connection.execute(_CLOCK_TIME)).scalar_one()
    return now


async def append_by_function(
    connection: AsyncConnection, prepared: Sequence[PreparedEvent]
) -> list[Appended]:
    """Append by the SQL function, which locks the head, chains and inserts."""
    rows = await connection.execute(
        _APPEND,
        {
            "ids": [p.id for p in prepared],
            "subjects": [p.event.subject for p in prepared],
            "revisions": [p.event.revision for p in prepared],
            "types": [p.event.type for p in prepared],
            "effective": [p.event.effective_on for p in prepared],
            "actors": [p.event.actor for p in prepared],
            "touched": [",".join(p.event.areas) for p in prepared],
            "befores": [p.before for p in prepared],
            "betweens": [p.between for p in prepared],
            "afters": [p.after for p in prepared],
        },
    )
    return [Appended(row.appended_position, row.appended_at) for row in rows]


async def copy_events(connection: AsyncConnection, rows: Sequence[tuple[Any, ...]]) -> None:
    """COPY whole rows of the ledger, in the order of `_COLUMNS`."""
    await copy_rows(connection, "ledger", _COLUMNS, rows)


async def notify(connection: AsyncConnection, channel: str, position: int) -> None:
    """Have the commit notify those who listen to `channel`."""
    await connection.execute(_NOTIFY, {"channel": channel, "position": str(position)})


async def select_page(
    connection: AsyncConnection,
    after: int,
    until: int,
    limit: int,
    patterns: Sequence[str] | None,
) -> Row[Any]:
    """A page of the feed: its `events` as JSON text, the `last` position, `size`, and `digest`.

    `patterns` are the LIKE patterns of a caller limited to areas, None otherwise.
    """
    bound: dict[str, Any] = {"after": after, "until": until, "limit": limit}
    if patterns is None:
        return (await connection.execute(_PAGE, bound)).one()
    return (await connection.execute(_PAGE_OF_AREAS, {**bound, "patterns": list(patterns)})).one()


async def insert_key(connection: AsyncConnection, client: str, key: str, print_: str) -> bool:
    """Take an idempotency key; False when it is taken. Waits for whoever is just taking it."""
    result = await connection.execute(_INSERT_KEY, {"client": client, "key": key, "print": print_})
    return bool(result.rowcount)


async def select_answer(connection: AsyncConnection, client: str, key: str) -> Row[Any]:
    """Fingerprint, status, location and body stored under a key that is taken."""
    return (await connection.execute(_ANSWER, {"client": client, "key": key})).one()


async def update_answer(
    connection: AsyncConnection, client: str, key: str, status: int, location: str | None, body: str
) -> None:
    """Store the answer under a key that is taken."""
    await connection.execute(
        _WRITE_ANSWER,
        {"client": client, "key": key, "status": status, "location": location, "body": body},
    )


def _head(result: CursorResult[Any]) -> Head:
    row = result.one()
    return Head(row.position, bytes(row.digest), row.recorded_at, row.algorithm)
