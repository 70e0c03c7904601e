"""The one write path: a change, its events, its answer and its key commit together or not at all.

async with changes.begin(caller, attempt) as change:
    if change.replayed:
        return change.replayed
    row = await lock(change.connection, …)
    attempt.check(row.revision)
    …
    change.event(NewEvent(…))
    return change.answer(201, document, location=…)
"""

from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Annotated, Any

import orjson
from fastapi import Depends, Request
from sqlalchemy.ext.asyncio import AsyncConnection

from servicekit.auth.caller import Caller
from servicekit.database.engines import Database
from servicekit.http.preconditions import IfMatch, check_if_match
from servicekit.ledger.append import Ledger
from servicekit.ledger.events import NewEvent
from servicekit.ledger.idempotency import (
    IdempotencyKey,
    StoredAnswer,
    fingerprint,
    store_answer,
    take_key,
)


@dataclass(frozen=True, slots=True)
class Attempt:
    """How a change is requested: what makes a retry harmless and a stale change refused.

    `if_match` is the ETag that was read, `key` the Idempotency-Key, `fingerprint` what two
    requests under one key must share.
    """

    if_match: str | None = None
    key: str | None = None
    fingerprint: str = ""

    def check(self, revision: int) -> None:
        """Hold the attempt to the resource's `revision`; raises 428 without If-Match, 412 stale."""
        check_if_match(self.if_match, revision)


async def _guarded(
    request: Request, if_match: IfMatch = None, idempotency_key: IdempotencyKey = None
) -> Attempt:
    target = f"{request.url.path}?{request.url.query}"
    print_ = fingerprint(request.method, target, await request.body())
    return Attempt(if_match, idempotency_key, print_)


async def _unguarded(request: Request, idempotency_key: IdempotencyKey = None) -> Attempt:
    return await _guarded(request, None, idempotency_key)


Guarded = Annotated[Attempt, Depends(_guarded)]
"""Dependency: the attempt at a change of what the caller has read (If-Match and key).

It reads the whole body; the route of a streamed upload makes its `Attempt` itself.
"""

Unguarded = Annotated[Attempt, Depends(_unguarded)]
"""Dependency: the attempt at a change that rests on nothing read before (key only)."""


class Change:
    """A change in progress: its transaction, and what is to be stored with it.

    `replayed` is the stored answer of an earlier identical attempt: the block returns it and does
    nothing else.
    """

    def __init__(self, connection: AsyncConnection, replayed: StoredAnswer | None) -> None:
        self.connection = connection
        self.replayed = replayed
        self.pending: list[NewEvent] = []
        self.settled: StoredAnswer | None = None

    def event(self, *events: NewEvent) -> None:
        """Add events; they are appended in this order when the block ends."""
        self._require_fresh()
        self.pending += events

    def answer(
        self, status: int, body: str | bytes | Mapping[str, Any] = "", location: str | None = None
    ) -> StoredAnswer:
        """Settle the answer: `body` is JSON text, or a document to be written as JSON."""
        self._require_fresh()
        if isinstance(body, Mapping):
            body = orjson.dumps(body)
        content = body.decode() if isinstance(body, bytes) else body
        self.settled = StoredAnswer(status, location, content)
        return self.settled

    def _require_fresh(self) -> None:
        if self.replayed is not None:
            raise RuntimeError("the attempt was answered before: return change.replayed")


@dataclass(frozen=True, slots=True)
class Changes:
    """Begins the changes of one service; `ledger` is None where the service keeps none."""

    database: Database
    ledger: Ledger | None = None

    @asynccontextmanager
    async def begin(self, caller: Caller, attempt: Attempt) -> AsyncIterator[Change]:
        """One transaction for one attempt of `caller`; a concurrent retry waits for its commit.

        When the block ends, the answer is stored under the attempt's key, the events are appended
        as the last thing of the transaction, and it commits. Whatever is raised rolls back all of
        it and leaves the key free. Raises Refusal `idempotency-conflict` when the key was used for
        another request; RuntimeError when the block gave no answer, or events without a ledger.
        """
        async with self.database.transaction() as connection:
            replayed = await take_key(connection, caller, attempt.key, attempt.fingerprint)
            change = Change(connection, replayed)
            yield change
            if replayed is not None:
                return
            if change.settled is None:
                raise RuntimeError("a change must call change.answer before its block ends")
            await store_answer(connection, caller, attempt.key, change.settled)
            if change.pending:
                if self.ledger is None:
                    raise RuntimeError("events need a ledger")
                await self.ledger.append(connection, change.pending)
