"""What an operator types about a follower: what is parked, and try it again."""

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager

import httpx
import pytest
import typer
from tests.servicekit.sample.app import LEDGER, build, new_event
from tests.servicekit.sample.follow import Notes
from typer.testing import CliRunner

from servicekit.database.engines import Database
from servicekit.follower.commands import add_follower_commands
from servicekit.follower.loop import Follower
from servicekit.ledger.commands import add_verify_ledger
from servicekit.settings import ServiceSettings


async def test_an_operator_sees_and_releases_what_is_parked(
    client: httpx.AsyncClient, database: Database, other_database: Database, other_url: str,
    monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    kept = Notes(bad={"bad", "worse"})
    async with database.transaction() as connection:
        await LEDGER.append(connection, [new_event(s) for s in ("bad", "good", "worse")])
    await Follower("sample", other_database, client, kept.apply).step()

    @asynccontextmanager
    async def open_followers(settings: ServiceSettings) -> AsyncIterator[Sequence[Follower]]:
        own = Database(settings)
        yield [Follower("sample", own, client, kept.apply)]
        await own.close()

    monkeypatch.setenv("DATABASE_URL", other_url)
    cli = typer.Typer()
    add_follower_commands(cli, "it", ServiceSettings, build, lambda s: s.port, open_followers)
    run = Typed(cli)
    listed = await run("parked")
    assert listed[0] == 1
    assert "sample bad: 1 events, tried 1 times: ValueError: no place for bad" in listed[1]
    kept.bad.remove("bad")
    assert await run("release") == (
        1, "sample bad: released\nsample worse: stays parked\nit: 1 subjects stay parked\n",
    )  # fmt: skip
    kept.bad.clear()
    released = "sample worse: released\nit: 0 subjects stay parked\n"
    assert await run("release", "worse") == (0, released)
    assert await run("parked") == (0, "it: 0 subjects are parked\n")


async def test_verify_ledger_names_the_position_where_the_chain_breaks(
    sample_url: str, database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with database.transaction() as connection:
        await LEDGER.append(connection, [new_event(s) for s in ("a", "b", "c")])
    monkeypatch.setenv("DATABASE_URL", sample_url)
    cli = typer.Typer()
    cli.command()(lambda: None)  # so that the other one keeps its name
    add_verify_ledger(cli, "it", ServiceSettings, lambda _: LEDGER)
    run = Typed(cli)
    status, output = await run("verify-ledger")
    assert status == 0
    assert "it: 3 events hold; sha256 " in output
    async with database.transaction() as connection:
        await connection.exec_driver_sql("UPDATE ledger SET actor = 'x' WHERE position = 2")
    status, output = await run("verify-ledger")
    assert status == 1
    assert "the chain breaks at position 2" in output


class Typed:
    """Runs commands in a thread of their own: each has an event loop of its own."""

    def __init__(self, cli: typer.Typer) -> None:
        self._cli = cli

    async def __call__(self, *arguments: str) -> tuple[int, str]:
        result = await asyncio.to_thread(CliRunner().invoke, self._cli, arguments)
        return result.exit_code, result.output
