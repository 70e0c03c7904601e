"""The registry's commands."""

import asyncio

import typer

from registry_api.factory import SOURCE, make_factory, migrations
from registry_api.main import build
from registry_api.settings import Settings
from servicekit.cli import service_cli
from servicekit.ledger import Break, Head
from servicekit.refusals import Refusal

app = service_cli(
    SOURCE,
    "The register of social organizations (社会组织登记).",
    Settings,
    build,
    migrations,
)

_BREAKS = {
    "missing": "the event is missing 事件缺失",
    "altered": "the event is not what was chained 事件已被改动",
    "head": "the ledger's head is not where the chain ends 账本末尾不符",
}


@app.command()
def verify_ledger() -> None:
    """Recompute the ledger's chain; exit status 1 and the position where it does not hold."""
    head, broken = asyncio.run(_verify(Settings()))
    if broken is not None:
        why = _BREAKS[broken.kind]
        typer.echo(f"{SOURCE}: the chain breaks at position {broken.position}: {why}", err=True)
        raise typer.Exit(1)
    typer.echo(f"{SOURCE}: {head.position} events hold; {head.algorithm} {head.digest.hex()}")


@app.command()
def reseal_names() -> None:
    """Seal candidates' names anew with the current key of the key ring, after a rotation."""
    typer.echo(f"{SOURCE}: {asyncio.run(_reseal(Settings()))} names sealed anew")


async def _reseal(settings: Settings) -> int:
    factory = make_factory(settings)
    try:
        return await factory.hold_election.reseal()
    except Refusal as refusal:
        typer.echo(f"{SOURCE}: set REGISTRY_KEY_RING_FILE ({refusal.code})", err=True)
        raise typer.Exit(1) from refusal
    finally:
        await factory.database.close()


async def _verify(settings: Settings) -> tuple[Head, Break | None]:
    factory = make_factory(settings)
    try:
        with typer.progressbar(length=1, label="verify-ledger") as bar:

            def progress(reached: int, last: int) -> None:
                bar.length = last
                bar.update(reached - bar.pos)

            return await factory.prove_integrity.verify_ledger(progress)
    finally:
        await factory.database.close()
