"""Taking an upload in: it is stored piece by piece and a durable job will read it."""

import hashlib
from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncConnection

from registry_api.storage import uploads
from servicekit import jobs
from servicekit.auth import Caller
from servicekit.clock import Clock
from servicekit.database import Database
from servicekit.idempotency import StoredAnswer, fingerprint, store_answer, take_key
from servicekit.refusals import Refusal, Violation

JOB_KIND = "import"


@dataclass(frozen=True, slots=True)
class ImportRequest:
    """How to read the file, and from which day on its facts hold."""

    format: str
    effective_on: date | None
    dry_run: bool
    reason: str | None
    key: str | None


class _AlreadyKnown(Exception):
    def __init__(self, answer: StoredAnswer) -> None:
        super().__init__()
        self.answer = answer


@dataclass(frozen=True, slots=True)
class StartImport:
    """The use case, with what it needs."""

    database: Database
    clock: Clock
    upload_limit: int

    async def __call__(
        self, caller: Caller, request: ImportRequest, content: AsyncIterator[bytes]
    ) -> UUID:
        """Store the file and queue its import; the job's id.

        The same key and file give the job that is there already. Raises Refusal: `empty-upload`,
        `upload-too-large`, `invalid-organization` (a future date), `idempotency-conflict`.
        """
        today = self.clock.today()
        effective_on = request.effective_on or today
        if effective_on > today:
            raise Refusal(
                "invalid-organization",
                Violation("/effective_on", "future_date", effective_on.isoformat(),
                          {"today": today.isoformat()}),
            )  # fmt: skip
        params = {
            "format": request.format,
            "effective_on": effective_on.isoformat(),
            "dry_run": request.dry_run,
            "reason": request.reason,
        }
        try:
            async with self.database.transaction() as connection:
                job = await jobs.enqueue(connection, JOB_KIND, params, caller.client, caller.areas)
                digest = await self._store(connection, job, content)
                print_ = fingerprint(digest, repr(sorted(params.items())))
                known = await take_key(connection, caller.client, request.key, print_)
                if known is not None:
                    raise _AlreadyKnown(known)
                answer = StoredAnswer(202, f"/v1/imports/{job}", str(job))
                await store_answer(connection, caller.client, request.key, answer)
        except _AlreadyKnown as again:
            return UUID(again.answer.body)
        return job

    async def _store(
        self, connection: AsyncConnection, job: UUID, content: AsyncIterator[bytes]
    ) -> bytes:
        """Write the upload in pieces of one size; its SHA-256."""
        digest = hashlib.sha256()
        waiting = bytearray()
        size = number = 0
        async for chunk in content:
            digest.update(chunk)
            waiting += chunk
            size += len(chunk)
            if size > self.upload_limit:
                raise Refusal("upload-too-large", limit=self.upload_limit)
            while len(waiting) >= uploads.PIECE:
                await uploads.store_piece(connection, job, number, bytes(waiting[: uploads.PIECE]))
                del waiting[: uploads.PIECE]
                number += 1
        if not size:
            raise Refusal("empty-upload")
        if waiting:
            await uploads.store_piece(connection, job, number, bytes(waiting))
        return digest.digest()
