"""`decide`: who supervises one organization, from files alone or by asking a router."""

import sys
from datetime import date
from pathlib import Path
from typing import Annotated, Any
from uuid import UUID

import orjson
import typer

from jurisdiction_router.commands import rest
from jurisdiction_router.commands.files import directory_in, rule_set_in
from jurisdiction_router.commands.rest import DEFAULT_URL, Token, Url
from jurisdiction_router.core.deciding import unknown_street as open_places
from jurisdiction_router.core.deciding.timeline import Jurisdiction
from jurisdiction_router.core.rules.facts import facts_of
from jurisdiction_router.core.rules.vocabulary import read_vocabulary
from jurisdiction_router.policy import read_packaged
from servicekit.time import SystemClock


def add_decide(app: typer.Typer) -> None:
    """Add the command to `app`."""
    app.command("decide")(decide)


def decide(
    file: Annotated[
        Path | None,
        typer.Argument(help="An organization as the registry shows it (JSON); - is stdin"),
    ] = None,
    organization: Annotated[
        UUID | None, typer.Option("--id", help="Of an organization that the router knows")
    ] = None,
    rules: Annotated[
        list[Path] | None,
        typer.Option(help="Decide here by this rule set; may be repeated", exists=True),
    ] = None,
    directory: Annotated[
        Path | None, typer.Option(help="… over these areas and bodies", exists=True)
    ] = None,
    valid_on: Annotated[
        str | None, typer.Option(help="Civil date, default today", metavar="YYYY-MM-DD")
    ] = None,
    url: Url = DEFAULT_URL,
    token: Token = "",
) -> None:
    """Print the whole decision as JSON: body, rule, clause, trace, what would change it.

    With --rules and --directory nothing is asked of anyone; otherwise the router at --url is.
    """
    day = _day(valid_on)
    if (file is None) == (organization is None):
        raise typer.BadParameter("give either a file of facts or --id")
    if organization is not None:
        params = {"valid_on": day.isoformat()} if valid_on else {}
        with rest.client(url, token) as client:
            answer = rest.ask(client, "GET", f"/v1/assignments/{organization}", params=params)
    elif rules:
        answer = _here(_facts(file), rules, directory, day)
    else:
        question = {"organization": _facts(file), "valid_on": day.isoformat()}
        with rest.client(url, token) as client:
            answer = rest.ask(client, "POST", "/v1/decisions", json=question)
    typer.echo(orjson.dumps(answer, option=orjson.OPT_INDENT_2).decode())


def _here(
    state: dict[str, Any], rules: list[Path], directory: Path | None, day: date
) -> dict[str, Any]:
    if directory is None:
        raise typer.BadParameter("--rules needs --directory")
    jurisdiction = Jurisdiction(
        [rule_set_in(rule_file, "en") for rule_file in rules],
        directory_in(directory),
        read_vocabulary(read_packaged("vocabulary.yaml")),
    )
    view = jurisdiction.directory.on(day)
    decision = open_places.decide(jurisdiction, facts_of(state), view)
    if decision is None:
        typer.echo(f"No rule set is in force on {day}.", err=True)
        raise typer.Exit(1)
    return {"valid_on": day.isoformat(), "decision": decision.digest, **decision.document}


def _facts(file: Path | None) -> dict[str, Any]:
    content = sys.stdin.buffer.read() if str(file) == "-" else _bytes(file)
    try:
        state = orjson.loads(content)
    except orjson.JSONDecodeError as error:
        typer.echo(f"{file}: not JSON: {error}", err=True)
        raise typer.Exit(1) from None
    if not isinstance(state, dict):
        typer.echo(f"{file}: an object is expected", err=True)
        raise typer.Exit(1)
    return state


def _bytes(file: Path | None) -> bytes:
    try:
        return (file or Path("-")).read_bytes()
    except OSError as error:
        typer.echo(f"{file}: {error.strerror}", err=True)
        raise typer.Exit(1) from None


def _day(text: str | None) -> date:
    if text is None:
        return SystemClock().today()
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise typer.BadParameter(f"{text} is no date such as 2016-06-14") from None
