"""Ask for an answer inside the process, by its path and query, in the name of a client.

So a file holds exactly what the client would have been answered: the route's own checks, the
client's areas, the same `SealedAnswer`.
"""

from collections.abc import Iterable
from typing import Annotated
from urllib.parse import parse_qsl, unquote, urlencode, urlsplit

from fastapi import APIRouter, Depends, Request, Response
from fastapi.middleware.asyncexitstack import AsyncExitStackMiddleware
from starlette.datastructures import State
from starlette.routing import Router
from starlette.types import Message

from metrics_api.answers.answer import SealedAnswer
from metrics_api.answers.respond import DELIVER
from servicekit.auth import Caller
from servicekit.errors import InvalidRequest, Violation, read_rules, refusal_of, render
from servicekit.http import KNOWN_CALLER, by_class

_RULES = read_rules("metrics_api")


class NotAnsweredError(Exception):
    """The request is not one that can be answered; `problem` is what its caller would have got."""

    def __init__(self, problem: Response) -> None:
        super().__init__(bytes(problem.body).decode()[:500])
        self.problem = problem


class AskAnswers:
    """Asks the routes whose answers carry receipts."""

    def __init__(self, routers: Iterable[APIRouter], services: object) -> None:
        routes = [route for router in routers for route in router.routes]
        self._routes = AsyncExitStackMiddleware(Router(routes, redirect_slashes=False))
        self.state = State({"services": by_class(services)})
        """Where the routes look for their services."""

    async def __call__(self, caller: Caller, request: str, language: str = "zh") -> SealedAnswer:
        """What `GET request` answers `caller`.

        Raises `NotAnsweredError`; refuses `invalid-request` for an answer that has no receipt.
        """
        delivered: list[SealedAnswer] = []
        parts = urlsplit(request)
        scope = {
            "type": "http",
            "method": "GET",
            "scheme": "http",
            "server": ("own", 80),
            "path": unquote(parts.path),
            "raw_path": parts.path.encode(),
            "root_path": "",
            "query_string": parts.query.encode(),
            "headers": [(b"accept-language", language.encode())],
            "app": self,
            KNOWN_CALLER: caller,
            DELIVER: delivered.append,
        }
        try:
            await self._routes(scope, _no_body, _nowhere)
        except Exception as error:
            refusal = refusal_of(error)
            if refusal is None:
                raise
            raise NotAnsweredError(render(Request(scope), refusal, _RULES)) from error
        if not delivered:
            raise InvalidRequest(Violation("/request", "no_receipt", request))
        return delivered[0]


async def _ask_answers(request: Request) -> AskAnswers:
    ask: AskAnswers = request.app.state.ask_answers
    return ask


Ask = Annotated[AskAnswers, Depends(_ask_answers)]


async def _no_body() -> Message:
    return {"type": "http.request", "body": b"", "more_body": False}


async def _nowhere(message: Message) -> None:
    """What a route sends that has no answer is dropped."""


def as_it_was(error: NotAnsweredError) -> Response:
    """The problem that the request itself would have been answered."""
    problem = error.problem
    return Response(problem.body, problem.status_code, media_type="application/problem+json")


def with_parameters(request: str, **changed: object) -> str:
    """`request` with some parameters set anew (None takes one out), the others as they were."""
    parts = urlsplit(request)
    unchanged = [
        item for item in parse_qsl(parts.query, keep_blank_values=True) if item[0] not in changed
    ]
    added = [(name, str(value)) for name, value in changed.items() if value is not None]
    return f"{parts.path}?{urlencode(unchanged + added, safe=',')}"
