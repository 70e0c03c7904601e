"""`import-directory`: load areas and bodies, see what they would do, have them take effect."""

from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Any, Literal

import typer

from jurisdiction_router.commands import rest
from jurisdiction_router.commands.rest import DEFAULT_URL, Token, Url

PATH = "/v1/directory/imports"
_TYPES = {".csv": "text/csv", ".json": "application/json"}


def add_import_directory(app: typer.Typer) -> None:
    """Add the command to `app`."""
    app.command("import-directory")(import_directory)


def import_directory(
    file: Annotated[
        Path,
        typer.Argument(help="Areas and bodies, as .csv or .json", exists=True, dir_okay=False),
    ],
    activate: Annotated[
        bool, typer.Option("--activate", help="Have it take effect if nothing is wrong")
    ] = False,
    accept_holes: Annotated[
        bool, typer.Option("--accept-holes", help="Even if rule sets would be left with holes")
    ] = False,
    reason: Annotated[str | None, typer.Option(help="Kept in the ledger")] = None,
    language: Annotated[Literal["zh", "en"], typer.Option(help="Of what is said")] = "en",
    url: Url = DEFAULT_URL,
    token: Token = "",
) -> None:
    """Load a file into the router and tell what it would add, change and end, and what is wrong.

    Exit status 1 when something is wrong, line by line on stderr, where also the holes are told
    that it would open in rule sets. The import stays, without effect,
    unless --activate is given; the printed id is what the API activates or withdraws.
    """
    media_type = _TYPES.get(file.suffix.lower())
    if media_type is None:
        raise typer.BadParameter(f"{file}: a .csv or a .json is expected")
    params = {"reason": reason} if reason else {}
    with rest.client(url, token, language) as client:
        record = rest.ask(
            client, "POST", PATH, content=file.read_bytes(), params=params,
            headers={"content-type": media_type},
        )  # fmt: skip
        _print_report(record, language)
        if record["report"]["errors"]:
            for item in _refused_items(client, record["id"]):
                _print_errors(file, item, language)
            raise typer.Exit(1)
        if activate:
            headers = {"if-match": f'"{record["revision"]}"'}
            done = rest.ask(
                client, "POST", f"{PATH}/{record['id']}/activation", headers=headers,
                params={"accept_holes": accept_holes},
            )  # fmt: skip
            counts = done["done"]
            moved = "by a job" if counts["job"] else f"{counts['reassigned']} reassigned"
            typer.echo(f"active: {counts['reassessed']} organizations looked at, {moved}")


def _print_report(record: Mapping[str, Any], language: str) -> None:
    report = record["report"]
    typer.echo(f"import {record['id']}: {record['state']}")
    for name in ("areas", "bodies"):
        counts = ", ".join(f"{number} {kind}" for kind, number in report[name].items() if number)
        typer.echo(f"{name}: {counts or 'none'}")
    if record["impact"] is not None:
        typer.echo(
            f"organizations to look at again: {report['reassessed']}; "
            f"who would move: /v1/impacts/{record['impact']}"
        )
    for hole in report["holes"]:
        typer.echo(f"hole in {hole['rule_set']}: {hole['text'][language]}", err=True)


def _refused_items(client: Any, identifier: str) -> Any:
    params: dict[str, Any] = {"change": "refused", "limit": 1000}
    while True:
        page = rest.ask(client, "GET", f"{PATH}/{identifier}/items", params=params)
        yield from page["items"]
        if page["next_cursor"] is None:
            return
        params["cursor"] = page["next_cursor"]


def _print_errors(file: Path, item: Mapping[str, Any], language: str) -> None:
    place = f"{file}:{item['line']}" if item["line"] else f"{file}: {item['key'] or ''}"
    for error in item["errors"]:
        field = error["field"].removeprefix("/")
        typer.echo(
            f"{place}: {field}: {error[language]}" if field else f"{place}: {error[language]}",
            err=True,
        )
