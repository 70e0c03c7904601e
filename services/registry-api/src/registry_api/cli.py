"""The registry's commands."""

import asyncio
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Annotated
from uuid import UUID

import typer

from registry_api.factory import SOURCE, make_factory, migrations
from registry_api.main import build
from registry_api.settings import Settings
from registry_api.storage.restricted_reads import page
from servicekit.cli import read_settings, service_cli
from servicekit.errors import Refusal
from servicekit.ledger import Ledger, add_verify_ledger
from servicekit.tables import csv_lines, guarded

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
def restricted_reads(
    organization: Annotated[
        UUID | None, typer.Option(help="Only of the organization with this id.")
    ] = None,
) -> None:
    """Print who read restricted fields (candidates' names), and when, as CSV, oldest first."""
    asyncio.run(_print_restricted_reads(read_settings(Settings), organization))


async def _print_restricted_reads(settings: Settings, organization: UUID | None) -> None:
    factory = make_factory(settings)
    typer.echo("at,client,organization_id,what")
    try:
        after = 0
        async with factory.database.reading() as connection:
            while found := await page(connection, organization, after):
                for read in found:
                    client = guarded(read.client)
                    cells = [read.at.isoformat(), client, str(read.organization_id), read.what]
                    typer.echo(csv_lines([cells]).decode().rstrip())
                after = found[-1].id
    finally:
        await factory.database.close()


@app.command()
def derive_obligations() -> None:
    """Derive anew what everybody owes, after a release whose rules of obligations differ."""
    done = asyncio.run(_derive(read_settings(Settings)))
    typer.echo(f"{SOURCE}: obligations of {done} organizations derived anew")


@app.command()
def verify_rows() -> None:
    """Compare every current row, and what it owes, with what the ledger says; status 1 if any
    differs. Run verify-ledger first: it proves the ledger itself."""
    differing = asyncio.run(_verify_rows(read_settings(Settings)))
    if differing:
        typer.echo(f"{SOURCE}: {differing} organizations differ from the ledger", err=True)
        raise typer.Exit(1)
    typer.echo(f"{SOURCE}: all rows are what the ledger says")


async def _verify_rows(settings: Settings) -> int:
    """How many organizations differ; the first differences are printed."""
    factory = make_factory(settings)
    differing: set[UUID] = set()
    try:
        with _progress_of("verify-rows") as progress:
            async for found in factory.verify_rows(progress):
                if len(differing) < _SHOWN or found.organization_id in differing:
                    typer.echo(
                        f"{found.organization_id} {found.where}: the ledger says "
                        f"{_short(found.ledger)}, the row {_short(found.held)}",
                        err=True,
                    )
                differing.add(found.organization_id)
    finally:
        await factory.database.close()
    return len(differing)


_SHOWN = 100
"""Of so many organizations the differences are printed; the others are counted."""


def _short(value: object) -> str:
    text = repr(value)
    return text if len(text) <= 200 else text[:200] + "…"


@contextmanager
def _progress_of(label: str) -> Iterator[Callable[[int, int], None]]:
    """A bar on the terminal, and what it is told: how many are done, of how many."""
    with typer.progressbar(length=1, label=label) as bar:

        def progress(done: int, total: int) -> None:
            bar.length = total
            bar.update(done - bar.pos)

        yield progress


async def _derive(settings: Settings) -> int:
    factory = make_factory(settings)
    try:
        with _progress_of("derive-obligations") as progress:
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
