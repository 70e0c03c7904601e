"""Asks this service's own routes in the process, in the name of whoever started a job.

So a file holds exactly what the caller would have been answered: the same checks, the same areas,
the same bytes. The app behind it listens nowhere: only this module reaches it.
"""

from collections.abc import Iterable, Mapping
from contextvars import ContextVar
from typing import Any
from urllib.parse import parse_qsl, urlencode, urlsplit

import httpx
import orjson
from fastapi import APIRouter, FastAPI, Response

from metrics_api.api.answers import COLLECTED, Sent
from metrics_api.api.errors import ERRORS
from servicekit.auth import Caller
from servicekit.errors import STANDARD, Refusal, Violation, install_problems

_ASKING: ContextVar[Caller] = ContextVar("asking")


class NotAnsweredError(Exception):
    """The request is not one that can be answered; `problem` is what its caller would have got."""

    def __init__(self, problem: httpx.Response) -> None:
        super().__init__(problem.text[:500])
        self.problem = problem


class _Trusting:
    """Stands where tokens are checked: the caller was checked when the job was started."""

    async def caller(self, token: str) -> Caller:
        return _ASKING.get()


class OwnAnswers:
    """The routes whose answers carry receipts."""

    def __init__(self, routers: Iterable[APIRouter], state: Mapping[str, Any]) -> None:
        app = FastAPI()
        for router in routers:
            app.include_router(router)
        install_problems(app, ERRORS, STANDARD)
        for name, value in state.items():
            setattr(app.state, name, value)
        app.state.verifier = _Trusting()
        self._client = httpx.AsyncClient(
            transport=httpx.ASGITransport(app=app),
            base_url="http://own",
            headers={"authorization": "Bearer own"},
        )

    async def ask(self, caller: Caller, request: str, language: str = "zh") -> Sent:
        """What `GET request` answers `caller`, as JSON.

        Raises `NotAnsweredError`; refuses `invalid-request` for an answer that has no receipt.
        """
        asking = _ASKING.set(caller)
        collected: list[Sent] = []
        collecting = COLLECTED.set(collected)
        try:
            answer = await self._client.get(request, headers={"accept-language": language})
        finally:
            COLLECTED.reset(collecting)
            _ASKING.reset(asking)
        if answer.status_code != httpx.codes.OK:
            raise NotAnsweredError(answer)
        if not collected:
            raise Refusal("invalid-request", Violation("/request", "no_receipt", request))
        return collected[0]


def as_it_was(error: NotAnsweredError) -> Response:
    """The problem that the request itself would have been answered."""
    problem = error.problem
    return Response(problem.content, problem.status_code, media_type="application/problem+json")


def with_parameters(request: str, **changed: object) -> str:
    """`request` with some parameters set anew (None takes one out), the others as they were."""
    parts = urlsplit(request)
    kept = [
        item for item in parse_qsl(parts.query, keep_blank_values=True) if item[0] not in changed
    ]
    added = [(name, str(value)) for name, value in changed.items() if value is not None]
    return f"{parts.path}?{urlencode(kept + added, safe=',')}"


def document_of(sent: Sent) -> dict[str, Any]:
    """The answer as it was sent, read again."""
    document: dict[str, Any] = orjson.loads(sent.body)
    return document
