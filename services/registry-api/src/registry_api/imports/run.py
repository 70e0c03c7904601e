"""Import: bring in what already exists, row by row, in a job that survives a crash.

Rows are dealt with in batches. A batch's organizations, remarks, ledger events and the job's
progress are one transaction, so after a crash the job goes on behind the last whole batch:
nothing lost, nothing twice. The gates of establishment do not apply: the organizations exist.

While the database takes one batch in, a thread reads and judges the next one.
"""

import asyncio
import contextlib
import tempfile
from collections import Counter
from collections.abc import AsyncGenerator, Sequence
from contextlib import aclosing, closing
from dataclasses import dataclass
from datetime import date
from typing import Any, BinaryIO
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncConnection

from registry_api.core.organization.checks import Identifier
from registry_api.core.organization.divisions import Divisions
from registry_api.history import read as history
from registry_api.imports import rows
from registry_api.imports.batch import Batch, BatchOutcome
from registry_api.imports.entries import Entry, EntryReader, RowRules, identities
from registry_api.imports.files.formats import FORMATS
from registry_api.imports.files.row import FileRefused
from registry_api.imports.files.table import Table
from registry_api.imports.matching import numbers_under_other_authorities
from registry_api.register import store
from registry_api.register.lock import lock_bearers
from registry_api.register.revision import Terms
from registry_api.register.store import NameTaken
from servicekit import jobs
from servicekit.auth import Caller
from servicekit.database import Database
from servicekit.errors import Violation
from servicekit.jobs import Job, JobFailed
from servicekit.ledger import Ledger
from servicekit.time import Clock

BATCH = 2000
MAX_LISTED_NOTICES = 10_000
"""Notices beyond these are counted but not listed: a file can have one for each of its cells."""

_COUNTED = ("created", "updated", "unchanged", "refused", "notices")
_ATTEMPTS = 3


@dataclass(slots=True)
class _Progress:
    """How far a job is; `counts` include the batches of earlier attempts."""

    total: int
    done: int
    counts: Counter[str]

    def add(self, outcome: BatchOutcome, row_count: int) -> None:
        """`row_count` more have landed, or been refused."""
        self.done += row_count
        self.counts += outcome.counts


