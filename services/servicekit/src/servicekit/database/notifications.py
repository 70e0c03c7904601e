"""One LISTEN connection per process that wakes whoever waits for a channel."""

import asyncio
import contextlib
from collections import defaultdict
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import structlog

from servicekit.background import Loop
from servicekit.database.engines import Database

log = structlog.get_logger()

_RECONNECT_SECONDS = 1.0


class Notifications:
    """Wakes waiters on NOTIFY.

    One may be missed while the connection is down: waiters use a timeout.
    """

    def __init__(self, database: Database, *channels: str) -> None:
        self._database = database
        self._channels = channels
        self._events: dict[str, asyncio.Event] = defaultdict(asyncio.Event)
        self._connected = False
        self.closing = False

    def next_notification(self, channel: str) -> asyncio.Event:
        """The notification to come.

        Taken before looking, it tells of what comes between look and wait.
        """
        return self._events[channel]

    async def wait(
        self, channel: str, seconds: float, notification: asyncio.Event | None = None
    ) -> None:
        """Return at `notification`, or at the next of `channel`; after `seconds` at the latest.

        Not by `asyncio.wait_for`: in Python 3.11 it loses a cancellation that comes together with
        the notification, and a shutdown at that moment would wait for ever.
        """
        limit = seconds if self._connected else min(seconds, 0.2)
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(limit):
                await (notification or self._events[channel]).wait()

    def close(self) -> None:
        """The process is about to stop: long polls that see `closing` answer at once."""
        self.closing = True
        for channel in self._channels:
            self.wake(channel)

    def wake(self, channel: str) -> None:
        """Wake all who wait for `channel` now."""
        waiting = self._events.pop(channel, None)
        if waiting is not None:
            waiting.set()

    def _on_notify(self, *received: Any) -> None:
        self.wake(received[2])

    @asynccontextmanager
    async def running(self) -> AsyncIterator[None]:
        """Listen while the context is open, reconnecting for ever."""
        loop = Loop(
            name="notifications",
            step=self._listen_once,
            every=_RECONNECT_SECONDS,
            failed=self._lost,
        )
        async with loop.running():
            try:
                yield
            finally:
                self.close()

    def _lost(self, error: Exception) -> None:
        log.warning("bell_lost", error=str(error))

    async def _listen_once(self) -> None:
        connection = await self._database.listen()
        closed = asyncio.Event()
        connection.add_termination_listener(lambda _: closed.set())
        try:
            for channel in self._channels:
                await connection.add_listener(channel, self._on_notify)
            self._connected = True
            for channel in self._channels:
                self.wake(channel)
            await closed.wait()
        finally:
            self._connected = False
            with contextlib.suppress(Exception):
                await connection.close(timeout=1)
