"""At the limits: 429 with Retry-After, for one client before it is for all; room again after."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from typing import Any

import httpx
import pytest
from fastapi import FastAPI
from starlette.types import Message
from tests.servicekit.sample.app import build

from servicekit.errors.standard import TooManyRequests
from servicekit.http.request_slots import TAKEN_SLOTS, RequestSlots
from servicekit.settings import ServiceSettings
from servicekit.testing import TestKeys, running

Eventually = Callable[[Callable[[], Awaitable[bool]]], Awaitable[None]]


@pytest.fixture
def app(sample_url: str, settings_for: Callable[..., ServiceSettings]) -> FastAPI:
    """Of each four slots, so a client may have two."""
    return build(settings_for(sample_url, transfer_limit=4, long_poll_limit=4))


@pytest.fixture
def other(keys: TestKeys) -> dict[str, str]:
    """Headers of another client."""
    return keys.headers(client_id="another")


def _taken(kind: str) -> Any:
    return TAKEN_SLOTS.labels(kind)._value.get()


def _refused(answer: httpx.Response) -> None:
    assert answer.status_code == 429, answer.text
    assert answer.headers["retry-after"] == "10"
    problem = answer.json()
    assert problem["type"].endswith("/too-many-requests")
    assert (problem["limit"], problem["own"]) == (4, 2)


async def test_long_polls_have_slots(
    client: httpx.AsyncClient, other: dict[str, str], eventually: Eventually
) -> None:
    def poll(**headers: str) -> asyncio.Task[httpx.Response]:
        return asyncio.create_task(client.get("/v1/changes?wait=30", headers=headers))

    async def waiting() -> bool:
        return bool(_taken("long_poll") == 3)

    polls = [poll(), poll(), poll(**other)]
    await eventually(waiting)
    _refused(await client.get("/v1/changes?wait=30"))
    assert (await client.get("/v1/changes")).status_code == 200  # who does not wait needs none
    written = await client.post("/v1/notes", json={"subject": "甲"})
    assert written.status_code == 201
    for answer in await asyncio.gather(*polls):
        assert len(answer.json()["events"]) == 1
    assert _taken("long_poll") == 0
    # news is there: no place is needed, and afterwards there is room again
    assert (await client.get("/v1/changes?wait=30")).json()["events"]
    assert (await client.get("/v1/changes?after=1&wait=0.01")).status_code == 200


async def test_uploads_have_slots_and_give_them_back(
    client: httpx.AsyncClient, other: dict[str, str], eventually: Eventually
) -> None:
    go_on = asyncio.Event()

    async def slow() -> AsyncIterator[bytes]:
        yield b"first"
        await go_on.wait()
        yield b"last"

    async def both_begun() -> bool:
        return bool(_taken("transfer") == 2)

    uploads = [asyncio.create_task(client.post("/v1/uploads", content=slow())) for _ in range(2)]
    await eventually(both_begun)
    _refused(await client.post("/v1/uploads", content=b"x"))
    _refused(await client.get("/v1/exports"))
    assert (await client.get("/v1/exports", headers=other)).content == b"piece" * 3
    go_on.set()
    assert [answer.json() for answer in await asyncio.gather(*uploads)] == [9, 9]
    assert (await client.get("/v1/exports")).status_code == 200
    assert _taken("transfer") == 0


@pytest.mark.parametrize("leaves", [False, True])
async def test_an_export_holds_its_place_to_the_last_byte(
    app: FastAPI, keys: TestKeys, leaves: bool
) -> None:
    slots_in_use: list[float] = []

    async def send(message: Message) -> None:
        if message["type"] == "http.response.body":
            slots_in_use.append(_taken("transfer"))
            if leaves:
                raise OSError("the client has gone away")

    async def receive() -> Message:
        return {"type": "http.request", "body": b"", "more_body": False}

    headers = [(b"authorization", keys.headers()["authorization"].encode())]
    scope = {
        "type": "http", "asgi": {"version": "3.0", "spec_version": "2.4"}, "method": "GET",
        "path": "/v1/exports", "raw_path": b"/v1/exports", "query_string": b"", "headers": headers,
        "scheme": "http", "server": ("service", 80), "client": ("caller", 1), "root_path": "",
        "http_version": "1.1",
    }  # fmt: skip
    async with running(app):
        try:
            await app(scope, receive, send)
        except Exception:
            assert leaves
    assert set(slots_in_use) == {1}
    assert len(slots_in_use) == (1 if leaves else 4)
    assert _taken("transfer") == 0


def test_no_client_has_more_than_half() -> None:
    slots = RequestSlots("test", 3)
    with slots.take("a"):
        with pytest.raises(TooManyRequests), slots.take("a"):
            pass
        full = pytest.raises(TooManyRequests)
        with slots.take("b"), slots.take("c"), full, slots.take("d"):
            pass
    with slots.take("a"):
        pass
