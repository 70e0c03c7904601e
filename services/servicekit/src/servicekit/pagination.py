"""Opaque keyset cursors: a page starts after the sort key of the last row, however deep it lies."""

import base64
import hashlib
from collections.abc import Mapping, Sequence
from typing import Annotated, Any

import orjson
from fastapi import Query

from servicekit.refusals import Refusal, Violation

MAX_LIMIT = 1000

Limit = Annotated[
    int, Query(ge=1, le=MAX_LIMIT, description="Rows on a page, at most 1,000 每页条数")
]
CursorText = Annotated[
    str | None,
    Query(max_length=2000, description="`next_cursor` of the page before 上一页的 next_cursor"),
]


def encode_cursor(key: Sequence[Any], query: Mapping[str, Any]) -> str:
    """A cursor after `key` (the last row's sort values), bound to filters and sort (`query`)."""
    payload = orjson.dumps([_fingerprint(query), *key], default=str)
    return base64.urlsafe_b64encode(payload).rstrip(b"=").decode()


def decode_cursor(
    cursor: str | None, query: Mapping[str, Any], kinds: Sequence[type]
) -> list[Any] | None:
    """The sort key to continue after; None on the first page.

    Raises Refusal `invalid-cursor` when the cursor is not one of ours, or of another query.
    """
    if cursor is None:
        return None
    try:
        padded = cursor + "=" * (-len(cursor) % 4)
        key: list[Any]
        fingerprint, *key = orjson.loads(base64.urlsafe_b64decode(padded.encode()))
        fits = fingerprint == _fingerprint(query) and len(key) == len(kinds)
    except (ValueError, TypeError, UnicodeError):
        fits, key = False, []
    if not fits or not all(isinstance(k, kind) for k, kind in zip(key, kinds, strict=True)):
        raise Refusal("invalid-cursor", Violation("/cursor", "cursor", cursor))
    return key


def _fingerprint(query: Mapping[str, Any]) -> str:
    canonical = orjson.dumps(dict(query), option=orjson.OPT_SORT_KEYS, default=str)
    return hashlib.sha256(canonical).hexdigest()[:8]
