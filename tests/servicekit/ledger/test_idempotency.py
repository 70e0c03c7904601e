"""One key, one effect, one answer."""

import asyncio
import contextlib

import httpx
from sqlalchemy import text

from servicekit.auth.caller import Caller
from servicekit.database.engines import Database
from servicekit.ledger.idempotency import StoredAnswer, fingerprint, store_answer, take_key
from servicekit.testing import TestKeys

CALLER = Caller("c", frozenset(), None)


async def test_many_retries_at_once_have_one_effect_and_one_answer(
    client: httpx.AsyncClient, database: Database
) -> None:
    async def write(key: str) -> tuple[int, str]:
        answer = await client.post(
            "/v1/notes", json={"subject": "a"}, headers={"idempotency-key": key}
        )
        return answer.status_code, answer.text

    answers = await asyncio.gather(*(write(f"k{number % 3}") for number in range(30)))
    assert {status for status, _ in answers} == {201}
    for number in range(3):
        assert len({body for _, body in answers[number::3]}) == 1
    async with database.reading() as connection:
        count = await connection.execute(text("SELECT count(*) FROM ledger"))
        assert count.scalar_one() == 3


def _raw(headers: dict[str, str]) -> list[tuple[bytes, bytes]]:
    return [(name.encode(), value.encode()) for name, value in headers.items()]


async def test_a_key_belongs_to_one_request_of_one_client(
    client: httpx.AsyncClient, keys: TestKeys
) -> None:
    async def write(subject: str, key: str, name: str = "tester") -> httpx.Response:
        return await client.post(
            "/v1/notes",
            json={"subject": subject},
            headers=[(b"idempotency-key", key.encode()), *_raw(keys.headers(client=name))],
        )

    first = await write("a", "钥匙")
    assert first.status_code == 201
    again = await write("b", "k")
    assert again.status_code == 201
    other = await write("c", "k")
    assert other.status_code == 422
    assert other.json()["type"].endswith("/idempotency-conflict")
    assert other.json()["key"] == "k"
    assert (await write("c", "k", name="another")).status_code == 201
    assert (await write("d", "")).status_code == 422
    assert (await write("d", "x" * 201)).status_code == 422


async def test_a_request_that_fails_leaves_its_key_free(database: Database) -> None:
    with contextlib.suppress(ZeroDivisionError):
        async with database.transaction() as connection:
            assert await take_key(connection, CALLER, "k", "p") is None
            raise ZeroDivisionError
    answer = StoredAnswer(201, "/v1/x", "{}")
    async with database.transaction() as connection:
        assert await take_key(connection, CALLER, "k", "p") is None
        await store_answer(connection, CALLER, "k", answer)
    async with database.transaction() as connection:
        assert await take_key(connection, CALLER, "k", "p") == answer
        assert await take_key(connection, CALLER, None, "p") is None
        await store_answer(connection, CALLER, None, answer)


async def test_an_answer_shows_only_under_the_areas_it_was_given_under(
    client: httpx.AsyncClient, keys: TestKeys
) -> None:
    async def write(areas: list[str] | None) -> int:
        headers = {**keys.headers(areas=areas), "idempotency-key": "k"}
        return (await client.post("/v1/notes", json={"subject": "a"}, headers=headers)).status_code

    assert await write(["440303", "440304"]) == 201
    assert await write(["440304", "440303"]) == 201
    assert await write(["440303"]) == 422
    assert await write(None) == 422


def test_a_fingerprint_keeps_its_parts_apart() -> None:
    assert fingerprint("a", "bc") != fingerprint("ab", "c") != fingerprint("abc")
    assert fingerprint("a", b"b") == fingerprint(b"a", "b")
