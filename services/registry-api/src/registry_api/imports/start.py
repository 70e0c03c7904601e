"""Taking an upload in: it is stored piece by piece and a durable job will read it.

The upload goes to a file first: a slow client holds no database connection.
"""

import hashlib
import tempfile
from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import date
from typing import BinaryIO, ClassVar
from uuid import UUID

from registry_api.core.refusals import EmptyUpload, InvalidOrganization, UploadTooLarge
from registry_api.imports import rows
from registry_api.imports.files.formats import SNIFFED, form_of
from servicekit import jobs
from servicekit.auth import Caller
from servicekit.errors import IdempotencyConflict, TooManyJobs, Violation
from servicekit.ledger import Attempt, Changes, fingerprint
from servicekit.time import Clock

JOB_KIND = "import"


@dataclass(frozen=True, slots=True)
class ImportRequest:
    """How to read the file, and from which day on its facts hold.

    `format` None is decided by the file's first bytes and its `media_type`.
    """

    format: str | None
    media_type: str | None
    effective_on: date | None
    dry_run: bool
    reason: str | None
    key: str | None


@dataclass(frozen=True, slots=True)
class StartImport:
    """The use case, with what it needs."""

    refusals: ClassVar = (
        EmptyUpload,
        UploadTooLarge,
        InvalidOrganization,
        IdempotencyConflict,
        TooManyJobs,
    )

    changes: Changes
    clock: Clock
    upload_limit: int
    jobs_per_client: int

    async def __call__(
        self, caller: Caller, request: ImportRequest, content: AsyncIterator[bytes]
    ) -> UUID:
        """Store the file and queue its import; the job's id.

        The same key and file give the job that is there already. Raises EmptyUpload,
        UploadTooLarge, InvalidOrganization (a future date), IdempotencyConflict,
        TooManyJobs.
        """
        effective_on = self._effective_on(request)
        with tempfile.TemporaryFile() as file:
            digest = await self._receive(content, file)
            form = request.format or form_of(request.media_type, file.read(SNIFFED))
            params = {
                "format": form,
                "effective_on": effective_on.isoformat(),
                "dry_run": request.dry_run,
                "reason": request.reason,
            }
            print_ = fingerprint(digest, repr(sorted(params.items())))
            attempt = Attempt(key=request.key, fingerprint=print_)
            async with self.changes.begin(caller, attempt) as change:
                if change.replayed:
                    return UUID(change.replayed.body)
                connection = change.connection
                job = await jobs.enqueue(
                    connection, JOB_KIND, params, caller.client, caller.areas, self.jobs_per_client
                )
                await rows.store(connection, job, file)
                change.answer(202, str(job), f"/v1/imports/{job}")
        return job

    def _effective_on(self, request: ImportRequest) -> date:
        today = self.clock.today()
        effective_on = request.effective_on or today
        if effective_on > today:
            facts = {"today": today.isoformat()}
            raise InvalidOrganization(
                Violation("/effective_on", "future_date", effective_on.isoformat(), facts)
            )
        return effective_on

    async def _receive(self, content: AsyncIterator[bytes], file: BinaryIO) -> bytes:
        """Write the upload to `file`, which is rewound; its SHA-256. Raises Refusal."""
        digest = hashlib.sha256()
        size = 0
        async for chunk in content:
            digest.update(chunk)
            file.write(chunk)
            size += len(chunk)
            if size > self.upload_limit:
                raise UploadTooLarge(limit=self.upload_limit)
        if not size:
            raise EmptyUpload()
        file.seek(0)
        return digest.digest()
