"""Bounds request bodies and refuses characters that PostgreSQL can't store, for every endpoint."""

import re
from collections.abc import Collection

from starlette.requests import ClientDisconnect, Request
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from servicekit.errors.messages import read_rules
from servicekit.errors.problem import render
from servicekit.errors.refusal import Refusal, Violation
from servicekit.errors.standard import BadRequest, InvalidRequest, PayloadTooLarge

_STORABLE = re.compile(
    rb"""(?: [^\\]++                                              # no escape
           | \\ [^u]                                              # a short escape
           | \\u (?! 0000 | [dD][89a-fA-F] ) [0-9a-fA-F]{4}        # a character
           | \\u [dD][89abAB][0-9a-fA-F]{2} \\u [dD][c-fC-F][0-9a-fA-F]{2}  # a surrogate pair
         )*+""",
    re.VERBOSE | re.DOTALL,
)
"""JSON up to the first escape that means no character: U+0000, which PostgreSQL can store in
neither text nor jsonb, or half of a surrogate pair, which UTF-8 can't express."""

_UNSTORABLE = re.compile(rb"\\u(?:0000|[dD][89a-fA-F][0-9a-fA-F]{2})")

_RAW_SURROGATE = re.compile(rb"\xed[\xa0-\xbf]")
"""A surrogate as three bytes: not UTF-8 (RFC 3629 section 3), yet Python's json lets it through."""


class GuardBodies:
    """ASGI middleware: reads a body up to the limit before the app runs; uploads stream through.

    `streamed` are paths whose bodies are uploads and bounded by their own endpoint.
    """

    def __init__(self, app: ASGIApp, limit: int, streamed: Collection[str] = ()) -> None:
        self._app = app
        self._limit = limit
        self._streamed = frozenset(streamed)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer 400 or 413 at once, or hand the whole body on."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        if b"%00" in scope.get("query_string", b"") or "\0" in scope["path"]:
            await self._answer(BadRequest(), scope, receive, send)
            return
        if scope["method"] in {"GET", "HEAD", "OPTIONS"} or scope["path"] in self._streamed:
            await self._app(scope, receive, send)
            return
        try:
            body = await self._read(scope, receive)
        except ClientDisconnect:
            return
        except Refusal as refusal:
            await self._answer(refusal, scope, receive, send)
        else:
            await self._app(scope, _replay(body, receive), send)

    async def _read(self, scope: Scope, receive: Receive) -> bytes:
        """The whole body.

        Raises Refusal when it is larger than the limit or can't be stored, ClientDisconnect when
        it ends half-way: half a request must not be done.
        """
        headers = dict(scope["headers"])
        declared = headers.get(b"content-length", b"0")
        if declared.isdigit() and (len(declared) > 18 or int(declared) > self._limit):
            raise PayloadTooLarge(limit=self._limit)
        chunks: list[bytes] = []
        size, more = 0, True
        while more:
            message = await receive()
            if message["type"] != "http.request":
                raise ClientDisconnect
            chunks.append(message.get("body", b""))
            size += len(chunks[-1])
            if size > self._limit:
                raise PayloadTooLarge(limit=self._limit)
            more = message.get("more_body", False)
        body = b"".join(chunks)
        if headers.get(b"content-type", b"").lower().startswith(b"text/csv"):
            return body  # of any encoding, and no escapes in it: its reader looks at characters
        unstorable = _unstorable(body)
        if unstorable is not None:
            raise InvalidRequest(Violation("", "control_character", unstorable))
        return body

    async def _answer(self, refusal: Refusal, scope: Scope, receive: Receive, send: Send) -> None:
        await render(Request(scope), refusal, read_rules())(scope, receive, send)


def _unstorable(body: bytes) -> str | None:
    """The first thing in a JSON body that means no character, as it is written there."""
    if b"\0" in body:
        return "\\u0000"
    if raw := _RAW_SURROGATE.search(body):
        return raw.group().hex(" ")
    if b"\\u" not in body:
        return None
    storable = _STORABLE.match(body)
    stopped = _UNSTORABLE.match(body, storable.end() if storable else 0)
    return stopped.group().decode() if stopped else None


def _replay(body: bytes, receive: Receive) -> Receive:
    sent = False

    async def replay() -> Message:
        nonlocal sent
        if sent:
            return await receive()
        sent = True
        return {"type": "http.request", "body": body, "more_body": False}

    return replay
