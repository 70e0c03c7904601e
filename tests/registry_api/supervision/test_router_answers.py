"""What the registry makes of a router that is away, slow, or does not answer as it should.

The real router can't be brought to most of this; a small server stands in, over real HTTP. What the
real one answers: `tests/contract/test_work_lists_of_a_body.py`.
"""

import asyncio
from collections.abc import AsyncIterator
from typing import Any
from urllib.parse import parse_qs
from uuid import UUID, uuid4

import httpx
import orjson
import pytest
import uvicorn
from tests.registry_api.conftest import StartRegistry
from tests.registry_api.reading import founded

from registry_api.supervision import find as find_supervised
from servicekit.testing import TestKeys

LISTS = ("/v1/obligations", "/v1/overdue-formations", "/v1/information-base", "/v1/notices",
         "/v1/obligations/export")  # fmt: skip
Answer = tuple[int, bytes]


class Router:
    """Supervises `organizations` (by body), counts what it is asked, fails as it is told to."""

    def __init__(self) -> None:
        self.organizations: dict[str, list[str]] = {}
        self.head = 7
        self.asked: list[str] = []
        self.tokens: set[str] = set()
        self.failures: list[Answer | float] = []
        self.url = ""

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        if scope["type"] != "http":
            return
        self.asked.append(scope["path"])
        self.tokens.add(dict(scope["headers"])[b"authorization"].decode())
        status, body = await self._answer(scope["path"], parse_qs(scope["query_string"].decode()))
        headers = [(b"content-type", b"application/json")]
        await send({"type": "http.response.start", "status": status, "headers": headers})
        await send({"type": "http.response.body", "body": body})

    async def _answer(self, path: str, sent: dict[str, list[str]]) -> Answer:
        failure = self.failures.pop(0) if self.failures else None
        if isinstance(failure, float):
            await asyncio.sleep(failure)
        elif failure is not None:
            return failure
        if path == "/v1/changes":
            behind = int(sent["after"][0]) <= self.head
            return (200, orjson.dumps({"head": self.head})) if behind else (400, b"{}")
        if path.startswith("/v1/bodies/"):
            known = path.rpartition("/")[2] in self.organizations
            return (200, b"{}") if known else (404, b"{}")
        bodies = sent.get("body_id", []) + sent.get("under_body", [])
        theirs = sorted(o for body in bodies for o in self.organizations.get(body, []))
        start = int(sent.get("cursor", ["0"])[0])
        page, following = theirs[start : start + 1], start + 1
        more = following < len(theirs)
        items = [{"organization_id": organization} for organization in page]
        count = len(theirs) if "count" in sent else None
        found = {"items": items, "next_cursor": str(following) if more else None, "count": count}
        return 200, orjson.dumps(found)


@pytest.fixture
async def router() -> AsyncIterator[Router]:
    """A router that listens."""
    app = Router()
    server = uvicorn.Server(uvicorn.Config(app, port=0, log_config=None, lifespan="off"))
    serving = asyncio.create_task(server.serve())
    while not server.started:
        await asyncio.sleep(0.01)
    app.url = f"http://127.0.0.1:{server.servers[0].sockets[0].getsockname()[1]}"
    yield app
    server.should_exit = server.force_exit = True  # whoever still waits, waits in vain
    await serving


@pytest.fixture
async def asking(
    registry_url: str, start_registry: StartRegistry, router: Router
) -> AsyncIterator[httpx.AsyncClient]:
    """A registry that knows where the router is."""
    async with start_registry(registry_url, router_url=router.url) as client:
        yield client


async def _whose(registry: httpx.AsyncClient, **params: Any) -> set[str]:
    answer = await registry.get("/v1/information-base", params=params)
    assert answer.status_code == 200, answer.text
    return {item["id"] for item in answer.json()["items"]}


async def test_pages_of_a_walk_cost_one_question_until_something_changes(
    asking: httpx.AsyncClient, router: Router, keys: TestKeys
) -> None:
    ids = [await founded(asking, number) for number in range(4)]
    router.organizations = {"a": ids[:3], "b": ids[2:]}
    assert await _whose(asking, body="a") == {*ids[:3]}
    assert router.asked == ["/v1/changes", *["/v1/assignments"] * 3]
    assert router.tokens == {asking.headers["authorization"]}
    router.asked.clear()
    assert await _whose(asking, body="a", limit=1) < {*ids[:3]}
    assert await _whose(asking, body="a") == {*ids[:3]}
    assert router.asked == ["/v1/changes"] * 2
    router.organizations["a"] = ids[:1]
    router.head += 1
    assert await _whose(asking, body="a") == {ids[0]}
    router.head = 3  # restored to an earlier moment: another ledger
    router.organizations["a"] = ids[1:2]
    assert await _whose(asking, body="a") == {ids[1]}
    assert await _whose(asking, body=["a", "b"], under_body="b") == {*ids[2:]}
    router.asked.clear()
    other = await asking.get("/v1/information-base?body=a", headers=keys.headers(areas=["440303"]))
    assert other.status_code == 200
    assert "/v1/assignments" in router.asked, "what one may see is not kept for another"


