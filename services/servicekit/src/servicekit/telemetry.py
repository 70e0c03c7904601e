"""What operators see of each request: an id, one log line, and RED metrics by route."""

import re
import time
from typing import Any
from uuid import uuid4

import structlog
from prometheus_client import Counter, Histogram
from starlette.types import ASGIApp, Message, Receive, Scope, Send

log = structlog.get_logger()

REQUESTS = Counter(
    "http_requests_total", "Requests by route and status", ["method", "route", "status"]
)
SECONDS = Histogram(
    "http_request_seconds",
    "Time to answer",
    ["method", "route"],
    buckets=(0.002, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 10, 30),
)

_REQUEST_ID = re.compile(r"[A-Za-z0-9._-]{1,64}")
_TRACEPARENT = re.compile(r"[0-9a-f]{2}-([0-9a-f]{32})-[0-9a-f]{16}-[0-9a-f]{2}")
_QUIET = {"/healthz", "/readyz", "/metrics"}


class Telemetry:
    """ASGI middleware; takes over a caller's X-Request-Id and W3C traceparent when well formed."""

    def __init__(self, app: ASGIApp, version: str) -> None:
        self._app = app
        self._version = version.encode()

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
        trace = _TRACEPARENT.fullmatch(headers.get(b"traceparent", b"").decode("latin-1"))
        if trace:
            context["trace_id"] = trace.group(1)
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


def _record(scope: Scope, status: int, seconds: float) -> None:
    route: Any = scope.get("route")
    path = getattr(route, "path", None) or "other"
    method = scope["method"]
    REQUESTS.labels(method, path, status).inc()
    SECONDS.labels(method, path).observe(seconds)
    if scope["path"] not in _QUIET:
        log.info(
            "request",
            method=method,
            path=scope["path"],
            route=path,
            status=status,
            ms=round(seconds * 1000, 1),
        )
