"""``demo-city``: writes the invented city, or a country of any size, to files."""

from collections.abc import Iterable
from enum import StrEnum
from pathlib import Path
from typing import Annotated, Any

import orjson
import typer

import demo_city
from demo_city import csv_form
from demo_city.country import COUNTRY_SEED

app = typer.Typer(
    help="Invented social organizations on China's real streets, the same bytes at every run.",
    no_args_is_help=True,
    add_completion=False,
)


class Format(StrEnum):
    """How organizations are written."""

    CSV = "csv"
    NDJSON = "ndjson"


Out = Annotated[Path, typer.Option("--out", "-o", help="The file to write.", dir_okay=False)]
As = Annotated[
    Format,
    typer.Option(
        "--format",
        "-f",
        help="csv: one column per leaf, headed by its path. ndjson: one document per line.",
    ),
]


@app.command()
def organizations(out: Out, form: As = Format.NDJSON) -> None:
    """The demo city's 10,100 organizations as of 2015-12-31, for the registry's import.

    5,115 social associations, 4,803 private non-enterprise units, 182 foundations. Some facts are
    missing on purpose, so that a few assignments need a decision.
    """
    _write(demo_city.organizations(), out, form)


@app.command()
def directory(
    out: Out,
    country: Annotated[
        bool, typer.Option("--country", help="Of the whole country instead of the city.")
    ] = False,
) -> None:
    """The areas and Party bodies as of 2016, as JSON for the router's directory import."""
    content = demo_city.country_directory() if country else demo_city.directory()
    out.write_bytes(orjson.dumps(content, option=orjson.OPT_APPEND_NEWLINE))
    counts = f"{len(content['areas']):,} areas, {len(content['bodies']):,} bodies"
    typer.echo(f"{out}: {counts}", err=True)


@app.command()
def country(
    out: Out,
    size: Annotated[int, typer.Option(min=1, max=10_000_000, help="How many organizations.")],
    form: As = Format.NDJSON,
    seed: Annotated[int, typer.Option(help="Another seed, another country.")] = COUNTRY_SEED,
) -> None:
    """A country of SIZE organizations on all 41,352 streets, for measuring.

    Streams in bounded memory; the real country has about 865,000.
    """
    _write(demo_city.country(size, seed=seed), out, form)


def _write(documents: Iterable[dict[str, Any]], out: Path, form: Format) -> None:
    if form is Format.CSV:
        with out.open("w", encoding="utf-8", newline="") as text:
            written = csv_form.write(documents, text)
    else:
        written = 0
        with out.open("wb") as lines:
            for document in documents:
                lines.write(orjson.dumps(document, option=orjson.OPT_APPEND_NEWLINE))
                written += 1
    typer.echo(f"{out}: {written:,} organizations", err=True)
