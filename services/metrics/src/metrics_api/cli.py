"""The command `metrics`: serve · follow · rebuild · migrate · openapi."""

import asyncio
from typing import Annotated

import httpx
import typer

from metrics_api.factory import Factory, migrations
from metrics_api.facts.rebuild import FollowerActiveError, Rebuilt
from metrics_api.facts.rebuild import rebuild as rebuild_timeline
from metrics_api.main import build, build_follower, open_followers
from metrics_api.settings import MetricsSettings
from servicekit.cli import read_settings, service_cli
from servicekit.follower import ChainBroken, add_follower_commands

app = service_cli(
    "metrics",
    "Counts how far the social organizations are covered by Party building.",
    MetricsSettings,
    build,
    migrations,
)

add_follower_commands(
    app,
    "metrics",
    MetricsSettings,
    build_follower,
    lambda settings: settings.follow_port,
    open_followers,
)


@app.command()
def rebuild(
    wait: Annotated[
        float, typer.Option(min=0, help="Seconds to wait for `metrics follow` to stop.")
    ] = 30,
) -> None:
    """Make the fact timeline anew from the feeds, under the same editions.

    Stop `metrics follow` first; `metrics serve` goes on answering and takes the new timeline in.
    If anything fails, nothing has changed.
    """
    settings = read_settings(MetricsSettings)
    try:
        done = asyncio.run(_rebuild(settings, wait))
    except FollowerActiveError:
        typer.echo("metrics: a process still follows the feeds; stop `metrics follow`", err=True)
        raise typer.Exit(1) from None
    except (ChainBroken, httpx.HTTPError) as error:
        typer.echo(f"metrics: nothing was rebuilt: {error!r}", err=True)
        raise typer.Exit(1) from error
    typer.echo(
        f"metrics: {done.editions} editions rebuilt, up to registry {done.registry_position}, "
        f"router {done.router_position}"
    )
    if done.short:
        typer.echo(
            f"metrics: {done.short} editions included more than the ledgers now hold", err=True
        )


async def _rebuild(settings: MetricsSettings, patience: float) -> Rebuilt:
    factory = Factory(settings)
    try:
        with typer.progressbar(length=1, label="rebuild", show_pos=True) as bar:

            def show(done: int, of: int) -> None:
                bar.length = of
                bar.update(done - bar.pos)

            return await rebuild_timeline(factory.database, factory.upstream, show, patience)
    finally:
        await factory.upstream.close()
        await factory.database.close()
