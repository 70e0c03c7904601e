"""``local-runner``: the platform on one machine. The Makefile's `run`, `token` and `clean-data`."""

import asyncio
import re
import signal
from collections.abc import Coroutine
from pathlib import Path
from typing import Annotated, Any, NoReturn

import httpx
import typer
from rich.console import Console
from rich.table import Table

from local_runner.errors import DiskFullError, RunnerError, is_disk_full
from local_runner.keys.compose_secrets import TOKEN_DAYS, write_secrets
from local_runner.keys.issuer import SCOPES, Issuer
from local_runner.keys.key_ring import Cipher
from local_runner.loading.demo import whole_city
from local_runner.loading.load import Addresses, DemoLoad
from local_runner.loading.progress_bars import PhaseBars
from local_runner.loading.report import Report, where_to_go_on
from local_runner.loading.rest import Rest
from local_runner.platform import Platform
from local_runner.postgres.server import PostgresServer
from local_runner.services import METRICS, REGISTRY, ROUTER, Ports, package_folder
from local_runner.storage.data_dir import DataDir, read_json

WIDTH_OF_A_FILE = 140  # columns, so that tables are whole where output is kept
DEMO_CLIENT = "demo-load"
DEMO_APPROVER = "demo-approver"
RULE_SET = Path("policy") / "shenzhen-2016.yaml"
TTL_UNITS = {"": 1, "s": 1, "m": 60, "h": 3600, "d": 86400}

app = typer.Typer(
    help="The whole platform on one machine.", no_args_is_help=True, add_completion=False
)

DataDirOption = Annotated[
    Path, typer.Option("--data-dir", envvar="DATA_DIR", help="Where data, keys and logs lie.")
]
DEFAULT_DATA_DIR = Path(".data")


@app.command()
def run(
    data_dir: DataDirOption = DEFAULT_DATA_DIR,
    registry_port: Annotated[
        int, typer.Option(envvar="REGISTRY_PORT", min=1, max=65535, help="Port of registry-api.")
    ] = 8001,
    router_port: Annotated[
        int,
        typer.Option(envvar="ROUTER_PORT", min=1, max=65535, help="Port of jurisdiction-router."),
    ] = 8002,
    metrics_port: Annotated[
        int, typer.Option(envvar="METRICS_PORT", min=1, max=65535, help="Port of metrics.")
    ] = 8003,
    demo: Annotated[bool, typer.Option(help="Load the demo city on the first start.")] = True,
) -> None:
    """Start everything, load the demo city at the first start, and stay until Ctrl-C."""
    ports = Ports(registry_port, router_port, metrics_port)
    console = Console()
    if not console.is_terminal:
        console.width = WIDTH_OF_A_FILE
    platform = Platform(
        data_dir, ports, say=lambda said: console.print(f"• {said}", soft_wrap=True)
    )
    _until_signal(platform, _run(platform, console, demo))
    console.print("Stopped.")


@app.command()
def token(
    data_dir: DataDirOption = DEFAULT_DATA_DIR,
    scope: Annotated[str, typer.Option(help="Scopes, separated by spaces.")] = " ".join(SCOPES),
    areas: Annotated[
        str, typer.Option(help="Division codes the bearer is limited to, separated by spaces.")
    ] = "",
    ttl: Annotated[str, typer.Option(help="Lifetime, such as 900, 30m, 12h, 7d.")] = "12h",
) -> None:
    """Print a bearer token that the services of this machine accept."""
    scopes = scope.split()
    if unknown := [each for each in scopes if each not in SCOPES]:
        _fail(f"Unknown scope {' '.join(unknown)}; the scopes are {' '.join(SCOPES)}.")
    codes = re.split(r"[\s,]+", areas.strip()) if areas.strip() else None
    if codes and not all(re.fullmatch(r"\d{6}|\d{9}|\d{12}", code) for code in codes):
        _fail("AREAS are division codes of 6, 9 or 12 digits, such as 440303.")
    lifetime = re.fullmatch(r"([1-9]\d*)([smhd]?)", ttl)
    if lifetime is None:
        _fail("TTL is a number of seconds, or of minutes, hours, days as in 30m, 12h, 7d.")
    seconds = int(lifetime[1]) * TTL_UNITS[lifetime[2]]
    try:
        folder = DataDir(data_dir)
        folder.mark()
        issuer = Issuer(folder.keys)
    except RunnerError as error:
        _fail(str(error))
    except OSError as error:
        _fail_for(error, data_dir)
    typer.echo(issuer.token(scopes, areas=codes, ttl=seconds))


