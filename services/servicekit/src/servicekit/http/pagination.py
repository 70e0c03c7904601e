"""Opaque keyset cursors: a page starts after the sort key of the last row, however deep it lies."""

import base64
import hashlib
from collections.abc import Callable, Mapping, Sequence
from datetime import date, datetime
from typing import Annotated, Any
from uuid import UUID

import orjson
from fastapi import Query

from servicekit.errors.refusal import Violation
from servicekit.errors.standard import InvalidCursor

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

    `kinds` are the types of the key's values: str, int (64 bits), bool, date, datetime, UUID.
    Anyone can write a cursor, so values that a database would refuse are refused here.

    Raises Refusal `invalid-cursor` when the cursor is not one of ours, or of another query.
    """
    if cursor is None:
        return None
    try:
        padded = cursor + "=" * (-len(cursor) % 4)
        fingerprint, *key = orjson.loads(base64.urlsafe_b64decode(padded.encode()))
        if fingerprint != _fingerprint(query):
            raise ValueError("of another query")
        return [_READ.get(kind, _exactly)(k, kind) for k, kind in zip(key, kinds, strict=True)]
    except (ValueError, TypeError) as error:
        raise InvalidCursor(Violation("/cursor", "cursor", cursor)) from error


def _exactly(value: Any, kind: type) -> Any:
    if type(value) is not kind:
        raise TypeError
    return value


def _text(value: Any, kind: type) -> str:
    if "\0" in _exactly(value, kind):
        raise ValueError
    return str(value)


def _integer(value: Any, kind: type) -> int:
    if not -(2**63) <= _exactly(value, kind) < 2**63:
        raise ValueError
    return int(value)


def _from_text(value: Any, kind: type) -> Any:
    text = _exactly(value, str)
    if kind is UUID:
        return UUID(text)
    if kind is date:
        return date.fromisoformat(text)
    moment = datetime.fromisoformat(text)
    if moment.tzinfo is None:
        raise ValueError("a naive time")
    return moment


_READ: Mapping[type, Callable[[Any, type], Any]] = {
    str: _text,
    int: _integer,
    date: _from_text,
    datetime: _from_text,
    UUID: _from_text,
}


def _fingerprint(query: Mapping[str, Any]) -> str:
    canonical = orjson.dumps(dict(query), option=orjson.OPT_SORT_KEYS, default=str)
    return hashlib.sha256(canonical).hexdigest()[:8]