@dataclass(frozen=True, slots=True)
class ImportOrganizations:
    """The job's handler, with what it needs."""

    database: Database
    ledger: Ledger
    clock: Clock
    divisions: Divisions

    async def __call__(self, job: Job) -> dict[str, Any]:
        """Deal with all rows that are not dealt with yet; the counts of what came of them."""
        batch = self._batch(job)
        with tempfile.TemporaryFile() as file:
            await self._fetch(job, file)
            table = await self._scan(job, file)
            progress = _Progress(table.total, job.done, Counter(job.result or {}))
            if not job.done:
                progress.counts += await self._begin(job, table)
            with closing(FORMATS[job.params["format"]].rows(file, table)) as file_rows:
                reading = EntryReader(file_rows, batch.rules)
                await asyncio.to_thread(reading.skip, job.done)
                async with aclosing(_read_ahead(reading)) as batches:
                    async for entries in batches:
                        await self._land(job, batch, entries, progress, {})
        async with self.database.transaction() as connection:
            await rows.forget(connection, job.id)
        return {name: progress.counts[name] for name in _COUNTED}

    def _batch(self, job: Job) -> Batch:
        areas = None if job.areas is None else tuple(job.areas)
        caller = Caller(job.client, frozenset(), areas)
        terms = Terms(caller, self.clock.today(), self.divisions)
        rules = RowRules(terms, date.fromisoformat(job.params["effective_on"]))
        return Batch(rules, job.params["reason"] or f"import {job.id}")

    async def _fetch(self, job: Job, file: BinaryIO) -> None:
        async with self.database.reading() as connection:
            async for piece in rows.pieces(connection, job.id):
                file.write(piece)
        file.seek(0)

    async def _scan(self, job: Job, file: BinaryIO) -> Table:
        """What the file is; one that can't be read to its end ends the job, nothing landed."""
        try:
            return await asyncio.to_thread(FORMATS[job.params["format"]].scan, file)
        except FileRefused as refused:
            async with self.database.transaction() as connection:
                listed = [(refused.line, refused.violations)]
                await rows.record_remarks(connection, job.id, {"error": listed})
                await rows.forget(connection, job.id)
                await jobs.advance(connection, job, done=0, errors=1)
            raise JobFailed({"error": "unreadable-file", "line": refused.line}) from refused

    async def _begin(self, job: Job, table: Table) -> Counter[str]:
        """Keep what is true of the file as a whole; its notices, counted."""
        async with self.database.transaction() as connection:
            header = (rows.HEADER_LINE, table.header)
            await rows.record_refused_rows(connection, job.id, [header])
            notices = [(rows.HEADER_LINE, table.notices)]
            await rows.record_remarks(connection, job.id, {"notice": notices})
            counts = Counter(notices=len(table.notices))
            await jobs.advance(connection, job, done=0, errors=0, total=table.total, result=counts)
        return counts

    async def _land(
        self,
        job: Job,
        batch: Batch,
        entries: Sequence[Entry],
        progress: _Progress,
        named_on: dict[UUID, int],
    ) -> None:
        """One batch in one transaction; again when another writer took a code meanwhile.

        Where that does not help, half of it at a time: in the end the row is left whose name is
        taken, and refused alone. `named_on` are the lines that named an organization already.
        """
        field: Identifier = "credit_code"
        for _ in range(_ATTEMPTS):
            named = dict(named_on)
            try:
                async with self.database.transaction() as connection:
                    outcome = await self._resolve(connection, batch, entries, named)
                    await self._record(connection, job, outcome, progress, len(entries))
                    if not job.params["dry_run"]:
                        await self._store(connection, batch, outcome)
            except NameTaken as taken:
                field = taken.field
            else:
                progress.add(outcome, len(entries))
                named_on.update(named)
                return
        if len(entries) == 1:
            await self._refuse(job, entries[0], field, progress)
            return
        middle = len(entries) // 2
        for half in (entries[:middle], entries[middle:]):
            await self._land(job, batch, half, progress, named_on)

    async def _refuse(self, job: Job, entry: Entry, field: Identifier, progress: _Progress) -> None:
        """A row of which only the database could tell that its name is taken."""
        violation = Violation(f"/{field}", "code_taken", entry.row.leaf(field))
        outcome = BatchOutcome(refused=[(entry.row, [violation])])
        async with self.database.transaction() as connection:
            await self._record(connection, job, outcome, progress, 1)
        progress.add(outcome, 1)

    async def _resolve(
        self,
        connection: AsyncConnection,
        batch: Batch,
        entries: Sequence[Entry],
        named_on: dict[UUID, int],
    ) -> BatchOutcome:
        known = await lock_bearers(connection, *identities(entries))
        moved = numbers_under_other_authorities(entries, list(known.values()))
        if moved:
            known |= await lock_bearers(connection, [], moved)
        late = batch.needs_history(known)
        histories = await history.patches_of(connection, late) if late else {}
        return batch.resolve(entries, known, histories, named_on)

    async def _store(
        self, connection: AsyncConnection, batch: Batch, outcome: BatchOutcome
    ) -> None:
        await store.add_many(connection, outcome.created)
        if outcome.updated:
            changed = [stored.id for stored, _ in outcome.updated]
            histories = await history.patches_of(connection, changed)
            timelines = batch.timelines(outcome, histories)
            await store.replace_many(connection, timelines)
        await self.ledger.append(connection, outcome.events)

    async def _record(
        self,
        connection: AsyncConnection,
        job: Job,
        outcome: BatchOutcome,
        progress: _Progress,
        row_count: int,
    ) -> None:
        """The job's progress with `row_count` more, and what there is to say about them."""
        after = progress.counts + outcome.counts
        await jobs.advance(
            connection, job, done=progress.done + row_count, errors=after["refused"],
            total=progress.total, result=after,
        )  # fmt: skip
        errors = [(row.line, violations) for row, violations in outcome.refused]
        room = max(0, MAX_LISTED_NOTICES - progress.counts["notices"])
        await rows.record_remarks(
            connection, job.id, {"error": errors, "notice": outcome.notices[:room]}
        )
        refused = ((row.line, row.cells) for row, _ in outcome.refused)
        await rows.record_refused_rows(connection, job.id, refused)


async def _read_ahead(reading: EntryReader) -> AsyncGenerator[list[Entry], None]:
    """Batches in order, each read in a thread while the one before it is being used."""
    following = asyncio.create_task(asyncio.to_thread(reading.take, BATCH))
    try:
        while entries := await asyncio.shield(following):
            following = asyncio.create_task(asyncio.to_thread(reading.take, BATCH))
            yield entries
    finally:
        # the thread uses the file, which is closed after us
        with contextlib.suppress(Exception):
            await following
