"""The commands `follow`, `parked` and `release` of the services that follow feeds."""

import asyncio
from collections.abc import Callable, Sequence
from contextlib import AbstractAsyncContextManager
from typing import Annotated

import typer
from fastapi import FastAPI

from servicekit.cli import SettingsT, read_settings, serve_app
from servicekit.follower.loop import Follower
from servicekit.follower.rows import ParkedEvents
from servicekit.observability.logs import configure_logs

Followers = Callable[[SettingsT], AbstractAsyncContextManager[Sequence[Follower]]]
"""The followers that settings stand for, not running; open as long as the context."""


def add_follower_commands(
    cli: typer.Typer,
    name: str,
    settings_type: type[SettingsT],
    build: Callable[[SettingsT], FastAPI],
    port: Callable[[SettingsT], int],
    followers: Followers[SettingsT],
) -> None:
    """Give `cli` the commands; `build` makes the follower's small app, listening on `port`."""

    @cli.command()
    def follow() -> None:
        """Keep in step with the feeds until SIGTERM; a second copy waits as standby."""
        settings = read_settings(settings_type)
        configure_logs(f"{name} follow", settings.log_level, settings.log_format)
        serve_app(build(settings), settings, port(settings))

    @cli.command()
    def parked() -> None:
        """List the subjects whose events could not be applied, and why; status 1 if any."""
        settings = read_settings(settings_type)
        count = 0
        for feed, it in asyncio.run(_parked(followers, settings)):
            typer.echo(
                f"{feed} {it.subject}: {it.events} events, tried {it.attempts} times: {it.error}"
            )
            count += 1
        typer.echo(f"{name}: {count} subjects are parked")
        raise typer.Exit(1 if count else 0)

    @cli.command()
    def release(
        subjects: Annotated[
            list[str] | None, typer.Argument(help="As `parked` lists them; all when left out")
        ] = None,
    ) -> None:
        """Try parked subjects again, now; status 1 if some stay parked."""
        settings = read_settings(settings_type)
        stay = 0
        for subject, released in asyncio.run(_release(followers, settings, subjects or [])):
            typer.echo(f"{subject}: {'released' if released else 'stays parked'}")
            stay += not released
        typer.echo(f"{name}: {stay} subjects stay parked")
        raise typer.Exit(1 if stay else 0)


async def _parked(
    followers: Followers[SettingsT], settings: SettingsT
) -> list[tuple[str, ParkedEvents]]:
    async with followers(settings) as opened:
        return [(f.feed, parked) for f in opened for parked in await f.parked()]


async def _release(
    followers: Followers[SettingsT], settings: SettingsT, subjects: Sequence[str]
) -> list[tuple[str, bool]]:
    tried = []
    async with followers(settings) as opened:
        for follower in opened:
            for parked in await follower.parked():
                subject = parked.subject
                if not subjects or subject in subjects:
                    tried.append((f"{follower.feed} {subject}", await follower.release(subject)))
    return tried
