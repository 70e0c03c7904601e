"""The command `verify-ledger` of the services that keep a ledger."""

import asyncio
from collections.abc import Callable

import typer

from servicekit.cli import SettingsT, read_settings
from servicekit.database.engines import Database
from servicekit.ledger.append import Ledger
from servicekit.ledger.events import Break, Head

_BREAKS = {
    "missing": "the event is missing 事件缺失",
    "altered": "the event is not what was chained 事件已被改动",
    "head": "the ledger's head is not where the chain ends 账本末尾不符",
}


def add_verify_ledger(
    cli: typer.Typer,
    name: str,
    settings_type: type[SettingsT],
    ledger: Callable[[SettingsT], Ledger],
) -> None:
    """Give `cli` the command; `name` is how its lines begin."""

    @cli.command()
    def verify_ledger() -> None:
        """Recompute the ledger's chain; exit status 1 and the position where it does not hold."""
        settings = read_settings(settings_type)
        head, broken = asyncio.run(_verify(ledger(settings), settings))
        if broken is not None:
            why = _BREAKS[broken.kind]
            typer.echo(f"{name}: the chain breaks at position {broken.position}: {why}", err=True)
            raise typer.Exit(1)
        typer.echo(f"{name}: {head.position} events hold; {head.algorithm} {head.digest.hex()}")


async def _verify(ledger: Ledger, settings: SettingsT) -> tuple[Head, Break | None]:
    database = Database(settings)
    try:
        with typer.progressbar(length=1, label="verify-ledger") as bar:

            def progress(reached: int, last: int) -> None:
                bar.length = last
                bar.update(reached - bar.pos)

            async with database.reading() as connection:
                head = await ledger.head(connection)
                return head, await ledger.verify(connection, progress=progress)
    finally:
        await database.close()
