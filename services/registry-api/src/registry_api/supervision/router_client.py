"""The router's assignments: who supervises which organizations.

Asked over REST with the token of whoever asks us, so that the router itself holds them to their
scopes and areas. The models are as narrow as what is read (`tests/contract/test_consumers.py`).
"""

from datetime import date
from typing import Any, Literal, TypeVar
from urllib.parse import quote
from uuid import UUID

import httpx
import msgspec
import structlog

from registry_api.core.refusals import RouterUnavailable
from servicekit.errors import InsufficientScope, InvalidToken, Refusal

BodyFilter = Literal["body_id", "under_body"]
"""A body itself; a body and all beneath it."""

_PAGE = 1_000
_AWAY = frozenset({502, 503, 504})

log = structlog.get_logger()


class _Assigned(msgspec.Struct):
    organization_id: str


class _Page(msgspec.Struct):
    items: list[_Assigned]
    next_cursor: str | None
    count: int | None


class _Feed(msgspec.Struct):
    head: int


_Model = TypeVar("_Model", _Page, _Feed)


class Assignments:
    """Questions to the router; `authorization` is the header that a caller has sent us.

    Each raises RouterUnavailable, and InvalidToken or InsufficientScope where the
    router does not take the caller's token.
    """

    def __init__(self, client: httpx.AsyncClient) -> None:
        self._client = client

    async def aclose(self) -> None:
        """Close the connections."""
        await self._client.aclose()

    async def head(self, authorization: str, former: int) -> int:
        """Where the router's ledger ends: as long as it does not move, neither do the answers.

        `seen` is a former head, 0 if there is none.
        """
        answer = await self._get("/v1/changes", {"after": former, "limit": 1}, authorization)
        if answer.status_code == httpx.codes.BAD_REQUEST:  # another ledger, restored to earlier
            answer = await self._get("/v1/changes", {"after": 0, "limit": 1}, authorization)
        return _read(answer, _Feed).head

    async def supervised(
        self, authorization: str, by: BodyFilter, body: str, day: date, most: int
    ) -> list[UUID] | None:
        """The organizations of a body on a day, in the order of their ids; None if beyond `most`.

        A page at a time: nothing but their ids is kept.
        """
        parameters: dict[str, Any] = {by: body, "valid_on": day.isoformat(), "limit": _PAGE}
        page = await self._page({**parameters, "count": "exact"}, authorization)
        if (page.count or 0) > most:
            return None
        identifiers = _identifiers(page)
        while page.next_cursor is not None and len(identifiers) <= most:
            page = await self._page({**parameters, "cursor": page.next_cursor}, authorization)
            identifiers += _identifiers(page)
        return identifiers if len(identifiers) <= most else None

    async def knows(self, authorization: str, body: str) -> bool:
        """Whether there is such a body, and the caller may see it."""
        answer = await self._get(f"/v1/bodies/{quote(body, safe='')}", {}, authorization)
        return answer.status_code == httpx.codes.OK

    async def _page(self, parameters: dict[str, Any], authorization: str) -> _Page:
        return _read(await self._get("/v1/assignments", parameters, authorization), _Page)

    async def _get(
        self, path: str, parameters: dict[str, Any], authorization: str
    ) -> httpx.Response:
        """The router's answer, asked once more where it is away; a 4xx is the caller's to judge."""
        request = self._client.build_request(
            "GET", path, params=parameters, headers={"authorization": authorization}
        )
        try:
            answer = await self._client.send(request)
            away = answer.status_code in _AWAY
        except httpx.TransportError:
            away = True
        if away:
            try:
                answer = await self._client.send(request)
            except httpx.TransportError as error:
                raise _unavailable(repr(error)) from error
        if answer.status_code == httpx.codes.UNAUTHORIZED:
            raise InvalidToken(why="jurisdiction-router does not take it")
        if answer.status_code == httpx.codes.FORBIDDEN:
            raise InsufficientScope(scope="router:read")
        if answer.is_server_error or answer.status_code == httpx.codes.TOO_MANY_REQUESTS:
            raise _unavailable(answer.status_code)
        return answer


def _read(answer: httpx.Response, model: type[_Model]) -> _Model:
    """The answer as `model`; the router speaks another language where it is not that."""
    if answer.status_code != httpx.codes.OK:
        raise _unavailable(answer.status_code)
    try:
        return msgspec.json.decode(answer.content, type=model)
    except msgspec.MsgspecError as error:
        raise _unavailable(repr(error)) from error


def _identifiers(page: _Page) -> list[UUID]:
    try:
        return [UUID(item.organization_id) for item in page.items]
    except ValueError as error:
        raise _unavailable(repr(error)) from error


def _unavailable(why: str | int) -> Refusal:
    log.warning("router_unavailable", why=why)
    return RouterUnavailable()
