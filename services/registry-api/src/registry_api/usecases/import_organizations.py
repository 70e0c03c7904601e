"""Import: bring in what already exists, row by row, in a job that survives a crash.

Rows are dealt with in batches. A batch's organizations, errors, ledger events and the job's
progress are one transaction, so after a crash the job goes on behind the last whole batch:
nothing lost, nothing twice. The gates of establishment do not apply: the organizations exist.
"""

import asyncio
import itertools
import tempfile
from collections import Counter
from collections.abc import Callable, Generator, Sequence
from contextlib import closing
from dataclasses import dataclass
from datetime import date
from typing import Any, BinaryIO

from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncConnection

from registry_api.domain.divisions import Divisions
from registry_api.files.csv_rows import csv_rows, scan_csv
from registry_api.files.ndjson_rows import ndjson_rows, scan_ndjson
from registry_api.files.rows import FileRefused, FileRow
from registry_api.storage import history, organization_rows, uploads
from registry_api.usecases.import_batch import Batch, Landing, SeenRow, SeenRows, identities
from servicekit import jobs
from servicekit.auth import Caller
from servicekit.clock import Clock
from servicekit.database import Database
from servicekit.jobs import Job, JobFailed
from servicekit.ledger import Ledger

BATCH = 1000
_ATTEMPTS = 5

READERS: dict[str, Callable[[BinaryIO], Generator[FileRow, None, None]]] = {
    "csv": csv_rows,
    "ndjson": ndjson_rows,
}
SCANNERS: dict[str, Callable[[BinaryIO], int]] = {
    "csv": scan_csv,
    "ndjson": scan_ndjson,
}
"""Read a whole file for its structure and count its rows, before any of them lands."""


@dataclass(frozen=True, slots=True)
class ImportOrganizations:
    """The job's handler, with what it needs."""

    database: Database
    ledger: Ledger
    clock: Clock
    divisions: Divisions

    async def __call__(self, job: Job) -> dict[str, Any]:
        """Deal with all rows that are not dealt with yet; the counts of what came of them."""
        counts: Counter[str] = Counter(job.result or {})
        with tempfile.TemporaryFile() as file:
            await self._fetch(job, file)
            total = await self._scan(job, file)
            with closing(READERS[job.params["format"]](file)) as rows:
                seen = SeenRows()
                done = len(await asyncio.to_thread(seen.take, rows, job.done))
                while batch := await asyncio.to_thread(seen.take, rows, BATCH):
                    done += len(batch)
                    landing = await self._land(job, batch, done, counts, total)
                    counts.update(landing.counts)
        async with self.database.transaction() as connection:
            await uploads.forget(connection, job.id)
        return {name: counts[name] for name in ("created", "updated", "unchanged", "refused")}

    async def _fetch(self, job: Job, file: BinaryIO) -> None:
        async with self.database.reading() as connection:
            async for piece in uploads.pieces(connection, job.id):
                file.write(piece)
        file.seek(0)

    async def _scan(self, job: Job, file: BinaryIO) -> int:
        """The number of rows; a file that can't be read to its end ends the job, nothing landed."""
        try:
            return await asyncio.to_thread(SCANNERS[job.params["format"]], file)
        except FileRefused as refused:
            async with self.database.transaction() as connection:
                listed = [(refused.line, refused.violations)]
                await uploads.record_errors(connection, job.id, listed)
                await uploads.forget(connection, job.id)
                await jobs.advance(connection, job, done=0, errors=1)
            raise JobFailed({"error": "unreadable-file", "line": refused.line}) from refused

    async def _land(
        self, job: Job, rows: Sequence[SeenRow], done: int, counts: Counter[str], total: int
    ) -> Landing:
        """One batch in one transaction; again when another writer took a code meanwhile."""
        for attempt in itertools.count(1):
            try:
                async with self.database.transaction() as connection:
                    return await self._land_once(connection, job, rows, done, counts, total)
            except IntegrityError:
                if attempt == _ATTEMPTS:
                    raise
        raise AssertionError("unreachable")

    async def _land_once(
        self,
        connection: AsyncConnection,
        job: Job,
        rows: Sequence[SeenRow],
        done: int,
        counts: Counter[str],
        total: int,
    ) -> Landing:
        batch = Batch(
            caller=Caller(job.client, frozenset(), None if job.areas is None else tuple(job.areas)),
            effective_on=date.fromisoformat(job.params["effective_on"]),
            reason=job.params["reason"] or f"import {job.id}",
            today=self.clock.today(),
            divisions=self.divisions,
        )
        known = await organization_rows.lock_by_identity(connection, *identities(rows))
        late = batch.needs_history(known)
        histories = await history.patches_of(connection, late) if late else {}
        landing = await asyncio.to_thread(batch.resolve, rows, known, histories)
        after = counts + landing.counts
        await jobs.advance(
            connection, job, done=done, errors=after["refused"], total=total, result=after
        )
        await uploads.record_errors(connection, job.id, landing.refused)
        if not job.params["dry_run"]:
            await organization_rows.insert_many(connection, landing.created)
            await organization_rows.update_many(connection, landing.updated)
            await self.ledger.append(connection, landing.events)
        return landing
