"""Work in the background of an app: it starts and stops with the app and survives its errors."""

import asyncio
import signal
from collections.abc import AsyncIterator, Awaitable, Callable, Coroutine
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from dataclasses import dataclass
from typing import Any, NoReturn, Protocol

import structlog

log = structlog.get_logger()


class Wakes(Protocol):
    """What can end a pause early: `servicekit.database.notifications`."""

    def next_notification(self, channel: str) -> asyncio.Event:
        """The notification to come."""

    async def wait(
        self, channel: str, seconds: float, notification: asyncio.Event | None = None
    ) -> None:
        """Return at `notification`, or after `seconds`."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Loop:
    """Makes a step, pauses, and makes the next one, for ever.

    A step that returns something true says that there may be more to do: no pause then. Otherwise
    the loop pauses `every` seconds, or until `wakes` rings on `channel`, also where it rang while
    the step was made. After an error it pauses `retry` seconds (`every` where none is given) and
    tries again; `failed` is told of it (by default it goes to the log under the loop's name).
    """

    name: str
    step: Callable[[], Awaitable[int | None]]
    every: float
    retry: float | None = None
    wakes: Wakes | None = None
    channel: str = ""
    failed: Callable[[Exception], None] | None = None
    at_once: bool = True
    """False: the first step comes after a pause."""

    def running(self) -> AbstractAsyncContextManager[None]:
        """Run while the context is open."""
        return in_background(self.name, self.run())

    async def run(self) -> NoReturn:
        """Run until cancelled."""
        if not self.at_once:
            await self._pause(None)
        while True:
            notification = self.wakes.next_notification(self.channel) if self.wakes else None
            try:
                more = await self.step()
            except Exception as error:  # it must neither end the process nor end for good
                self._tell(error)
                await asyncio.sleep(self.every if self.retry is None else self.retry)
            else:
                if not more:
                    await self._pause(notification)

    async def _pause(self, notification: asyncio.Event | None) -> None:
        if self.wakes is None:
            await asyncio.sleep(self.every)
        else:
            await self.wakes.wait(self.channel, self.every, notification)

    def _tell(self, error: Exception) -> None:
        if self.failed is None:
            log.error(self.name, exc_info=error)
        else:
            self.failed(error)


@asynccontextmanager
async def in_background(
    name: str, work: Coroutine[Any, Any, object], *, vital: bool = False
) -> AsyncIterator[None]:
    """Do `work` as the task `name` while the context is open, and stop it then.

    Where it is `vital` and ends all the same, so does the process (SIGTERM): whoever supervises it
    sees that and starts it anew.
    """
    task = asyncio.create_task(work, name=name)
    if vital:
        task.add_done_callback(_end_process)
    try:
        yield
    finally:
        task.cancel()
        await asyncio.wait([task])  # not the task itself: its cancellation and ours are two things
        if not task.cancelled():
            task.result()


def _end_process(task: asyncio.Task[object]) -> None:
    if not task.cancelled():
        log.critical("background_ended", name=task.get_name(), error=repr(task.exception()))
        signal.raise_signal(signal.SIGTERM)
