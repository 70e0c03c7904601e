"""The ledger under concurrent writers: dense, in commit order, one chain whichever way it grows."""

import asyncio
import contextlib
import hashlib
import random
from collections.abc import Awaitable, Callable, Sequence
from datetime import date, timedelta
from typing import Any

import orjson
import pytest
import rfc8785
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import text

from servicekit.database.engines import Database
from servicekit.ledger.append import Ledger
from servicekit.ledger.events import Break, NewEvent
from servicekit.ledger.feed import read_page
from servicekit.settings import ServiceSettings
from servicekit.time.period import Segment

DAY = date(2016, 1, 4)
NASTY = "党\"支\\部\n\t\x01\x7f\u2028🀄,{}'\b"


def event(subject: str, revision: int = 1, **given: Any) -> NewEvent:
    """An event about `subject`; named values replace the usual ones."""
    usual: dict[str, Any] = {
        "type": "note.written",
        "effective_on": DAY,
        "actor": "tester",
        "reason": None,
        "change": {"text": subject},
        "timeline": [Segment(DAY, None, {"text": subject, "n": revision, "none": None})],
        "areas": ("440303001",),
    }
    return NewEvent(subject=subject, revision=revision, **{**usual, **given})


def events(prefix: str, count: int) -> list[NewEvent]:
    """`count` events about as many subjects."""
    return [event(f"{prefix}-{number}") for number in range(count)]


def verify(pages: Sequence[dict[str, Any]], algorithm: str = "sha256") -> list[dict[str, Any]]:
    """All events of pages that follow each other, by an implementation of the chain of its own."""
    digest, position, events_ = bytes(32), 0, []
    for page in pages:
        for item in page["events"]:
            position += 1
            assert item["sequence"] == str(position)
            claimed = item.pop("digest")
            digest = hashlib.new(algorithm, digest + rfc8785.dumps(item)).digest()
            assert digest.hex() == claimed
            events_.append(item)
        assert page["next_after"] == position
        assert page["digest"] == digest.hex()
        assert page["digest_algorithm"] == algorithm
    return events_


async def read_all(database: Database, limit: int = 100) -> list[dict[str, Any]]:
    """Pages from the beginning to the head."""
    pages: list[dict[str, Any]] = []
    after = 0
    while True:
        async with database.reading() as connection:
            page = orjson.loads((await read_page(connection, after, limit, None)).body)
        pages.append(page)
        if page["next_after"] == page["head"]:
            return pages
        after = page["next_after"]


class RolledBack(Exception):
    """Thrown by a writer that changes its mind after it has appended."""


async def _write(database: Database, ledger: Ledger, name: str, chance: random.Random) -> int:
    """Ten transactions: quick and slow, small and bulk, kept and rolled back; the events kept."""
    kept = 0
    for number in range(10):
        count = 64 if chance.random() < 0.1 else chance.randint(1, 3)
        try:
            async with database.transaction() as connection:
                await connection.execute(text("SELECT pg_sleep(:s)"), {"s": chance.random() / 50})
                appended = await ledger.append(connection, events(f"{name}-{number}", count))
                if chance.random() < 0.3:
                    await connection.execute(text("SELECT pg_sleep(0.005)"))
                if chance.random() < 0.2:
                    raise RolledBack
        except RolledBack:
            continue
        kept += len(appended)
    return kept


async def test_a_reader_sees_each_position_once_in_order_while_many_write(
    database: Database, chance: random.Random
) -> None:
    ledger = Ledger("sample")
    pages: list[dict[str, Any]] = []
    done = asyncio.Event()

    async def follow() -> None:
        after, ended = 0, False
        while not ended:
            ended = done.is_set()
            async with database.reading() as connection:
                page = orjson.loads((await read_page(connection, after, 37, None)).body)
            ended = ended and page["next_after"] == page["head"]
            after = page["next_after"]
            pages.append(page)
            await asyncio.sleep(0)

    reader = asyncio.create_task(follow())
    kept = await asyncio.gather(*(_write(database, ledger, f"w{n}", chance) for n in range(30)))
    done.set()
    await reader
    verified = verify(pages)
    assert len(verified) == sum(kept)
    assert len({item["subject"] for item in verified}) == len(verified)
    times = [item["time"] for item in verified]
    assert times == sorted(times)
    async with database.reading() as connection:
        assert await ledger.verify(connection) is None


