"""Deletes ended jobs and old idempotency keys once their time is up, in small batches.

Each batch is a transaction of its own that passes over rows somebody else holds, so any number of
processes may sweep at once and nobody waits for them.
"""

from collections.abc import Awaitable, Callable
from contextlib import AbstractAsyncContextManager
from typing import Literal

import structlog
from prometheus_client import Counter
from sqlalchemy.ext.asyncio import AsyncConnection

from servicekit.background import Loop
from servicekit.database import rows
from servicekit.database.engines import Database
from servicekit.settings import ServiceSettings

log = structlog.get_logger()

Kept = Literal["job", "idempotency_key"]

_Delete = Callable[[AsyncConnection, int], Awaitable[int]]

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
        due: dict[Kept, tuple[_Delete, int]] = {
            "job": (rows.delete_old_job, settings.job_retention_days),
            "idempotency_key": (rows.delete_old_keys, settings.idempotency_retention_days),
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
            log.info("retention", **{str(table): count for table, count in gone.items()})
        return gone

    async def _sweep(self, table: Kept) -> int:
        delete, days = self._sweeps[table]
        gone = 0
        for _ in range(_BATCHES):
            async with self._database.transaction() as connection:
                deleted = await delete(connection, days)
            FORGOTTEN.labels(table).inc(deleted)
            gone += deleted
            if not deleted:
                break
        return gone