@app.command()
def compose_secrets(
    folder: Annotated[Path, typer.Argument(help="Where compose.yaml looks for them.")] = Path(
        "deploy/secrets"
    ),
    database_host: Annotated[
        str, typer.Option(help="Host and port of PostgreSQL, as containers see it.")
    ] = "postgres:5432",
    name_cipher: Annotated[
        Cipher, typer.Option(envvar="NAME_CIPHER", help="Cipher of sealed names.")
    ] = "aes-256-gcm",
) -> None:
    """Write the secret files of deploy/compose.yaml that are missing, and new tokens."""
    written = write_secrets(folder, database_host, name_cipher)
    typer.echo(f"{folder}: {', '.join(written)}")
    typer.echo(f"Tokens are good for {TOKEN_DAYS} days; one with every scope is in trial_token.")


@app.command()
def clean_data(data_dir: DataDirOption = DEFAULT_DATA_DIR) -> None:
    """Forget the data, the keys and the logs; refused while a runner uses them."""
    folder = DataDir(data_dir)
    if not folder.is_ours():
        typer.echo(f"Nothing to forget in {folder.root}.")
        return
    try:
        folder.lock.acquire()
        PostgresServer(folder.postgres).wipe()
        folder.forget()
    except RunnerError as error:
        _fail(str(error))
    typer.echo(f"{folder.root} is forgotten.")


@app.command()
def status(data_dir: DataDirOption = DEFAULT_DATA_DIR) -> None:
    """Show which processes are ready; ends with 1 if not all are."""
    folder = DataDir(data_dir)
    running = read_json(folder.running) if folder.lock.is_held_elsewhere() else None
    if running is None:
        _fail(f"No runner is ready in {folder.root}.")
    table = Table("process", "state", "address")
    all_ready = True
    with httpx.Client(trust_env=False, timeout=5.0) as client:
        for name, url in running["ready"].items():
            try:
                state = "ready" if client.get(url).is_success else "not ready"
            except httpx.HTTPError:
                state = "no answer"
            all_ready &= state == "ready"
            table.add_row(name, state, url)
    Console().print(table)
    raise typer.Exit(0 if all_ready else 1)


async def _run(platform: Platform, console: Console, with_demo: bool) -> None:
    """Everything between start and stop; ends only by cancellation or with an error."""
    console.print(f"Starting in {platform.data_dir.root} …", soft_wrap=True)
    async with platform:
        addresses = Addresses(*(platform.url(each) for each in (REGISTRY, ROUTER, METRICS)))
        rest = Rest(lambda: platform.issuer.token(client=DEMO_CLIENT, ttl=600))
        approver = Rest(lambda: platform.issuer.token(client=DEMO_APPROVER, ttl=600))
        try:
            if with_demo:
                await _load_and_report(rest, approver, addresses, platform, console)
        finally:
            await rest.close()
            await approver.close()
        console.print(where_to_go_on(addresses), soft_wrap=True)
        console.print("\nReady. Ctrl-C stops everything; the data stay for the next run.")
        await asyncio.Event().wait()


async def _load_and_report(
    rest: Rest, approver: Rest, addresses: Addresses, platform: Platform, console: Console
) -> None:
    folder = platform.data_dir.demo
    load = DemoLoad(rest, approver, addresses, whole_city(), folder, rule_set_file())
    if not await load.is_complete():
        console.print("Loading the demo city through the REST API …")
        with PhaseBars(console) as bars:
            job = await load.run(bars)
        if job["errors"]:
            console.print(f"{job['errors']} rows were refused: see {addresses.registry}/docs")
    await Report(rest, addresses).show(console)


def rule_set_file() -> Path:
    """The rule set that the router is shipped with; the router is not imported for that.

    Raises:
        MissingToolError: the router is not installed.
    """
    return package_folder(ROUTER) / RULE_SET


def _until_signal(platform: Platform, work: Coroutine[Any, Any, None]) -> None:
    """Run until the work fails or a signal ends it; a second signal ends it at once.

    One sentence and status 1 for what the user can mend; anything else is a defect and is shown
    with its trace.
    """

    async def main() -> None:
        task = asyncio.ensure_future(work)

        def leave() -> None:
            if task.cancelling():
                platform.supervisor.hurry()
            else:
                task.cancel()

        loop = asyncio.get_running_loop()
        for signum in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            loop.add_signal_handler(signum, leave)
        try:
            await task
        except asyncio.CancelledError:
            return

    try:
        asyncio.run(main())
    except RunnerError as error:
        _fail(str(error))
    except OSError as error:
        _fail_for(error, platform.data_dir.root)


def _fail_for(error: OSError, data_dir: Path) -> NoReturn:
    if is_disk_full(error):
        _fail(str(DiskFullError(data_dir)))
    raise error


def _fail(sentence: str) -> NoReturn:
    typer.echo(sentence, err=True)
    raise typer.Exit(1)
