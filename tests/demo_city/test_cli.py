"""The command line writes what the API yields."""

import json
from pathlib import Path

from typer.testing import CliRunner

import demo_city
from demo_city import csv_form
from demo_city.cli import app

runner = CliRunner()


def test_organizations_as_ndjson(tmp_path: Path) -> None:
    out = tmp_path / "city.ndjson"
    result = runner.invoke(app, ["organizations", "--out", str(out), "--format", "ndjson"])
    assert result.exit_code == 0, result.output
    lines = out.read_text(encoding="utf-8").splitlines()
    assert [json.loads(line) for line in lines] == list(demo_city.organizations())


def test_country_as_csv(tmp_path: Path) -> None:
    out = tmp_path / "country.csv"
    arguments = ["country", "--size", "20", "--out", str(out), "--format", "csv"]
    assert runner.invoke(app, arguments).exit_code == 0
    with out.open(encoding="utf-8", newline="") as lines:
        assert list(csv_form.read(lines)) == list(demo_city.country(20))


def test_directory_as_json(tmp_path: Path) -> None:
    out = tmp_path / "directory.json"
    assert runner.invoke(app, ["directory", "--out", str(out)]).exit_code == 0
    assert json.loads(out.read_bytes()) == demo_city.directory()


def test_a_size_of_nothing_is_refused(tmp_path: Path) -> None:
    out = tmp_path / "none"
    assert runner.invoke(app, ["country", "--size", "0", "--out", str(out)]).exit_code != 0
    assert not out.exists()
