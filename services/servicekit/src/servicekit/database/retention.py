"""Deletes ended jobs and old idempotency keys once their time is up, in small batches.

Each batch is a transaction of its own that passes over rows somebody else holds, so any number of
processes may sweep at once and nobody waits for them.
"""

from contextlib import AbstractAsyncContextManager
from typing import Literal

import structlog
from prometheus_client import Counter
from sqlalchemy import TextClause, text

from servicekit.background import Loop
from servicekit.database.engines import Database
from servicekit.settings import ServiceSettings

log = structlog.get_logger()

Kept = Literal["job", "idempotency_key"]

FORGOTTEN = Counter("retention_deleted_total", "Rows deleted as their time was up", ["table"])

_EVERY_SECONDS = 600.0
_BATCHES = 100
"""Of each table in one sweep: what is left over waits for the next."""


class Retention:
    """Deletes ended jobs after `job_retention_days`, keys after `idempotency_retention_days`.

    It sweeps the `tables` named. Rows that reference a job with ON DELETE CASCADE go with it.
    """

    def __init__(
        self,
        database: Database,
        settings: ServiceSettings,
        *tables: Kept,
    ) -> None:
        due: dict[Kept, tuple[TextClause, int]] = {
            "job": (_OLD_JOBS, settings.job_retention_days),
            "idempotency_key": (_OLD_KEYS, settings.idempotency_retention_days),
        }
        self._database = database
        self._sweeps = {table: due[table] for table in tables}

    def running(self) -> AbstractAsyncContextManager[None]:
        """Sweep now and then while the context is open."""
        return Loop(name="retention", step=self._turn, every=_EVERY_SECONDS).running()

    async def _turn(self) -> None:
        await self.sweep()

    async def sweep(self) -> dict[Kept, int]:
        """Delete what is due, batch by batch; how many rows went from each table."""
        gone = {table: await self._sweep(table) for table in self._sweeps}
        if any(gone.values()):
            log.info("retention", **{str(table): rows for table, rows in gone.items()})
        return gone

    async def _sweep(self, table: Kept) -> int:
        statement, days = self._sweeps[table]
        gone = 0
        for _ in range(_BATCHES):
            async with self._database.transaction() as connection:
                # an import of a million rows has as many remarks that go with it
                await connection.execute(text("SET LOCAL statement_timeout = '10min'"))
                deleted = (await connection.execute(statement, {"days": days})).rowcount
            FORGOTTEN.labels(table).inc(deleted)
            gone += deleted
            if not deleted:
                break
        return gone


_OLD_JOBS = text(
    """
    DELETE FROM job WHERE id = (
        SELECT id FROM job
        WHERE state IN ('succeeded', 'failed')
          AND updated_at < clock_timestamp() - make_interval(days => :days)
        ORDER BY updated_at LIMIT 1 FOR UPDATE SKIP LOCKED
    )
    """
)
_OLD_KEYS = text(
    """
    DELETE FROM idempotency_key WHERE (client, key) IN (
        SELECT client, key FROM idempotency_key
        WHERE created_at < clock_timestamp() - make_interval(days => :days)
        ORDER BY created_at LIMIT 1000 FOR UPDATE SKIP LOCKED
    )
    """
)