@pytest.mark.parametrize("status", [502, 503, 504])
async def test_a_router_that_stumbles_is_asked_once_more(
    asking: httpx.AsyncClient, router: Router, status: int
) -> None:
    identifier = await founded(asking)
    router.organizations = {"a": [identifier]}
    router.failures = [(status, b"busy")]
    assert await _whose(asking, body="a") == {identifier}
    router.failures = [(status, b"busy")] * 2
    assert (await asking.get("/v1/information-base?body=a")).status_code == 503


@pytest.mark.parametrize("path", LISTS)
@pytest.mark.parametrize("language", ["zh", "en"])
async def test_a_router_that_is_away_is_named_and_the_registry_goes_on(
    registry_url: str, start_registry: StartRegistry, path: str, language: str
) -> None:
    async with start_registry(registry_url, router_url="http://127.0.0.1:1") as registry:
        await founded(registry)
        headers = {"accept-language": language}
        answer = await registry.get(path, params={"under_body": "a"}, headers=headers)
        assert (answer.status_code, answer.headers["retry-after"]) == (503, "5")
        problem = answer.json()
        assert problem["type"].endswith("/router-unavailable")
        assert "jurisdiction-router" in problem["detail"]
        assert problem["title"].isascii() == (language == "en")
        assert (await registry.get(path)).status_code == 200
        assert (await registry.get("/readyz")).status_code == 200


@pytest.mark.parametrize("path", LISTS)
async def test_without_an_address_the_setting_is_named(
    registry: httpx.AsyncClient, path: str
) -> None:
    answer = await registry.get(path, params={"body": "a"}, headers={"accept-language": "en"})
    assert answer.status_code == 409
    assert "REGISTRY_ROUTER_URL" in answer.json()["detail"]


@pytest.mark.parametrize(
    ("failure", "status", "slug"),
    [
        ((200, b"<html>"), 503, "router-unavailable"),
        ((200, b'{"head": "7"}'), 503, "router-unavailable"),
        ((302, b""), 503, "router-unavailable"),
        ((404, b"{}"), 503, "router-unavailable"),
        ((422, b"{}"), 503, "router-unavailable"),
        ((429, b"{}"), 503, "router-unavailable"),
        ((500, b"{}"), 503, "router-unavailable"),
        ((401, b"{}"), 401, "invalid-token"),
        ((403, b"{}"), 403, "insufficient-scope"),
    ],
)
@pytest.mark.parametrize("later", [0, 1, 2])
async def test_whatever_it_answers_is_a_clear_problem(
    asking: httpx.AsyncClient, router: Router, failure: Answer, status: int, slug: str, later: int
) -> None:
    router.organizations = {"a": [str(uuid4()), str(uuid4())]}
    sound = [(200, b'{"head": 7}'), (200, orjson.dumps(_first(router.organizations["a"])))]
    router.failures = [*sound[:later], failure]
    answer = await asking.get("/v1/obligations?body=a")
    assert answer.status_code == status, answer.text
    assert answer.json()["type"].endswith(f"/{slug}")


def _first(organizations: list[str]) -> dict[str, Any]:
    items = [{"organization_id": organizations[0]}]
    return {"items": items, "next_cursor": "1", "count": 2}


async def test_ids_that_are_none_are_not_believed(
    asking: httpx.AsyncClient, router: Router
) -> None:
    router.organizations = {"a": ["x"]}
    assert (await asking.get("/v1/obligations?body=a")).status_code == 503


async def test_nobody_waits_for_ever(
    asking: httpx.AsyncClient, router: Router, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(find_supervised, "_PATIENCE_SECONDS", 0.05)
    router.failures = [5.0]
    answer = await asking.get("/v1/obligations?body=a")
    assert answer.json()["type"].endswith("/router-unavailable")


async def test_more_than_one_statement_takes_is_refused_saying_what_to_do(
    asking: httpx.AsyncClient, router: Router, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(find_supervised, "MAX_SUPERVISED", 2)
    router.organizations = {"a": _ids(2), "b": _ids(1), "c": _ids(3)}
    for params, status in (
        ({"body": "a"}, 200), ({"body": "c"}, 413), ({"body": ["a", "b"]}, 413),
        ({"body": "a", "under_body": "b"}, 200),
    ):  # fmt: skip
        answer = await asking.get("/v1/obligations", params=params)
        assert answer.status_code == status, params
        if status == 413:
            assert answer.json()["most"] == 2


def _ids(number: int) -> list[str]:
    return [str(UUID(int=number * 100 + i)) for i in range(number)]


async def test_a_body_without_organizations_is_an_empty_list_and_no_body_an_error(
    asking: httpx.AsyncClient, router: Router
) -> None:
    await founded(asking)
    router.organizations = {"idle": []}
    assert await _whose(asking, body="idle") == set()
    answer = await asking.get("/v1/obligations?body=idle&count=exact")
    assert (answer.json()["items"], answer.json()["count"]) == ([], 0)
    assert (await asking.get("/v1/obligations?body=idle&body=nobody")).status_code == 422
