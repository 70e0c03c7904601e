"""Statements on the ledger: what it tells of organizations, and where it ended."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import ARRAY, Row, Text, bindparam, text
from sqlalchemy.ext.asyncio import AsyncConnection

PATCHES = text(
    """
    SELECT position, effective_on, type, event::json #>> '{data,change}' AS change FROM ledger
    WHERE subject = :subject AND (CAST(:known_at AS bigint) IS NULL OR position <= :known_at)
    ORDER BY position
    """
)
PATCHES_OF = text(
    "SELECT subject, position, effective_on, event::json #>> '{data,change}' AS change "
    "FROM ledger WHERE subject = ANY(:subjects) AND position <= :known_at"
).bindparams(bindparam("subjects", type_=ARRAY(Text)))
EVENTS_UP_TO = text(
    """
    SELECT position, revision, type, effective_on, recorded_at, actor, areas, digest,
           event::json #>> '{data,reason}' AS reason,
           CAST(event::json #> '{data,change}' AS text) AS change,
           CASE WHEN effective_on < coalesce(min(effective_on) OVER later, 'infinity')
            THEN event::json #>> '{data,timeline}' END AS timeline
    FROM ledger WHERE subject = :subject AND position <= :position
    WINDOW later AS (ORDER BY position DESC ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING)
    ORDER BY position
    """
)
EVENTS_AFTER = text(
    """
    SELECT position, revision, type, effective_on, recorded_at, actor, areas, digest,
           event::json #>> '{data,reason}' AS reason,
           CAST(event::json #> '{data,change}' AS text) AS change,
           NULL AS timeline
    FROM ledger
    WHERE subject = :subject AND position > :after
      AND (CAST(:patterns AS text[]) IS NULL
           OR EXISTS (SELECT FROM unnest(areas) AS area WHERE area LIKE ANY(:patterns)))
    ORDER BY position LIMIT :limit
    """
).bindparams(bindparam("patterns", type_=ARRAY(Text)))
HEAD = text("SELECT position FROM ledger_head")
HEAD_AT = text("SELECT digest, recorded_at FROM ledger WHERE position = :position")
POSITION_AT = text(
    """
    SELECT coalesce(max(position), 0) FROM ledger
    WHERE recorded_at = (SELECT max(recorded_at) FROM ledger WHERE recorded_at <= :moment)
    """
)
CHANGED_SINCE = text("SELECT DISTINCT subject FROM ledger WHERE position > :position LIMIT :limit")

Rows = Sequence[Row[Any]]


async def patches(connection: AsyncConnection, subject: str, known_at: int | None) -> Rows:
    """(position, effective_on, type, change) of a subject's events, in the order of the ledger."""
    bound = {"subject": subject, "known_at": known_at}
    return (await connection.execute(PATCHES, bound)).all()


async def patches_of(connection: AsyncConnection, subjects: Sequence[str], known_at: int) -> Rows:
    """(subject, position, effective_on, change) of the events of several subjects."""
    bound = {"subjects": list(subjects), "known_at": known_at}
    return (await connection.execute(PATCHES_OF, bound)).all()


async def events_up_to(connection: AsyncConnection, subject: str, position: int) -> Rows:
    """A subject's events up to a position; `timeline` where no later event replaced it whole."""
    bound = {"subject": subject, "position": position}
    return (await connection.execute(EVENTS_UP_TO, bound)).all()


async def events_after(
    connection: AsyncConnection,
    subject: str,
    patterns: Sequence[str] | None,
    after: int,
    limit: int,
) -> Rows:
    """A page of a subject's events after a position, those that touch `patterns` only."""
    bound = {
        "subject": subject,
        "after": after,
        "limit": limit,
        "patterns": None if patterns is None else list(patterns),
    }
    return (await connection.execute(EVENTS_AFTER, bound)).all()


async def head_position(connection: AsyncConnection) -> int:
    """The ledger's last position; 0 when it is empty."""
    return int((await connection.execute(HEAD)).scalar_one())


async def head_at(connection: AsyncConnection, position: int) -> Row[Any]:
    """(digest, recorded_at) of the event at a position."""
    return (await connection.execute(HEAD_AT, {"position": position})).one()


async def position_at(connection: AsyncConnection, moment: datetime) -> int:
    """The last position recorded at or before `moment`; 0 before the first."""
    return int((await connection.execute(POSITION_AT, {"moment": moment})).scalar_one())


async def changed_since(connection: AsyncConnection, position: int, limit: int) -> Sequence[str]:
    """Subjects with events after `position`; at most `limit` of them."""
    bound = {"position": position, "limit": limit}
    return (await connection.execute(CHANGED_SINCE, bound)).scalars().all()
