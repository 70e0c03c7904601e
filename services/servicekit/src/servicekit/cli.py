"""The commands every service has: serve, migrate, openapi; followers add their own."""

import gc
import signal
import socket
import time
from collections.abc import Callable
from types import FrameType
from typing import TypeVar

import typer
import uvicorn
import yaml
from fastapi import FastAPI
from pydantic import ValidationError

from servicekit.database.migrations import Migrations, TableBusy
from servicekit.observability.logs import configure_logs
from servicekit.settings import ServiceSettings

SettingsT = TypeVar("SettingsT", bound=ServiceSettings)


def read_settings(settings: type[SettingsT]) -> SettingsT:
    """The settings; ends the process with a line for each variable that is not valid."""
    prefix = settings.model_config.get("env_prefix", "")
    try:
        return settings()
    except ValidationError as refused:
        for error in refused.errors():
            name = ".".join(str(part) for part in error["loc"])
            typer.echo(f"{prefix}{name.upper()}: {error['msg']}", err=True)
        raise typer.Exit(2) from None


def service_cli(
    name: str,
    description: str,
    settings_type: type[SettingsT],
    build: Callable[[SettingsT], FastAPI],
    migrations: Callable[[SettingsT], Migrations],
) -> typer.Typer:
    """The command line of a service; `build` makes its app from settings."""
    cli = typer.Typer(help=description, no_args_is_help=True, add_completion=False)

    @cli.command()
    def serve() -> None:
        """Serve the REST API until SIGTERM; requests under way are finished first."""
        settings = read_settings(settings_type)
        configure_logs(name, settings.log_level, settings.log_format)
        serve_app(build(settings), settings, settings.port, settings.drain_seconds)

    @cli.command()
    def migrate(revision: str = typer.Argument("head", help="Where to go, e.g. head")) -> None:
        """Bring the database to the schema that this version needs."""
        settings = read_settings(settings_type)
        configure_logs(name, settings.log_level, settings.log_format)
        try:
            migrations(settings).upgrade(revision)
        except TableBusy as busy:
            typer.echo(f"{name}: {busy}", err=True)
            raise typer.Exit(1) from None
        typer.echo(f"{name}: the schema is at {revision}")

    @cli.command()
    def openapi() -> None:
        """Print the OpenAPI document (YAML); needs no database and no configuration."""
        document = build(read_settings(settings_type)).openapi()
        typer.echo(
            yaml.safe_dump(document, allow_unicode=True, sort_keys=False, width=100), nl=False
        )

    return cli


def serve_app(app: FastAPI, settings: ServiceSettings, port: int, drain_seconds: float = 0) -> None:
    """Run uvicorn until SIGINT or SIGTERM, drain, and end with status 0.

    After the signal new requests are served for `drain_seconds`; those under way are finished.
    """
    config = uvicorn.Config(
        app,
        host=settings.host,
        port=port,
        loop="uvloop",
        http="httptools",
        lifespan="on",
        access_log=False,
        server_header=False,
        log_config=None,
        timeout_graceful_shutdown=settings.shutdown_grace_seconds,
    )
    server = _Server(config, app, drain_seconds)
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, server.handle_exit)
    server.run()
    if not server.started:
        raise typer.Exit(1)


class _Server(uvicorn.Server):
    """Uvicorn, with what only the process as a whole can do at its start and its end."""

    def __init__(self, config: uvicorn.Config, app: FastAPI, drain_seconds: float) -> None:
        super().__init__(config)
        self._app = app
        self._drain_seconds = drain_seconds
        self._stop_at = float("inf")

    def handle_exit(self, sig: int, frame: FrameType | None) -> None:
        """From now on not ready; stop when the load balancers had time to see it.

        A second signal stops at once. uvicorn's own handler has the signal raised again at the
        end; for an orchestrator a drained process has ended well.
        """
        waited = self._app.state.draining
        self._app.state.draining = True
        self._stop_at = time.monotonic() + (0 if waited else self._drain_seconds)

    async def on_tick(self, counter: int) -> bool:
        """Uvicorn asks ten times a second whether to go on."""
        if time.monotonic() >= self._stop_at:
            self.should_exit = True
        return await super().on_tick(counter)

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        """Exempt what was made at start from garbage collection: it lives as long as the app."""
        await super().startup(sockets)
        gc.collect()
        gc.freeze()
        gc.set_threshold(50_000, 20, 50)  # bulk work makes many objects and hardly any cycles

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        """Have long polls answer now instead of keeping the process until they time out."""
        self._app.state.notifications.close()
        await super().shutdown(sockets)
