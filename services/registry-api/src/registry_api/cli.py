"""The registry's commands."""

import asyncio

import typer

from registry_api.factory import SOURCE, make_factory, migrations
from registry_api.main import build
from registry_api.settings import Settings
from servicekit.cli import read_settings, service_cli
from servicekit.ledger import Ledger
from servicekit.ledger_cli import add_verify_ledger
from servicekit.refusals import Refusal

app = service_cli(
    SOURCE,
    "The register of social organizations (社会组织登记).",
    Settings,
    build,
    migrations,
)

add_verify_ledger(app, SOURCE, Settings, lambda settings: Ledger(SOURCE, settings.digest_algorithm))


@app.command()
def reseal_names() -> None:
    """Seal candidates' names anew with the current key of the key ring, after a rotation."""
    typer.echo(f"{SOURCE}: {asyncio.run(_reseal(read_settings(Settings)))} names sealed anew")


@app.command()
def derive_obligations() -> None:
    """Derive anew what everybody owes, after a release whose rules of obligations differ."""
    done = asyncio.run(_derive(read_settings(Settings)))
    typer.echo(f"{SOURCE}: obligations of {done} organizations derived anew")


async def _derive(settings: Settings) -> int:
    factory = make_factory(settings)
    try:
        with typer.progressbar(length=1, label="derive-obligations") as bar:

            def progress(done: int, total: int) -> None:
                bar.length = total
                bar.update(done - bar.pos)

            return await factory.derive_obligations(progress)
    finally:
        await factory.database.close()


async def _reseal(settings: Settings) -> int:
    factory = make_factory(settings)
    try:
        return await factory.hold_election.reseal()
    except Refusal as refusal:
        typer.echo(f"{SOURCE}: set REGISTRY_KEY_RING_FILE ({refusal.code})", err=True)
        raise typer.Exit(1) from refusal
    finally:
        await factory.database.close()
