"""Calls to other services.

For its own work a service uses a token of its own (RFC 6749 section 4.4). Only where it asks for
the answer to a caller who waits does it forward the caller's token (docs/adr/0006): the other
service then checks what that caller may read.
"""

import base64
import time
from typing import Any

import httpx
import orjson
from prometheus_client import Gauge

from servicekit.observability.tracing import carry_trace
from servicekit.settings import ServiceSettings

_REFRESH_BEFORE_SECONDS = 60

TOKEN_EXPIRES = Gauge(
    "service_token_expires_timestamp_seconds",
    "When the token for calls to other services expires; a file's must be rotated before",
    ["source"],
)


def _expiry(token: str) -> float:
    """`exp` of a JWT, 0 for a token that is no JWT; the receiver checks whether it is valid."""
    try:
        payload = token.split(".")[1]
        claims = orjson.loads(base64.urlsafe_b64decode(payload + "=" * (-len(payload) % 4)))
        return float(claims["exp"])
    except (IndexError, KeyError, TypeError, ValueError):
        return 0.0


class ServiceToken(httpx.Auth):
    """Bearer token from a file that the platform rotates, or from a token endpoint."""

    requires_response_body = False

    def __init__(self, settings: ServiceSettings) -> None:
        self._settings = settings
        self._token = ""
        self._until = 0.0
        self._file_stamp = 0.0

    async def async_auth_flow(self, request: httpx.Request) -> Any:
        """Add the token; once more with a fresh one when the first is refused."""
        request.headers["authorization"] = f"Bearer {await self._current()}"
        answer = yield request
        if answer.status_code == httpx.codes.UNAUTHORIZED:
            self._until = self._file_stamp = 0.0
            request.headers["authorization"] = f"Bearer {await self._current()}"
            yield request

    async def _current(self) -> str:
        if self._settings.service_token_file is not None:
            stamp = self._settings.service_token_file.stat().st_mtime
            if stamp != self._file_stamp:
                self._token = self._settings.service_token_file.read_text().strip()
                self._file_stamp = stamp
                TOKEN_EXPIRES.labels("file").set(_expiry(self._token))
            return self._token
        if time.monotonic() >= self._until and self._settings.token_url:
            await self._fetch(self._settings.token_url)
        return self._token

    async def _fetch(self, url: str) -> None:
        secret_file = self._settings.client_secret_file
        secret = secret_file.read_text().strip() if secret_file else ""
        async with httpx.AsyncClient(timeout=10) as client:
            answer = await client.post(
                url,
                data={"grant_type": "client_credentials", "audience": self._settings.audience},
                auth=(self._settings.client_id or "", secret),
            )
        answer.raise_for_status()
        granted = answer.json()
        self._token = granted["access_token"]
        lifetime = float(granted.get("expires_in", 300))
        TOKEN_EXPIRES.labels("endpoint").set(time.time() + lifetime)
        self._until = time.monotonic() + max(lifetime - _REFRESH_BEFORE_SECONDS, lifetime / 2)


def service_client(base_url: str, settings: ServiceSettings) -> httpx.AsyncClient:
    """A client for another service: its base address, our token, patience for a long poll."""
    return httpx.AsyncClient(
        base_url=base_url,
        auth=ServiceToken(settings),
        timeout=httpx.Timeout(10, read=60),
        headers={"accept-language": "en"},
        event_hooks={"request": [carry_trace]},
    )


def forwarding_client(base_url: str) -> httpx.AsyncClient:
    """A client for another service that forwards our callers' tokens; it has none of its own.

    Its time-out is short, because a caller waits. Redirects are not followed: a token goes nowhere
    else.
    """
    return httpx.AsyncClient(
        base_url=base_url,
        timeout=httpx.Timeout(5, connect=2),
        limits=httpx.Limits(max_connections=20),
        event_hooks={"request": [carry_trace]},
    )
