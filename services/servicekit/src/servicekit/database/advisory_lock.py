"""Lets one process of several work: a lock that PostgreSQL releases when its holder is gone."""

import asyncio
from collections.abc import Callable

from servicekit.database.engines import Database


class AdvisoryLock:
    """A session-level advisory lock on a connection of its own; gone with the process."""

    def __init__(self, database: Database, name: str) -> None:
        self._database = database
        self._name = name

    async def __aenter__(self) -> Callable[[], bool]:
        self._connection = await self._database.listen()
        try:
            while not await self._connection.fetchval(
                "SELECT pg_try_advisory_lock(hashtextextended($1, 0))", self._name
            ):
                await asyncio.sleep(1)
        except BaseException:
            await self._connection.close(timeout=1)
            raise
        return lambda: not self._connection.is_closed()

    async def __aexit__(self, *_: object) -> None:
        if not self._connection.is_closed():
            await self._connection.close(timeout=1)
