"""The commands every service has: serve, migrate, openapi; followers add their own."""

import gc
import signal
import socket
from collections.abc import Callable
from typing import TypeVar

import typer
import uvicorn
import yaml
from fastapi import FastAPI

from servicekit.logs import configure_logs
from servicekit.migrations import Migrations
from servicekit.settings import ServiceSettings

SettingsT = TypeVar("SettingsT", bound=ServiceSettings)


def service_cli(
    name: str,
    description: str,
    load_settings: Callable[[], SettingsT],
    build: Callable[[SettingsT], FastAPI],
    migrations: Callable[[SettingsT], Migrations],
) -> typer.Typer:
    """The command line of a service; `build` makes its app from settings."""
    cli = typer.Typer(help=description, no_args_is_help=True, add_completion=False)

    @cli.command()
    def serve() -> None:
        """Serve the REST API until SIGTERM; requests under way are finished first."""
        settings = load_settings()
        configure_logs(name, settings.log_level, settings.log_format)
        serve_app(build(settings), settings, settings.port)

    @cli.command()
    def migrate(revision: str = typer.Argument("head", help="Where to go, e.g. head")) -> None:
        """Bring the database to the schema that this version needs."""
        settings = load_settings()
        configure_logs(name, settings.log_level, settings.log_format)
        migrations(settings).upgrade(revision)
        typer.echo(f"{name}: the schema is at {revision}")

    @cli.command()
    def openapi() -> None:
        """Print the OpenAPI document (YAML); needs no database and no configuration."""
        document = build(load_settings()).openapi()
        typer.echo(
            yaml.safe_dump(document, allow_unicode=True, sort_keys=False, width=100), nl=False
        )

    return cli


def serve_app(app: FastAPI, settings: ServiceSettings, port: int) -> None:
    """Run uvicorn until SIGINT or SIGTERM, drain, and end with status 0."""
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
    server = _Server(config, app)
    # uvicorn raises a caught signal again after draining; for an orchestrator a drained
    # process has ended well.
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: setattr(server, "should_exit", True))
    server.run()
    if not server.started:
        raise typer.Exit(1)


class _Server(uvicorn.Server):
    """uvicorn, with what only the process as a whole can do at its start and its end."""

    def __init__(self, config: uvicorn.Config, app: FastAPI) -> None:
        super().__init__(config)
        self._app = app

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        """What is made once lives as long as the process: the collector need not look at it."""
        await super().startup(sockets)
        gc.collect()
        gc.freeze()
        gc.set_threshold(50_000, 20, 50)  # bulk work makes many objects and hardly any cycles

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        """Long polls answer now instead of keeping the process until they time out."""
        self._app.state.bell.close()
        await super().shutdown(sockets)
