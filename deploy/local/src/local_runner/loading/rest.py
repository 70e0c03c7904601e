"""Calls to the platform's services that outlast a restart of any of them."""

import asyncio
import time
from collections.abc import AsyncIterator, Callable, Collection
from pathlib import Path
from typing import Any

import httpx

from local_runner.errors import RunnerError

PATIENCE = 180.0  # seconds; the supervisor has restarted a dead process long before
RETRY_DELAYS = (0.1, 0.2, 0.5, 1.0, 2.0)  # seconds; the last one repeats
CHUNK = 256 * 1024  # bytes


class RefusedError(RunnerError):
    """A service understood the request and said no: trying again will not help."""

    def __init__(self, answer: httpx.Response) -> None:
        self.status = answer.status_code
        said = _problem(answer)
        super().__init__(f"{answer.request.method} {answer.request.url} was refused: {said}")


class Rest:
    """A REST client with a token and with patience.

    Every request made through it must be safe to repeat: a read, or a write with an
    `Idempotency-Key` or one that sets a state. Connection failures and 5xx answers are retried.

    Args:
        token: called for each attempt, so that none goes out with an expired one.
        transport: another transport than the network, for tests.
        patience: seconds after which an unanswered request is given up.
    """

    def __init__(
        self,
        token: Callable[[], str],
        *,
        transport: httpx.AsyncBaseTransport | None = None,
        patience: float = PATIENCE,
    ) -> None:
        self._token = token
        self._patience = patience
        self._client = httpx.AsyncClient(
            trust_env=False, timeout=httpx.Timeout(30.0, connect=5.0), transport=transport
        )

    async def close(self) -> None:
        """Close the connections."""
        await self._client.aclose()

    async def get(self, url: str, **params: str | int) -> Any:
        """The JSON at ``url``.

        Raises:
            RefusedError: the answer was a 4xx.
            RunnerError: no answer within the patience.
        """
        return (await self._call("GET", url, params=params)).json()

    async def post(
        self,
        url: str,
        body: Path | bytes,
        content_type: str,
        *,
        key: str,
        if_match: str | None = None,
        accepted: Collection[int] = (),
    ) -> httpx.Response:
        """Send a file (streamed) or bytes under an idempotency key.

        Args:
            url: where to, query included.
            body: what to send.
            content_type: of the body.
            key: the same for each attempt at the same effect.
            if_match: the entity tag of what is changed, where it is asked for.
            accepted: 4xx statuses that are an answer, not a refusal.

        Raises: as `get`.
        """
        headers = {"content-type": content_type, "idempotency-key": key}
        if if_match is not None:
            headers["if-match"] = if_match
        return await self._call("POST", url, headers=headers, body=body, accepted=accepted)

    async def _call(
        self,
        method: str,
        url: str,
        *,
        params: dict[str, str | int] | None = None,
        headers: dict[str, str] | None = None,
        body: Path | bytes | None = None,
        accepted: Collection[int] = (),
    ) -> httpx.Response:
        deadline = time.monotonic() + self._patience
        attempt = 0
        while True:
            try:
                answer = await self._client.request(
                    method,
                    url,
                    params=params or None,
                    headers={**(headers or {}), "authorization": f"Bearer {self._token()}"},
                    content=_chunks(body) if isinstance(body, Path) else body,
                )
            except httpx.TransportError as error:
                trouble = f"no answer ({type(error).__name__})"
            else:
                if answer.is_success or answer.status_code in accepted:
                    return answer
                if not _is_passing(answer):
                    raise RefusedError(answer)
                trouble = _problem(answer)
            if time.monotonic() > deadline:
                raise RunnerError(f"{method} {url} failed for {self._patience:.0f} s: {trouble}")
            await asyncio.sleep(RETRY_DELAYS[min(attempt, len(RETRY_DELAYS) - 1)])
            attempt += 1


async def _chunks(path: Path) -> AsyncIterator[bytes]:
    with path.open("rb") as file:
        while chunk := file.read(CHUNK):
            yield chunk


def _is_passing(answer: httpx.Response) -> bool:
    return answer.is_server_error or answer.status_code == httpx.codes.TOO_MANY_REQUESTS


def _problem(answer: httpx.Response) -> str:
    """What a problem document (RFC 9457) says, in one line."""
    try:
        document = answer.json()
        parts = [document["title"], document.get("detail")]
        parts += [
            f"{error['pointer']}: {error['detail']}" for error in document.get("errors", [])[:3]
        ]
        return f"{answer.status_code} " + "; ".join(str(part) for part in parts if part)
    except (ValueError, KeyError, TypeError):
        return f"{answer.status_code} {answer.text[:200]}"
