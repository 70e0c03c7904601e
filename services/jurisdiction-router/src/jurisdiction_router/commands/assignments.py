"""`export`: the assignments of a day, as NDJSON or CSV, page by page."""

import sys
from collections.abc import Iterator
from typing import Annotated, Any, Final, Literal

import orjson
import typer

from jurisdiction_router.assignments.table import COLUMNS
from jurisdiction_router.commands import rest
from jurisdiction_router.commands.rest import DEFAULT_URL, Token, Url
from servicekit.tables import csv_lines, table_form

_FORM: Final = table_form([column for column in COLUMNS if column.name != "decision"])


def add_export(app: typer.Typer) -> None:
    """Add the command to `app`."""
    app.command("export")(export)


def export(
    form: Annotated[
        Literal["ndjson", "csv"], typer.Option("--format", help="Lines of JSON, or a table")
    ] = "ndjson",
    valid_on: Annotated[
        str | None, typer.Option(help="Civil date, default today", metavar="YYYY-MM-DD")
    ] = None,
    area: Annotated[
        list[str] | None, typer.Option(help="Prefix of a division code; may be repeated")
    ] = None,
    outcome: Annotated[list[str] | None, typer.Option(help="assigned, needs_decision, …")] = None,
    url: Url = DEFAULT_URL,
    token: Token = "",
) -> None:
    """Write the assignments that the token may see to standard output, by organization."""
    filters = {"valid_on": valid_on, "area": area, "outcome": outcome}
    params = {name: value for name, value in filters.items() if value}
    items = _items(url, token, params)
    if form == "ndjson":
        for item in items:
            sys.stdout.buffer.write(orjson.dumps(item, option=orjson.OPT_APPEND_NEWLINE))
        return
    sys.stdout.buffer.write(csv_lines([_FORM.header]))
    for item in items:
        sys.stdout.buffer.write(csv_lines([_FORM.cells(item)]))


def _items(url: str, token: str, params: dict[str, Any]) -> Iterator[dict[str, Any]]:
    with rest.client(url, token) as client:
        cursor: dict[str, str] = {}
        while True:
            page = rest.ask(
                client, "GET", "/v1/assignments", params={**params, **cursor, "limit": 1000}
            )
            yield from page["items"]
            if page["next_cursor"] is None:
                return
            cursor = {"cursor": page["next_cursor"]}
