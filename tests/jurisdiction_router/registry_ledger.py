"""A registry's ledger without a registry, for tests of what follows it."""

from typing import Any
from uuid import uuid4

import httpx
import orjson
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from servicekit.ledger import GENESIS, canonical_json, chain


class RegistryLedger:
    """A registry's ledger without a registry: its feed over ASGI, its events written by hand."""

    def __init__(self) -> None:
        self._events: list[dict[str, Any]] = []
        self._digest = GENESIS
        self._revisions: dict[str, int] = {}

    def say(
        self, organization_id: str, effective_on: str, *timeline: tuple[str, str | None, Any]
    ) -> None:
        """Append an event whose timeline is `(from, until, state)`…"""
        revision = self._revisions[organization_id] = self._revisions.get(organization_id, 0) + 1
        event = {
            "specversion": "1.0", "id": str(uuid4()), "source": "registry-api",
            "type": "organization.established" if revision == 1 else "organization.amended",
            "subject": organization_id, "time": "2016-01-04T01:02:03.000004Z",
            "sequence": str(len(self._events) + 1), "revision": revision,
            "datacontenttype": "application/json",
            "data": {
                "effective_on": effective_on, "actor": "tester", "reason": None,
                "areas": [], "change": None,
                "timeline": [{"from": a, "until": b, "state": c} for a, b, c in timeline],
            },
        }  # fmt: skip
        self._digest = chain("sha256", self._digest, canonical_json(event))
        self._events.append({**event, "digest": self._digest.hex()})

    async def _page(self, request: Request) -> Response:
        after, limit = int(request.query_params["after"]), int(request.query_params["limit"])
        events = self._events[after : after + limit]
        last = after + len(events)
        digest = self._events[last - 1]["digest"] if last else GENESIS.hex()
        page = {
            "events": events, "next_after": last, "head": len(self._events), "digest": digest,
            "digest_algorithm": "sha256",
        }  # fmt: skip
        return Response(orjson.dumps(page), media_type="application/json")

    def client(self) -> httpx.AsyncClient:
        """A client of the feed."""
        app = Starlette(routes=[Route("/v1/changes", self._page)])
        return httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://registry")
