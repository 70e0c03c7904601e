"""Frequent single-row reads that go straight to the driver.

A GET by id is one statement. Through SQLAlchemy (a connection checked out, a result set up, a
greenlet) it costs twice as much processor time as straight through asyncpg; and asyncpg's own pool
asks the server to reset a session after each use, though nothing was set in it.
"""

import asyncio
from collections.abc import Mapping
from typing import Any

import asyncpg

_SECONDS = 10


class RowReads:
    """A pool of its own, opened when it is first used. `dsn` may point to a replica."""

    def __init__(self, dsn: str, size: int, server: Mapping[str, str]) -> None:
        self._dsn = dsn
        self._size = size
        self._server = dict(server)
        self._opening = asyncio.Lock()
        self._pool: asyncpg.Pool | None = None

    async def row(self, statement: str, *arguments: Any) -> asyncpg.Record | None:
        """The first row of a statement in PostgreSQL's own words ($1, $2…), None without one.

        Raises what asyncpg raises, and TimeoutError when no connection becomes free.
        """
        pool = self._pool or await self._open()
        # where nothing is to be waited for, no clock need be set
        patience = None if pool.get_idle_size() else _SECONDS
        async with pool.acquire(timeout=patience) as connection:
            row: asyncpg.Record | None = await connection.fetchrow(statement, *arguments)
            return row

    async def _open(self) -> asyncpg.Pool:
        async with self._opening:
            if self._pool is None:
                self._pool = await asyncpg.create_pool(
                    self._dsn,
                    min_size=0,
                    max_size=self._size,
                    reset=_leave,
                    server_settings=self._server,
                    timeout=_SECONDS,
                )
        return self._pool

    def in_use(self) -> int:
        """Connections in use now."""
        return self._pool.get_size() - self._pool.get_idle_size() if self._pool else 0

    async def close(self) -> None:
        """Close the pool."""
        if self._pool is not None:
            await self._pool.close()
            self._pool = None


async def _leave(connection: Any) -> None:
    """Skip the reset of the session: a single read changes nothing in it."""
