"""Ended jobs and old idempotency keys go when their time is up, and nothing else."""

from collections.abc import Callable

from sqlalchemy import text

from servicekit.database.engines import Database
from servicekit.database.retention import Retention
from servicekit.settings import ServiceSettings

JOBS = """
INSERT INTO job (id, kind, state, params, client, updated_at)
SELECT gen_random_uuid(), state || age, state, '{}', 'c',
    clock_timestamp() - make_interval(days => age)
FROM unnest(ARRAY['queued', 'running', 'succeeded', 'failed']) AS state, unnest(ARRAY[2, 4]) AS age
"""
KEYS = """
INSERT INTO idempotency_key (client, key, fingerprint, created_at)
SELECT 'c', n::text, '', clock_timestamp() - make_interval(hours => n)
FROM generate_series(0, 2500) AS n
"""


async def test_only_what_is_over_and_old_goes(
    database: Database, sample_url: str, settings_for: Callable[..., ServiceSettings]
) -> None:
    async with database.transaction() as connection:
        await connection.execute(text(JOBS))
        await connection.execute(text(KEYS))
    settings = settings_for(sample_url, job_retention_days=3, idempotency_retention_days=10)
    retention = Retention(database, settings, "job", "idempotency_key")
    assert await retention.sweep() == {"job": 2, "idempotency_key": 2501 - 240}
    async with database.reading() as connection:
        kinds = (await connection.execute(text("SELECT kind FROM job ORDER BY kind"))).scalars()
        assert list(kinds) == [
            "failed2", "queued2", "queued4", "running2", "running4", "succeeded2",
        ]  # fmt: skip
        keys = await connection.execute(text("SELECT max(key::int) FROM idempotency_key"))
        assert keys.scalar_one() == 239
    assert await retention.sweep() == {"job": 0, "idempotency_key": 0}


async def test_rows_that_somebody_holds_are_left_for_next_time(
    database: Database, sample_url: str, settings_for: Callable[..., ServiceSettings]
) -> None:
    async with database.transaction() as connection:
        await connection.execute(text(KEYS))
    retention = Retention(database, settings_for(sample_url), "idempotency_key")
    async with database.transaction() as connection:
        await connection.execute(text("SELECT FROM idempotency_key WHERE key = '2000' FOR UPDATE"))
        await retention.sweep()
    assert (await retention.sweep())["idempotency_key"] == 1
