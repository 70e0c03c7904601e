"""The one write path: everything of a change commits together, once, or nothing does."""

import asyncio
from dataclasses import replace

import httpx
import pytest
from sqlalchemy import text
from tests.servicekit.sample.app import new_event

from servicekit.auth.caller import Caller
from servicekit.database.engines import Database
from servicekit.errors.standard import (
    IdempotencyConflict,
    PreconditionFailed,
    PreconditionRequired,
)
from servicekit.ledger.append import Ledger
from servicekit.ledger.change import Attempt, Changes
from servicekit.ledger.idempotency import StoredAnswer

CALLER = Caller("c", frozenset(), None)
ATTEMPT = Attempt(None, "k", "p")
PLAIN = Attempt(None, None, "p")


@pytest.fixture
def changes(database: Database) -> Changes:
    """Changes of the sample's ledger."""
    return Changes(database, Ledger("sample"))


async def count(database: Database, table: str) -> int:
    """The rows of a table."""
    async with database.reading() as connection:
        return int((await connection.execute(text(f"SELECT count(*) FROM {table}"))).scalar_one())  # noqa: S608


async def write(changes: Changes, attempt: Attempt, subject: str = "a") -> StoredAnswer:
    """A change with one event, that answers with the number of events before it."""
    async with changes.begin(CALLER, attempt) as change:
        if change.replayed:
            return change.replayed
        rows = await change.connection.execute(text("SELECT count(*) FROM ledger"))
        before = rows.scalar_one()
        change.event(new_event(subject))
        return change.answer(201, {"before": before}, location=f"/v1/notes/{subject}")


async def test_an_identical_attempt_gets_the_stored_answer_and_has_no_effect(
    changes: Changes, database: Database
) -> None:
    first = await write(changes, ATTEMPT)
    assert first == StoredAnswer(201, "/v1/notes/a", '{"before":0}')
    assert await write(changes, ATTEMPT) == first
    assert await count(database, "ledger") == 1


async def test_a_key_that_was_used_for_another_request_is_refused(
    changes: Changes, database: Database
) -> None:
    await write(changes, ATTEMPT)
    with pytest.raises(IdempotencyConflict) as refused:
        await write(changes, replace(ATTEMPT, fingerprint="q"), "b")
    assert refused.value.facts == {"key": "k"}
    assert await count(database, "ledger") == 1


async def test_without_a_key_each_attempt_has_its_effect(
    changes: Changes, database: Database
) -> None:
    assert (await write(changes, PLAIN, "a")).body == '{"before":0}'
    assert (await write(changes, PLAIN, "b")).body == '{"before":1}'
    assert await count(database, "idempotency_key") == 0


async def test_what_raises_leaves_nothing_and_its_key_free(
    changes: Changes, database: Database
) -> None:
    async def failing() -> None:
        async with changes.begin(CALLER, ATTEMPT) as change:
            change.event(new_event("a"))
            change.answer(201, "{}")
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        await failing()
    assert await count(database, "idempotency_key") == await count(database, "ledger") == 0
    assert (await write(changes, ATTEMPT)).status == 201


async def test_events_are_appended_last_in_order_as_one_chain(
    changes: Changes, database: Database
) -> None:
    async with changes.begin(CALLER, ATTEMPT) as change:
        change.event(new_event("a"), new_event("b"))
        change.event(new_event("a", 2))
        held = await change.connection.execute(text("SELECT count(*) FROM ledger"))
        assert held.scalar_one() == 0
        change.answer(200)
    async with database.reading() as connection:
        rows = await connection.execute(
            text("SELECT position, subject, revision FROM ledger ORDER BY position")
        )
        assert [tuple(row) for row in rows] == [(1, "a", 1), (2, "b", 1), (3, "a", 2)]
        assert await Ledger("sample").verify(connection) is None


async def test_retries_at_one_time_have_one_effect_and_one_answer(
    changes: Changes, database: Database
) -> None:
    attempts = [replace(ATTEMPT, key=f"k{number % 3}") for number in range(18)]
    answers = await asyncio.gather(
        *(write(changes, attempt, str(attempt.key)) for attempt in attempts)
    )
    for number in range(3):
        assert len(set(answers[number::3])) == 1
    assert await count(database, "ledger") == 3


async def test_a_retry_takes_over_where_the_first_attempt_fails(
    changes: Changes, database: Database
) -> None:
    begun, fail = asyncio.Event(), asyncio.Event()

    async def failing() -> None:
        async with changes.begin(CALLER, ATTEMPT):
            begun.set()
            await fail.wait()
            raise ZeroDivisionError

    first = asyncio.create_task(failing())
    await begun.wait()
    second = asyncio.create_task(write(changes, ATTEMPT))
    await asyncio.sleep(0.05)
    assert not second.done()
    fail.set()
    with pytest.raises(ZeroDivisionError):
        await first
    assert (await second).status == 201
    assert await count(database, "ledger") == 1


async def test_a_change_without_an_answer_is_a_bug_that_commits_nothing(
    changes: Changes, database: Database
) -> None:
    with pytest.raises(RuntimeError, match="answer"):
        async with changes.begin(CALLER, PLAIN) as change:
            change.event(new_event("a"))
    assert await count(database, "ledger") == 0


async def test_a_replayed_attempt_takes_no_second_answer_and_no_event(changes: Changes) -> None:
    await write(changes, ATTEMPT)
    async with changes.begin(CALLER, ATTEMPT) as change:
        with pytest.raises(RuntimeError, match="replayed"):
            change.event(new_event("b"))
        with pytest.raises(RuntimeError, match="replayed"):
            change.answer(200)


async def test_a_service_without_a_ledger_stores_answers_and_refuses_events(
    database: Database,
) -> None:
    changes = Changes(database)
    async with changes.begin(CALLER, ATTEMPT) as change:
        change.answer(204)
    async with changes.begin(CALLER, ATTEMPT) as change:
        assert change.replayed == StoredAnswer(204, None, "")
    with pytest.raises(RuntimeError, match="ledger"):
        await write(changes, PLAIN)


def test_an_attempt_is_held_to_the_revision_that_was_read() -> None:
    Attempt('"3"').check(3)
    with pytest.raises(PreconditionFailed):
        Attempt('"2"').check(3)
    with pytest.raises(PreconditionRequired):
        Attempt(None).check(3)


async def test_over_http_method_target_body_and_if_match_are_what_an_attempt_is(
    client: httpx.AsyncClient,
) -> None:
    note, key = {"subject": "a"}, {"idempotency-key": "k"}
    written = await client.post("/v1/notes", json=note, headers=key)
    assert (written.status_code, written.headers["etag"]) == (201, '"1"')
    tag = {"if-match": '"1"', "idempotency-key": "l"}
    changed = await client.put("/v1/notes/a", json=note, headers=tag)
    assert (changed.status_code, changed.headers["etag"]) == (200, '"2"')
    again = await client.put("/v1/notes/a", json=note, headers=tag)
    assert (again.status_code, again.json()) == (200, {"revision": 2})
    # the key was used with another method, another path, another body
    for method, path, body in [
        ("POST", "/v1/notes", note),
        ("PUT", "/v1/notes/b", note),
        ("PUT", "/v1/notes/a", {"subject": "b"}),
    ]:
        conflict = await client.request(method, path, json=body, headers=tag)
        assert conflict.json()["type"].endswith("/idempotency-conflict")
    missing = await client.put("/v1/notes/a", json=note)
    assert missing.status_code == 428
    stale = await client.put("/v1/notes/a", json=note, headers={"if-match": '"1"'})
    assert stale.status_code == 412
