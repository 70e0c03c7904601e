"""The commands for files: exit status, what is said, and where."""

import json
from pathlib import Path
from typing import Any

import pytest
from tests.jurisdiction_router.small_city import organization
from typer.testing import CliRunner

import demo_city
from jurisdiction_router.cli import app
from jurisdiction_router.policy import read_packaged

TEXT = read_packaged("shenzhen-2016.yaml")


def run(*arguments: str | Path, **options: Any) -> tuple[int, str, str]:
    result = CliRunner().invoke(app, [str(a) for a in arguments], **options)
    return result.exit_code, result.stdout, result.stderr


@pytest.fixture
def rules(tmp_path: Path) -> Path:
    path = tmp_path / "rules.yaml"
    path.write_text(TEXT, encoding="utf-8")
    return path


@pytest.fixture(scope="session")
def demo_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("demo") / "directory.json"
    path.write_text(json.dumps(demo_city.directory()), encoding="utf-8")
    return path


def test_the_shipped_rules_pass_over_the_demo_city_without_a_remark(
    rules: Path, demo_file: Path
) -> None:
    code, said, remarks = run("check-rules", rules, "--directory", demo_file, "--strict")
    assert (code, remarks) == (0, "")
    assert said.startswith("shenzhen-2016: 25 rules, proved over")


@pytest.mark.parametrize(
    ("before", "after", "said"),
    [
        ("    over: [training-institution]\n", "", "conflict: The rules training-institution and"),
        ("supervising: city_health_work_committee@city", "supervising: x@city", "row 6, a private"),
        ('row: "6"', "row: 6", ", rule private-hospital: Text is expected."),
        ("id: shenzhen-2016", "id: [", "Line "),
        (
            "      - {body: social_organization_committee, at: city}\n    basis: L\n    flags",
            "    basis: L\n    flags",
            "no_body: None of the bodies that the rule fallback names exists",
        ),
    ],
)
def test_what_is_wrong_is_said_and_fails(
    rules: Path, demo_file: Path, before: str, after: str, said: str
) -> None:
    assert before in TEXT
    rules.write_text(TEXT.replace(before, after), encoding="utf-8")
    code, _, errors = run("check-rules", rules, "--directory", demo_file)
    assert code == 1
    assert said in errors


def test_remarks_fail_only_when_asked_to(rules: Path) -> None:
    rules.write_text(
        TEXT.replace("over: [training-institution]", "over: [training-institution, fallback, "
                     "private-hospital]"),
        encoding="utf-8",
    )  # fmt: skip
    code, _, errors = run("check-rules", rules)
    assert code == 0
    assert "vocational-training and private-hospital never both apply" in errors
    assert run("check-rules", rules, "--strict")[0] == 1


def test_one_organization_is_decided_from_files_and_from_stdin(
    rules: Path, demo_file: Path, tmp_path: Path
) -> None:
    facts = tmp_path / "clinic.json"
    facts.write_text(json.dumps(organization()), encoding="utf-8")
    here = ("--rules", rules, "--directory", demo_file, "--valid-on", "2016-06-14")
    code, said, _ = run("decide", facts, *here)
    assert code == 0
    decision = json.loads(said)
    assert decision["rule"] == "private-clinic"
    assert decision["supervising"]["area_code"].startswith("440303")
    assert decision["nearest_flip"]
    again = run("decide", "-", *here, input=json.dumps(organization()))
    assert again == (0, said, "")
    assert run("decide", facts, *here[:4], "--valid-on", "2015-06-14")[0] == 1
    assert run("decide", "-", *here, input="[]")[0] == 1
    assert run("decide", "-", *here, input="{")[0] == 1
    assert run("decide", *here)[0] == 2
    assert run("decide", facts, "--rules", rules)[0] == 2
    assert run("decide", facts, *here[:4], "--valid-on", "today")[0] == 2