async def test_two_appends_in_one_transaction_and_a_rolled_back_savepoint(
    database: Database,
) -> None:
    ledger = Ledger("sample")
    async with database.transaction() as connection:
        await ledger.append(connection, events("a", 2))
        with contextlib.suppress(RolledBack):
            async with connection.begin_nested():
                await ledger.append(connection, events("lost", 70))
                raise RolledBack
        await ledger.append(connection, events("b", 64))
        assert await ledger.append(connection, []) == []
        appended = await ledger.append(connection, events("c", 1))
        assert [item.position for item in appended] == [67]
    verified = verify(await read_all(database))
    assert [item["subject"] for item in verified][:3] == ["a-0", "a-1", "b-0"]


async def test_both_ways_to_append_write_the_same(
    database: Database, other_database: Database
) -> None:
    ledger = Ledger('样本 "service"')
    one = event(
        NASTY, 3, type=NASTY, actor=NASTY, reason=NASTY, areas=("440303001", "440305"),
        change=None, timeline=[Segment(DAY, DAY + timedelta(1), {"k": NASTY, "n": -(2**53) + 1})],
    )  # fmt: skip
    async with database.transaction() as connection:
        await ledger.append(connection, [one, event("bare", areas=())])
    async with other_database.transaction() as connection:
        await ledger.append(connection, [one, event("bare", areas=()), *events("more", 70)])
    rows = []
    for each in (database, other_database):
        async with each.reading() as connection:
            result = await connection.execute(
                text(
                    "SELECT replace(replace(event, id::text, ''), event::json ->> 'time', '') "
                    "AS bare, position, subject, revision, type, effective_on, actor, areas, "
                    "(event::json ->> 'time')::timestamptz = recorded_at AS timely "
                    "FROM ledger WHERE position <= 2 ORDER BY position"
                )
            )
            rows.append(result.all())
            assert await ledger.verify(connection) is None
        verify(await read_all(each))
    assert rows[0] == rows[1]
    assert rows[0][0].subject == NASTY
    assert all(row.timely for row in rows[0])


async def test_recorded_at_never_goes_back(database: Database) -> None:
    ledger = Ledger("sample")
    async with database.transaction() as connection:
        await connection.execute(text("UPDATE ledger_head SET recorded_at = '2999-01-01Z'"))
        (first,) = await ledger.append(connection, events("a", 1))
        bulk = await ledger.append(connection, events("b", 64))
    assert {first.recorded_at, *(item.recorded_at for item in bulk)} == {first.recorded_at}
    assert first.recorded_at.year == 2999


async def test_an_event_without_canonical_form_is_refused(database: Database) -> None:
    ledger = Ledger("sample")
    for given_ in ({"change": {"n": 1.5}}, {"reason": "\ud800"}, {"areas": ("4403,4404",)},
                   {"areas": ("",)}, {"type": "\ud800"}):  # fmt: skip
        async with database.transaction() as connection:
            with pytest.raises(ValueError, match=r"canonical|ledger|areas"):
                await ledger.append(connection, [event("a", **given_)])


async def test_sm3_is_settled_in_an_empty_ledger_and_then_fixed(database: Database) -> None:
    ledger = Ledger("sample", "sm3")
    async with database.transaction() as connection:
        await ledger.settle_algorithm(connection)
        await ledger.settle_algorithm(connection)
        await ledger.append(connection, events("a", 2))
        await ledger.append(connection, events("b", 64))
    verify(await read_all(database), "sm3")
    async with database.reading() as connection:
        assert await ledger.verify(connection) is None
        assert (await ledger.head(connection)).algorithm == "sm3"
    async with database.transaction() as connection:
        with pytest.raises(RuntimeError, match="digest_algorithm=sm3"):
            await Ledger("sample").settle_algorithm(connection)


