"""`Idempotency-Key`: a retried POST gets the stored answer instead of a second effect.

The key is taken in the same transaction as the effect: a concurrent retry waits for the first
request's commit and then reads its answer.
"""

import hashlib
from dataclasses import dataclass
from typing import Annotated

from fastapi import Header, Response
from sqlalchemy import TIMESTAMP, Column, Index, MetaData, SmallInteger, Table, Text, func, text
from sqlalchemy.ext.asyncio import AsyncConnection

from servicekit.auth.caller import Caller
from servicekit.errors.standard import IdempotencyConflict
from servicekit.http.preconditions import etag

IdempotencyKey = Annotated[
    str | None,
    Header(
        min_length=1,
        max_length=200,
        description="Any string of yours; the same key and body get the same answer 幂等键",
    ),
]


@dataclass(frozen=True, slots=True)
class StoredAnswer:
    """An answer given before."""

    status: int
    location: str | None
    body: str

    def response(self, revision: int | None = None) -> Response:
        """The answer over HTTP, with the ETag of `revision` where the resource has one."""
        headers = {} if self.location is None else {"location": self.location}
        if revision is not None:
            headers["etag"] = etag(revision)
        return Response(self.body, self.status, headers, "application/json")


def idempotency_table(metadata: MetaData) -> Table:
    """The table `idempotency_key`, declared in a service's metadata."""
    return Table(
        "idempotency_key",
        metadata,
        Column("client", Text, primary_key=True),
        Column("key", Text, primary_key=True),
        Column("fingerprint", Text, nullable=False),
        Column("status", SmallInteger),
        Column("location", Text),
        Column("body", Text),
        Column("created_at", TIMESTAMP(timezone=True), nullable=False, server_default=func.now()),
        Index(None, "created_at"),
    )


def fingerprint(*parts: bytes | str) -> str:
    """What makes two requests the same: method, path and body."""
    digest = hashlib.sha256()
    for part in parts:
        raw = part.encode() if isinstance(part, str) else part
        digest.update(len(raw).to_bytes(8, "big") + raw)
    return digest.hexdigest()


async def take_key(
    connection: AsyncConnection, caller: Caller, key: str | None, print_: str
) -> StoredAnswer | None:
    """Take `key` for this transaction; the stored answer when it was used before.

    A retry is the same request under the same areas: an answer may hold what only a token with
    those areas may see. Raises Refusal `idempotency-conflict` when it was used for another one.
    """
    if key is None:
        return None
    print_ = _with_areas(caller, print_)
    taken = await connection.execute(_TAKE, {"client": caller.client, "key": key, "print": print_})
    if taken.rowcount:
        return None
    row = (await connection.execute(_READ, {"client": caller.client, "key": key})).one()
    if row.fingerprint != print_:
        raise IdempotencyConflict(key=key)
    return StoredAnswer(row.status, row.location, row.body)


async def store_answer(
    connection: AsyncConnection, caller: Caller, key: str | None, answer: StoredAnswer
) -> None:
    """Keep the answer under the taken key, in the same transaction."""
    if key is not None:
        await connection.execute(
            _STORE,
            {"client": caller.client, "key": key, "status": answer.status,
             "location": answer.location, "body": answer.body},
        )  # fmt: skip


def _with_areas(caller: Caller, print_: str) -> str:
    return print_ if caller.areas is None else fingerprint(print_, *sorted(caller.areas))


_TAKE = text(
    "INSERT INTO idempotency_key (client, key, fingerprint) VALUES (:client, :key, :print) "
    "ON CONFLICT DO NOTHING"
)
_READ = text(
    "SELECT fingerprint, status, location, body FROM idempotency_key "
    "WHERE client = :client AND key = :key"
)
_STORE = text(
    "UPDATE idempotency_key SET status = :status, location = :location, body = :body "
    "WHERE client = :client AND key = :key"
)
