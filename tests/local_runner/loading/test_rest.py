"""Patience: what is tried again, and what is not."""

from collections.abc import Callable, Iterator
from pathlib import Path

import httpx
import pytest

from local_runner.errors import RunnerError
from local_runner.loading.rest import RefusedError, Rest

URL = "http://service/v1/things"


@pytest.fixture(autouse=True)
def _quick(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("local_runner.loading.rest.RETRY_DELAYS", (0.0,))


def client(
    answer: Callable[[httpx.Request], httpx.Response],
    tokens: Iterator[str] | None = None,
    patience: float = 5.0,
) -> Rest:
    return Rest(
        lambda: next(tokens) if tokens else "token",
        transport=httpx.MockTransport(answer),
        patience=patience,
    )


async def test_a_service_that_is_away_for_a_moment_is_asked_again_with_a_fresh_token() -> None:
    troubles: Iterator[Exception | int] = iter(
        [httpx.ConnectError("refused"), httpx.ReadError("cut"), 503, 500, 429]
    )
    seen: list[str] = []

    def answer(request: httpx.Request) -> httpx.Response:
        seen.append(request.headers["authorization"])
        trouble = next(troubles, 200)
        if isinstance(trouble, Exception):
            raise trouble
        return httpx.Response(trouble, json={"fine": True})

    tokens = (f"t{number}" for number in range(9))
    assert await client(answer, tokens).get(URL) == {"fine": True}
    assert seen == [f"Bearer t{number}" for number in range(6)]


async def test_a_file_is_sent_whole_at_every_attempt_under_one_key(tmp_path: Path) -> None:
    file = tmp_path / "organizations.csv"
    file.write_bytes(b"name\n" * 100_000)
    attempts: list[tuple[bytes, str]] = []

    def answer(request: httpx.Request) -> httpx.Response:
        attempts.append((request.read(), request.headers["idempotency-key"]))
        return httpx.Response(503 if len(attempts) == 1 else 202)

    await client(answer).post(URL, file, "text/csv", key="k")
    assert attempts == [(file.read_bytes(), "k")] * 2


async def test_a_refusal_is_final_and_says_what_the_problem_says() -> None:
    problem = {
        "title": "Invalid",
        "detail": "One value is wrong.",
        "errors": [{"pointer": "/areas/0/code", "detail": "not a division code"}],
    }
    with pytest.raises(RefusedError, match=r"422 Invalid; One value .*; /areas/0/code: not"):
        await client(lambda _: httpx.Response(422, json=problem)).get(URL)


async def test_an_expected_4xx_is_an_answer() -> None:
    answer = await client(lambda _: httpx.Response(409)).post(
        URL, b"", "text/plain", key="k", accepted=[409]
    )
    assert answer.status_code == 409


async def test_patience_ends() -> None:
    with pytest.raises(RunnerError, match=r"GET http://service/v1/things failed for 0 s: 503"):
        await client(lambda _: httpx.Response(503), patience=0.0).get(URL)
