"""The router's commands."""

from typing import Annotated

import typer

from jurisdiction_router.commands.assignments import add_export
from jurisdiction_router.commands.decisions import add_decide
from jurisdiction_router.commands.directory import add_import_directory
from jurisdiction_router.commands.rules import add_check_rules
from jurisdiction_router.factory import SOURCE, migrations
from jurisdiction_router.main import build, build_follower, open_followers
from jurisdiction_router.policy import read_packaged
from jurisdiction_router.settings import Settings
from servicekit.cli import service_cli
from servicekit.follower import add_follower_commands
from servicekit.ledger import Ledger, add_verify_ledger

app = service_cli(
    SOURCE,
    "Who supervises a social organization's Party building (社会组织党建归口).",
    Settings,
    build,
    migrations,
)


add_follower_commands(
    app, SOURCE, Settings, build_follower, lambda settings: settings.follow_port, open_followers
)
add_verify_ledger(app, SOURCE, Settings, lambda settings: Ledger(SOURCE, settings.digest_algorithm))


@app.command()
def print_rules(
    name: Annotated[str, typer.Argument(help="Id of a packaged rule set")] = "shenzhen-2016",
) -> None:
    """Print a rule set that ships with the router, as POST /v1/rule-sets takes it."""
    typer.echo(read_packaged(f"{name}.yaml"), nl=False)


add_check_rules(app)
add_decide(app)
add_export(app)
add_import_directory(app)