DAMAGES = {
    "altered text": (
        "UPDATE ledger SET event = replace(event, 'a-3', 'a-4') WHERE position = 4",
        Break(4, "altered"),
    ),
    "altered column": ("UPDATE ledger SET areas = '{1}' WHERE position = 5", Break(5, "altered")),
    "altered digest": ("UPDATE ledger SET digest = '' WHERE position = 6", Break(6, "altered")),
    "missing": ("DELETE FROM ledger WHERE position = 7", Break(7, "missing")),
    "missing at the end": ("DELETE FROM ledger WHERE position > 9", Break(10, "missing")),
    "changed head": (
        "UPDATE ledger_head SET digest = decode(repeat('01', 32), 'hex')",
        Break(10, "head"),
    ),
    "head set back": (
        "UPDATE ledger_head SET (position, digest) = "
        "(SELECT position, digest FROM ledger WHERE position = 8)",
        Break(8, "head"),
    ),
}


@pytest.mark.parametrize("damage", DAMAGES)
async def test_verify_finds(damage: str, database: Database) -> None:
    statement, expected = DAMAGES[damage]
    ledger = Ledger("sample")
    async with database.transaction() as connection:
        await ledger.append(connection, events("a", 10))
        await connection.execute(text(statement))
    async with database.reading() as connection:
        assert await ledger.verify(connection, batch=4) == expected
        assert await ledger.verify(connection, after=expected.position - 1, batch=4) == expected


async def test_verify_is_not_misled_by_writers(database: Database) -> None:
    ledger = Ledger("sample")
    async with database.transaction() as connection:
        await ledger.append(connection, events("a", 30))
    writing = True

    async def write() -> None:
        number = 0
        while writing:
            number += 1
            async with database.transaction() as connection:
                await ledger.append(connection, events(f"w{number}", 5))

    writer = asyncio.create_task(write())
    async with database.reading() as connection:
        for _ in range(10):
            assert await ledger.verify(connection, batch=7) is None
    writing = False
    await writer


async def test_a_cancelled_writer_leaves_nothing_and_no_lock(
    database: Database,
    eventually: Callable[[Callable[[], Awaitable[bool]]], Awaitable[None]],
) -> None:
    ledger = Ledger("sample")
    appended = asyncio.Event()

    async def hang() -> None:
        async with database.transaction() as connection:
            await ledger.append(connection, events("hung", 70))
            appended.set()
            await connection.execute(text("SELECT pg_sleep(60)"))

    writer = asyncio.create_task(hang())
    await appended.wait()
    writer.cancel()
    with pytest.raises(asyncio.CancelledError):
        await writer
    async with database.transaction() as connection:
        (event_,) = await ledger.append(connection, events("next", 1))
    assert event_.position == 1

    async def idle() -> bool:
        return database.pool_use() == {"write": 0, "read": 0}

    await eventually(idle)


TEXT = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), max_size=30)


@settings(
    max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(st.lists(st.tuples(TEXT, TEXT, TEXT, st.none() | TEXT), min_size=1, max_size=70))
async def test_any_text_survives(
    sample_url: str,
    settings_for: Callable[..., ServiceSettings],
    drawn: list[tuple[str, str, str, str | None]],
) -> None:
    database = Database(settings_for(sample_url))
    made = [
        event(f"{number} {subject}", type=kind, actor=actor, reason=reason, areas=())
        for number, (subject, kind, actor, reason) in enumerate(drawn)
    ]
    try:
        async with database.transaction() as connection:
            await connection.execute(text("TRUNCATE ledger"))
            await connection.execute(
                text("UPDATE ledger_head SET position = 0, digest = :digest"),
                {"digest": bytes(32)},
            )
            await Ledger("sample").append(connection, made)
        events_ = verify(await read_all(database))
    finally:
        await database.close()
    assert [
        (e["subject"], e["type"], e["data"]["actor"], e["data"]["reason"]) for e in events_
    ] == [(e.subject, e.type, e.actor, e.reason) for e in made]
