"""Rows whose time is up: ended jobs and old idempotency keys, deleted a batch at a time."""

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

_TAKE_TIME = text("SET LOCAL statement_timeout = '10min'")
"""An import of a million rows has as many remarks that go with it."""
_DELETE_OLD_JOB = text(
    """
    DELETE FROM job WHERE id = (
        SELECT id FROM job
        WHERE state IN ('succeeded', 'failed')
          AND updated_at < clock_timestamp() - make_interval(days => :days)
        ORDER BY updated_at LIMIT 1 FOR UPDATE SKIP LOCKED
    )
    """
)
_DELETE_OLD_KEYS = text(
    """
    DELETE FROM idempotency_key WHERE (client, key) IN (
        SELECT client, key FROM idempotency_key
        WHERE created_at < clock_timestamp() - make_interval(days => :days)
        ORDER BY created_at LIMIT 1000 FOR UPDATE SKIP LOCKED
    )
    """
)


async def delete_old_job(connection: AsyncConnection, days: int) -> int:
    """Delete the job that ended first of those that ended `days` ago; 0 where there is none."""
    await connection.execute(_TAKE_TIME)
    return (await connection.execute(_DELETE_OLD_JOB, {"days": days})).rowcount


async def delete_old_keys(connection: AsyncConnection, days: int) -> int:
    """Delete the oldest thousand idempotency keys of those `days` old; returns how many."""
    await connection.execute(_TAKE_TIME)
    return (await connection.execute(_DELETE_OLD_KEYS, {"days": days})).rowcount
