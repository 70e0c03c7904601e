"""Calls operations by their operationId and keeps what was sent and answered."""

import asyncio
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import httpx

from local_runner.platform import Platform
from local_runner.services import METRICS, REGISTRY, ROUTER, Service

SCOPES = (
    "registry:read", "registry:write", "router:read", "router:write", "router:approve",
    "metrics:read", "metrics:write", "ops",
)  # fmt: skip
PATIENCE = 60.0
INTERVAL = 0.1
JSON = "application/json"
_TEXTS = ("image/svg+xml", "application/x-ndjson")
Parameters = Mapping[str, Any]


class StoryError(Exception):
    """An operation did not answer as the story needs it."""


@dataclass(frozen=True)
class Told:
    """One call: what was sent, and what came back."""

    service: str
    operation: str
    parameters: dict[str, Any]
    request: tuple[str, Any] | None
    """Media type and body."""
    status: int
    answer: tuple[str, Any] | None


@dataclass(frozen=True)
class Teller:
    """Tells the part of the story that happens in one service."""

    service: Service
    client: httpx.AsyncClient
    approver: httpx.AsyncClient
    routes: dict[str, tuple[str, str, list[dict[str, Any]]]]
    told: list[Told]

    async def tell(
        self,
        operation: str,
        parameters: Parameters | None = None,
        *,
        body: Any = None,
        media_type: str = JSON,
        approving: bool = False,
        until: Callable[[Any], bool] | None = None,
    ) -> httpx.Response:
        """Call an operation and keep the call.

        Args:
            operation: its operationId.
            parameters: of path, query and headers, by their names in the document.
            body: JSON, or a text of another media type.
            media_type: of the body.
            approving: by another client than the one that writes.
            until: call again until this holds of the answer's JSON; the last call is kept.

        Raises:
            StoryError: there is no such operation, it refused, or `until` never came true.
        """
        if operation not in self.routes:
            raise StoryError(f"{self.service.program} has no operation {operation}")
        method, path, declared = self.routes[operation]
        sent = _arranged(operation, declared, parameters or {})
        client = self.approver if approving else self.client
        deadline = asyncio.get_running_loop().time() + PATIENCE
        while True:
            answer = await client.request(
                method, path.format(**sent["path"]), params=sent["query"] or None,
                headers={**sent["header"], **({"content-type": media_type} if body else {})},
                json=body if body is not None and media_type == JSON else None,
                content=body if body is not None and media_type != JSON else None,
            )  # fmt: skip
            if not answer.is_success:
                raise StoryError(f"{operation}: {answer.status_code} {answer.text[:2000]}")
            if until is None or until(answer.json()):
                break
            if asyncio.get_running_loop().time() > deadline:
                raise StoryError(f"{operation} did not come so far: {answer.text[:2000]}")
            await asyncio.sleep(INTERVAL)
        self.told.append(
            Told(
                self.service.program,
                operation,
                dict(parameters or {}),
                None if body is None else (media_type, body),
                answer.status_code,
                _read(answer),
            )
        )
        return answer


def _arranged(
    operation: str, declared: list[dict[str, Any]], given: Parameters
) -> dict[str, dict[str, Any]]:
    places = {parameter["name"]: parameter["in"] for parameter in declared}
    if unknown := given.keys() - places.keys():
        raise StoryError(f"{operation} has no parameter {', '.join(sorted(unknown))}")
    sent: dict[str, dict[str, Any]] = {"path": {}, "query": {}, "header": {}}
    for name, value in given.items():
        sent[places[name]][name] = value
    return sent


def _read(answer: httpx.Response) -> tuple[str, Any] | None:
    """Media type and body; None for a binary file, which no reader could read."""
    media_type = answer.headers.get("content-type", "").partition(";")[0]
    if not answer.content:
        return None
    if media_type == JSON:
        return media_type, answer.json()
    if media_type.startswith("text/") or media_type in _TEXTS:
        return media_type, answer.text
    return None


@dataclass
class Story:
    """The tellers of the three services, and all that was told so far, in its order."""

    registry: Teller
    router: Teller
    metrics: Teller
    told: list[Told]

    @classmethod
    async def begin(cls, platform: Platform) -> "Story":
        """A story in a platform that is ready."""
        told: list[Told] = []
        return cls(
            await _teller(platform, REGISTRY, told),
            await _teller(platform, ROUTER, told),
            await _teller(platform, METRICS, told),
            told,
        )

    async def caught_up(self) -> None:
        """Wait until the router has read the registry's ledger, and metrics both."""
        deadline = asyncio.get_running_loop().time() + PATIENCE
        while not await self._is_caught_up():
            if asyncio.get_running_loop().time() > deadline:
                raise StoryError("the followers did not catch up")
            await asyncio.sleep(INTERVAL)

    async def _is_caught_up(self) -> bool:
        registry = await _number(self.registry, "/v1/ledger/head", "position")
        followed = await _number(self.router, "/v1/feed-status", "position")
        router = await _number(self.router, "/v1/changes?limit=1", "head")
        fresh = (await self.metrics.client.get("/v1/freshness")).json()["positions"]
        return bool(
            followed >= registry and fresh["registry"] >= registry and fresh["router"] >= router
        )

    async def end(self) -> None:
        """Close the connections."""
        for teller in (self.registry, self.router, self.metrics):
            await teller.client.aclose()
            await teller.approver.aclose()


async def _teller(platform: Platform, service: Service, told: list[Told]) -> Teller:
    def client(token: str) -> httpx.AsyncClient:
        return httpx.AsyncClient(
            base_url=platform.url(service),
            headers={
                "authorization": f"Bearer {token}",
                "accept-language": "zh-CN",
            },
            trust_env=False,
            timeout=60,
        )

    author = client(platform.issuer.token(SCOPES))
    document = (await author.get("/openapi.json")).json()
    routes = {
        operation["operationId"]: (method, path, operation.get("parameters", []))
        for path, operations in document["paths"].items()
        for method, operation in operations.items()
    }
    approver = client(platform.issuer.token(SCOPES, client="approver"))
    return Teller(service, author, approver, routes, told)


async def _number(teller: Teller, path: str, member: str) -> int:
    answer = await teller.client.get(path)
    answer.raise_for_status()
    return int(answer.json()[member])
