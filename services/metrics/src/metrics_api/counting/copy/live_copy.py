"""Keep the columnar copy in step with the fact timeline, edition by edition."""

import asyncio
import contextlib
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import date

import polars as pl
import structlog
from prometheus_client import Gauge

from metrics_api.core.areas.directory import DirectoryHistory
from metrics_api.core.facts.edition import Edition
from metrics_api.counting.copy.area_rollup import AreaRollup, rollup_on
from metrics_api.counting.copy.csv_rows import joined_rows, rows_from_csv
from metrics_api.counting.copy.fact_copy import FactCopy
from metrics_api.directory.read import read_directory
from metrics_api.editions.begin import CHANNEL
from metrics_api.editions.read import directory_changed, newest_edition, newest_rebuild
from metrics_api.facts.read import (
    Sink,
    stream_believed,
    stream_closed_after,
    stream_opened_after,
    stream_past,
)
from servicekit.background import Loop
from servicekit.database import Database, Notifications
from servicekit.time import Clock

log = structlog.get_logger()

COPY_EDITION = Gauge("metrics_copy_edition", "Newest edition in the columnar copy")
COPY_ROWS = Gauge("metrics_copy_rows", "Rows of the fact timeline in the columnar copy")
COPY_BYTES = Gauge("metrics_copy_bytes", "Memory of the columnar copy")

_LOOK_SECONDS = 5.0
"""How long a missed ring can go unnoticed."""
_RETRY_SECONDS = 1.0
_PATIENCE_SECONDS = 2.0
_GLANCE_SECONDS = 0.005


@dataclass(frozen=True, slots=True)
class Served:
    """One consistent state to answer from; a request keeps the one it began with."""

    edition: Edition
    copy: FactCopy
    directory: DirectoryHistory
    rebuild: int
    """How often the fact timeline had been rebuilt: rows of another rebuild have other keys."""

    def rollup(self, edition: int, day: date) -> AreaRollup:
        """Where every area lay on `day`, as `edition` knows it.

        The first call for a day takes the country's 41,352 streets some 0.2 s: `load` makes
        today's before the first request can ask for it.
        """
        hierarchy = self.directory.at(edition).areas.on(day)
        return rollup_on(hierarchy, self.copy.area_count)


class LiveCopy:
    """The copy that answers; it lags a commit by milliseconds, and says by its edition how far."""

    def __init__(self, database: Database, notifications: Notifications, clock: Clock) -> None:
        self._database = database
        self._notifications = notifications
        self._clock = clock
        self._served: Served | None = None
        self._refreshing = asyncio.Lock()

    @property
    def served(self) -> Served:
        """What to answer from now; RuntimeError before the first load."""
        if self._served is None:
            raise RuntimeError("the columnar copy is not loaded yet")
        return self._served

    @asynccontextmanager
    async def running(self) -> AsyncIterator[None]:
        """Load, then follow while the context is open.

        A database that is away leaves the last copy answering.
        """
        await self.load()
        follow = Loop(
            name="columnar-copy",
            step=self.refresh,
            every=_LOOK_SECONDS,
            retry=_RETRY_SECONDS,
            wakes=self._notifications,
            channel=CHANNEL,
            failed=lambda error: log.warning("copy_not_refreshed", error=repr(error)),
        )
        async with follow.running():
            yield

    async def load(self) -> None:
        """Load everything anew, streaming; answers keep coming from the old copy meanwhile."""
        started = time.monotonic()
        async with self._database.snapshot() as connection:
            edition = await newest_edition(connection)
            rebuild = await newest_rebuild(connection)
            believed = await _rows(lambda sink: stream_believed(connection, sink))
            past = await _rows(lambda sink: stream_past(connection, sink))
            directory = await read_directory(connection)
        copy = await asyncio.to_thread(FactCopy.loaded, edition.number, believed, past)
        served = Served(edition, copy, directory, rebuild)
        await asyncio.to_thread(served.rollup, edition.number, self._clock.today())
        self._serve(served)
        seconds = round(time.monotonic() - started, 3)
        log.info("copy_loaded", edition=edition.number, rows=copy.rows, seconds=seconds)

    async def reached(self, edition: int) -> None:
        """Wait until answers know `edition`, so that who wrote reads it; at most two seconds.

        Later the answer would only be older than hoped: it says by its edition how old.
        """
        await self._until(lambda: self.served.edition.number >= edition)

    async def replaced(self, served: Served) -> None:
        """Wait until answers come from another state than `served`; at most two seconds."""
        await self._until(lambda: self.served is not served)

    async def _until(self, holds: Callable[[], bool]) -> None:
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(_PATIENCE_SECONDS):
                while not holds():
                    await asyncio.sleep(_GLANCE_SECONDS)

    async def refresh(self) -> bool:
        """Take in what was committed since, editions or a rebuild; whether there was any.

        One after the other: a slower look would put an older copy in the place of a newer one.
        """
        async with self._refreshing:
            return await self._refresh()

    async def _refresh(self) -> bool:
        known = self.served
        async with self._database.snapshot() as connection:
            edition = await newest_edition(connection)
            number = known.edition.number
            rebuilt = await newest_rebuild(connection) != known.rebuild
            if edition.number == number and not rebuilt:
                return False
            anew = rebuilt or edition.number < number
            if not anew:
                opened = await _rows(lambda sink: stream_opened_after(connection, number, sink))
                closed = await _rows(lambda sink: stream_closed_after(connection, number, sink))
                changed = await directory_changed(connection, number)
                directory = await read_directory(connection) if changed else known.directory
        if anew:
            log.warning("copy_loads_anew", copy=number, database=edition.number, rebuilt=rebuilt)
            await self.load()
            return True
        copy = await asyncio.to_thread(known.copy.advanced, edition.number, opened, closed)
        self._serve(Served(edition, copy, directory, known.rebuild))
        return True

    def _serve(self, served: Served) -> None:
        self._served = served
        COPY_EDITION.set(served.edition.number)
        COPY_ROWS.set(served.copy.rows)
        COPY_BYTES.set(served.copy.size_in_bytes)


async def _rows(stream: Callable[[Sink], Awaitable[None]]) -> pl.DataFrame:
    """All that `stream` sends, as one frame."""
    frames: list[pl.DataFrame] = []

    async def sink(chunk: bytes) -> None:
        frames.append(await asyncio.to_thread(rows_from_csv, chunk))

    await stream(sink)
    return joined_rows(frames)
