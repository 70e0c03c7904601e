"""Operations that are to go away say so on every answer, and in the document, in good time.

RFC 9745 (`Deprecation`, since when), RFC 8594 (`Sunset`, from when it may be gone), and links to
the operation's description and to what takes its place.
"""

from collections.abc import Iterable
from datetime import UTC, date, datetime, time
from email.utils import format_datetime
from typing import Any

from fastapi import APIRouter
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from servicekit.time.clock import CIVIL_ZONE

Document = dict[str, Any]

_HEADERS: Document = {
    "Deprecation": {
        "description": "Deprecated since then, RFC 9745 弃用时间",
        "schema": {"type": "string", "pattern": "^@[0-9]+$"},
    },
    "Sunset": {
        "description": "May be gone from then on, RFC 8594 取消时间",
        "schema": {"type": "string"},
    },
}
_SINCE, _SUNSET, _INSTEAD = "x-deprecated-since", "x-sunset", "x-instead"


def deprecated(since: date, sunset: date, instead: str) -> dict[str, Any]:
    """What a route of that kind is declared with, as `@router.get(…, **deprecated(…))`.

    Args:
        since: the civil date from which on callers should look for another.
        sunset: the civil date from which on it may be gone.
        instead: the path that takes its place.

    Raises ValueError when the days are in the wrong order.
    """
    if sunset <= since:
        raise ValueError(f"gone on {sunset} before it is deprecated on {since}")
    dates = {_SINCE: since.isoformat(), _SUNSET: sunset.isoformat(), _INSTEAD: instead}
    return {"deprecated": True, "openapi_extra": dates}


def any_deprecated(routers: Iterable[APIRouter]) -> bool:
    """Whether `AnnounceDeprecation` has anything to say; it costs nothing where it has not."""
    return any(_declared(route) for router in routers for route in router.routes)


def describe_deprecation(operation: Document, headers: Document) -> None:
    """Put the days into an operation of an OpenAPI document, and the headers on its answers.

    `headers` are the document's `components.headers`, which get theirs where they are needed.
    """
    if _SINCE not in operation:
        return
    since, sunset, instead = (operation[name] for name in (_SINCE, _SUNSET, _INSTEAD))
    told = (
        f"Deprecated since {since}; may be gone from {sunset} on. Use `{instead}`. "
        f"自 {since} 起弃用，{sunset} 起可能取消，请改用 `{instead}`。"
    )
    operation["description"] = f"{operation.get('description', '')}\n\n{told}".strip()
    headers.update(_HEADERS)
    for answer in operation["responses"].values():
        answer.setdefault("headers", {}).update(
            {name: {"$ref": f"#/components/headers/{name}"} for name in _HEADERS}
        )


class AnnounceDeprecation:
    """ASGI middleware: the headers on every answer of a route declared with `deprecated`."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Add the headers once the route is known, to errors as well."""

        async def announcing(message: Message) -> None:
            if message["type"] == "http.response.start":
                message["headers"] = [*message.get("headers", []), *_headers(scope.get("route"))]
            await send(message)

        await self._app(scope, receive, announcing)


def _declared(route: Any) -> dict[str, str] | None:
    extra = getattr(route, "openapi_extra", None) or {}
    return extra if _SINCE in extra else None


def _headers(route: Any) -> list[tuple[bytes, bytes]]:
    declared = _declared(route)
    if declared is None:
        return []
    since, sunset = (
        datetime.combine(date.fromisoformat(declared[name]), time(), CIVIL_ZONE).astimezone(UTC)
        for name in (_SINCE, _SUNSET)
    )
    page = f"/docs#/{route.tags[0]}/{route.operation_id or route.unique_id}"
    links = (
        f'<{page}>; rel="deprecation"; type="text/html", '
        f'<{page}>; rel="sunset"; type="text/html", '
        f'<{declared[_INSTEAD]}>; rel="successor-version"'
    )
    return [
        (b"deprecation", f"@{int(since.timestamp())}".encode()),
        (b"sunset", format_datetime(sunset, usegmt=True).encode()),
        (b"link", links.encode()),
    ]
