"""The engines: what a snapshot sees, what it leaves behind, and whose fault an error is."""

import asyncio
from collections.abc import Callable

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError, IntegrityError
from sqlalchemy.exc import TimeoutError as PoolTimeoutError

from servicekit.database.engines import Database, copy_rows, is_unavailable
from servicekit.settings import ServiceSettings

INSERT = text("INSERT INTO note VALUES (:s, 1, 1, 'secret')")


async def test_a_snapshot_sees_one_state_and_leaves_the_connection_writable(
    sample_url: str, settings_for: Callable[..., ServiceSettings], database: Database
) -> None:
    single = Database(settings_for(sample_url, pool_size=1))
    async with single.snapshot() as connection:
        for number in range(2):
            result = await connection.execute(text("SELECT count(*) FROM note"))
            assert result.scalar_one() == 0
            async with database.transaction() as other:
                await other.execute(INSERT, {"s": f"{number}"})
        with pytest.raises(DBAPIError, match="read-only"):
            await connection.execute(INSERT, {"s": "x"})
    async with single.transaction() as connection:
        await connection.execute(INSERT, {"s": "y"})
        await copy_rows(
            connection, "note", ["subject", "revision", "applied", "timeline"], [("z", 1, 1, "")]
        )
        level = await connection.execute(text("SHOW transaction_isolation"))
        assert level.scalar_one() == "read committed"
        limit = await connection.execute(text("SHOW statement_timeout"))
        assert limit.scalar_one() == "30s"
    async with single.reading() as connection:
        result = await connection.execute(text("SELECT count(*) FROM note"))
        assert result.scalar_one() == 4
    await single.close()


async def test_whose_fault_an_error_is(database: Database) -> None:
    async with database.transaction() as connection:
        await connection.execute(INSERT, {"s": "a"})

    async def fail(statement: str) -> None:
        async with database.transaction() as connection:
            await connection.execute(text("SET LOCAL statement_timeout = 500"))
            await connection.execute(text(statement))

    raised: dict[str, BaseException] = {}
    for name, statement in {
        "twice": "INSERT INTO note VALUES ('a', 1, 1, 'secret')",
        "misspelt": "SELECT no_such_column",
        "too slow": "SELECT pg_sleep(60)",
        "deadlock": "DO $$BEGIN RAISE SQLSTATE '40P01'; END$$",
        "no memory": "DO $$BEGIN RAISE SQLSTATE '53200'; END$$",
        "shut down": "SELECT pg_terminate_backend(pg_backend_pid())",
    }.items():
        with pytest.raises(DBAPIError) as caught:
            await fail(statement)
        raised[name] = caught.value
    assert {name for name, error in raised.items() if is_unavailable(error)} == {
        "deadlock", "no memory", "shut down",
    }  # fmt: skip
    assert isinstance(raised["twice"], IntegrityError)
    for error in (ConnectionRefusedError(), TimeoutError(), OSError("x"), PoolTimeoutError()):
        assert is_unavailable(error)
    for ordinary in (FileNotFoundError(), ValueError(), KeyError()):
        assert not is_unavailable(ordinary)


async def test_errors_do_not_carry_what_people_have_written(database: Database) -> None:
    insert = text("INSERT INTO note VALUES ('a', 1, 1, :t)")
    async with database.transaction() as connection:
        await connection.execute(insert, {"t": "first"})
        with pytest.raises(IntegrityError) as caught:
            await connection.execute(insert, {"t": "a secret"})
        await connection.rollback()
    assert "a secret" not in str(caught.value)


async def test_cancelled_readers_give_their_connections_back(
    sample_url: str, settings_for: Callable[..., ServiceSettings]
) -> None:
    single = Database(settings_for(sample_url, pool_size=1))

    async def read(begun: asyncio.Event) -> None:
        async with single.reading() as connection:
            begun.set()
            await connection.execute(text("SELECT pg_sleep(60)"))

    for _ in range(5):
        begun = asyncio.Event()
        task = asyncio.create_task(read(begun))
        await begun.wait()
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
    async with single.reading() as connection:
        assert (await connection.execute(text("SELECT 1"))).scalar_one() == 1
    await single.close()
