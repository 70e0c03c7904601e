"""What operators see of each request: an id, one log line, and RED metrics by route."""

import re
import time
from collections.abc import Callable, MutableMapping
from functools import lru_cache
from typing import Any
from uuid import uuid4

import structlog
from prometheus_client import Counter, Histogram
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from servicekit.observability.tracing import UNOBSERVED, trace_id

log = structlog.get_logger()

REQUESTS = Counter(
    "http_requests_total", "Requests by route and status", ["method", "route", "status"]
)
SECONDS = Histogram(
    "http_request_seconds",
    "Time to answer, without what a long poll spent waiting for news",
    ["method", "route"],
    buckets=(0.002, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 10, 30),
)

_REQUEST_ID = re.compile(r"[A-Za-z0-9._-]{1,64}")
_TRACEPARENT = re.compile(r"[0-9a-f]{2}-([0-9a-f]{32})-[0-9a-f]{16}-[0-9a-f]{2}")
_WAITED = "waited_seconds"


def note_wait(scope: MutableMapping[str, Any], seconds: float) -> None:
    """Record that the request of `scope` waited on purpose; it does not count as response time."""
    scope[_WAITED] = scope.get(_WAITED, 0.0) + seconds


class Telemetry:
    """ASGI middleware; takes over a caller's X-Request-Id and W3C traceparent when well formed."""

    def __init__(self, app: ASGIApp, version: str, draining: Callable[[], bool]) -> None:
        self._app = app
        self._version = version.encode()
        self._draining = draining

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Run the request inside its log context."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        headers = dict(scope["headers"])
        sent = headers.get(b"x-request-id", b"").decode("latin-1")
        request_id = sent if _REQUEST_ID.fullmatch(sent) else uuid4().hex
        scope["request_id"] = request_id
        context = {"request_id": request_id}
        sent_trace = _TRACEPARENT.fullmatch(headers.get(b"traceparent", b"").decode("latin-1"))
        trace = sent_trace.group(1) if sent_trace else trace_id()
        if trace:
            context["trace_id"] = trace
        status = 499  # nobody waited for an answer, unless the app gives one or fails

        async def observed(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
                message["headers"] = [
                    *message.get("headers", []),
                    (b"x-request-id", request_id.encode()),
                    (b"api-version", self._version),
                ]
                if self._draining():
                    # whoever asks next opens a connection, to a process that stays
                    message["headers"].append((b"connection", b"close"))
            await send(message)

        started = time.perf_counter()
        with structlog.contextvars.bound_contextvars(**context):
            try:
                await self._app(scope, receive, observed)
            except Exception:
                status = 500
                raise
            finally:
                _record(scope, status, time.perf_counter() - started)


@lru_cache(4_096)
def _series(method: str, path: str, status: int) -> tuple[Counter, Histogram]:
    """The counter and the histogram of a route's answers, found by their labels once."""
    return REQUESTS.labels(method, path, status), SECONDS.labels(method, path)


def _record(scope: Scope, status: int, elapsed: float) -> None:
    waited = scope.get(_WAITED, 0.0)
    seconds = max(elapsed - waited, 0.0)
    route: Any = scope.get("route")
    path = getattr(route, "path", None) or "other"
    method = scope["method"]
    requests, durations = _series(method, path, status)
    requests.inc()
    durations.observe(seconds)
    if scope["path"] not in UNOBSERVED:
        log.info(
            "request",
            method=method,
            path=scope["path"],
            route=path,
            status=status,
            ms=round(seconds * 1000, 1),
            **({"waited_ms": round(waited * 1000, 1)} if waited else {}),
        )
