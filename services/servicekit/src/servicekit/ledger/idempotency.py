"""`Idempotency-Key`: a retried POST gets the stored answer instead of a second effect.

The key is taken in the same transaction as the effect: a concurrent retry waits for the first
request's commit and then reads its answer.
"""

import hashlib
from dataclasses import dataclass
from typing import Annotated

from fastapi import Header, Response
from sqlalchemy.ext.asyncio import AsyncConnection

from servicekit.auth.caller import Caller
from servicekit.errors.standard import IdempotencyConflict
from servicekit.http.preconditions import etag
from servicekit.ledger import rows

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
    if await rows.insert_key(connection, caller.client, key, print_):
        return None
    row = await rows.select_answer(connection, caller.client, key)
    if row.fingerprint != print_:
        raise IdempotencyConflict(key=key)
    return StoredAnswer(row.status, row.location, row.body)


async def store_answer(
    connection: AsyncConnection, caller: Caller, key: str | None, answer: StoredAnswer
) -> None:
    """Keep the answer under the taken key, in the same transaction."""
    if key is not None:
        await rows.update_answer(
            connection, caller.client, key, answer.status, answer.location, answer.body
        )


def _with_areas(caller: Caller, print_: str) -> str:
    return print_ if caller.areas is None else fingerprint(print_, *sorted(caller.areas))
