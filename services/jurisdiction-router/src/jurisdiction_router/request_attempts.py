"""How a change is asked for: with or without If-Match, once or again under an Idempotency-Key."""

from typing import Annotated

import orjson
from fastapi import Depends, Request, Response

from jurisdiction_router.attempts import Attempt
from jurisdiction_router.dependencies import JSON
from servicekit.http import IfMatch, etag
from servicekit.ledger import IdempotencyKey, StoredAnswer, fingerprint


async def _guarded(
    request: Request, if_match: IfMatch = None, idempotency_key: IdempotencyKey = None
) -> Attempt:
    target = f"{request.url.path}?{request.url.query}"
    print_ = fingerprint(request.method, target, await request.body())
    return Attempt(if_match, idempotency_key, print_)


async def _unguarded(request: Request, idempotency_key: IdempotencyKey = None) -> Attempt:
    return await _guarded(request, None, idempotency_key)


Guarded = Annotated[Attempt, Depends(_guarded)]
"""A change of what the caller has read."""
Unguarded = Annotated[Attempt, Depends(_unguarded)]
"""A change that rests on nothing read before."""


def answered(answer: StoredAnswer) -> Response:
    """The answer, with the resource's revision as its ETag."""
    headers = {} if answer.location is None else {"location": answer.location}
    headers["etag"] = etag(orjson.loads(answer.body)["revision"])
    return Response(answer.body, answer.status, headers, JSON)
