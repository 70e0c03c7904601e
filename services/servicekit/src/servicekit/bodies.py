"""What no endpoint should have to think of: bounded bodies and characters a database refuses."""

import re
from collections.abc import Collection

from starlette.requests import Request
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from servicekit.problems import Problem, render
from servicekit.refusals import Violation
from servicekit.standard_problems import BAD_REQUEST, INVALID_REQUEST, PAYLOAD_TOO_LARGE
from servicekit.violations import RULE_TEXTS

_ESCAPED_NUL = re.compile(rb"(?<!\\)(?:\\\\)*\\u0000")
"""U+0000 in a JSON string; PostgreSQL can store it in neither text nor jsonb."""


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
            await self._answer(Problem(BAD_REQUEST), scope, receive, send)
            return
        if scope["method"] in {"GET", "HEAD", "OPTIONS"} or scope["path"] in self._streamed:
            await self._app(scope, receive, send)
            return
        body = await self._read(scope, receive)
        if body is None:
            found = Problem(PAYLOAD_TOO_LARGE, facts={"limit": self._limit})
            await self._answer(found, scope, receive, send)
        elif b"\0" in body or _ESCAPED_NUL.search(body):
            found = Problem(INVALID_REQUEST, Violation("", "control_character", "\\u0000"))
            await self._answer(found, scope, receive, send)
        else:
            await self._app(scope, _replay(body, receive), send)

    async def _read(self, scope: Scope, receive: Receive) -> bytes | None:
        """The body, or None when it is larger than the limit."""
        declared = dict(scope["headers"]).get(b"content-length", b"0")
        if declared.isdigit() and int(declared) > self._limit:
            return None
        chunks: list[bytes] = []
        size = 0
        while True:
            message = await receive()
            if message["type"] != "http.request":
                return b"".join(chunks)
            chunks.append(message.get("body", b""))
            size += len(chunks[-1])
            if size > self._limit:
                return None
            if not message.get("more_body", False):
                return b"".join(chunks)

    async def _answer(self, problem: Problem, scope: Scope, receive: Receive, send: Send) -> None:
        await render(Request(scope), problem, RULE_TEXTS)(scope, receive, send)


def _replay(body: bytes, receive: Receive) -> Receive:
    sent = False

    async def replay() -> Message:
        nonlocal sent
        if sent:
            return await receive()
        sent = True
        return {"type": "http.request", "body": body, "more_body": False}

    return replay
