"""Reading rule sets and directories from files; what is wrong with them goes to stderr."""

from pathlib import Path

import typer
from pydantic import ValidationError

from jurisdiction_router.core.directory.change import DirectoryChange
from jurisdiction_router.core.directory.directory import Directory
from jurisdiction_router.core.rules.reader import read_rule_set
from jurisdiction_router.core.rules.rule_set import RuleSet
from jurisdiction_router.core.rules.yaml_text import read_text
from jurisdiction_router.directory.requests import area_entry, body_entry
from jurisdiction_router.directory.schemas import DirectoryImport
from servicekit.errors import Refusal, read_rules


def rule_set_in(file: Path, language: str) -> RuleSet:
    """The rule set of a file. Exit status 1, with every mistake told, when it is none."""
    try:
        return read_rule_set(*read_text(_text(file)))
    except Refusal as refusal:
        for violation in refusal.violations:
            text_of_rule = read_rules("jurisdiction_router")[violation.rule]
            facts = {"value": violation.value, **violation.facts}
            message = (text_of_rule.zh if language == "zh" else text_of_rule.en).format(**facts)
            typer.echo(f"{file}{violation.pointer}: {message}", err=True)
        raise typer.Exit(1) from None


def directory_in(file: Path) -> Directory:
    """The directory of a file as POST /v1/directory/imports takes it. Exit status 1 if it isn't."""
    try:
        request = DirectoryImport.model_validate_json(_text(file))
    except ValidationError as error:
        for each in error.errors()[:20]:
            pointer = "/".join(str(part) for part in each["loc"])
            typer.echo(f"{file}/{pointer}: {each['msg']}", err=True)
        raise typer.Exit(1) from None
    change = DirectoryChange(
        [area_entry(area) for area in request.areas], [body_entry(body) for body in request.bodies]
    )
    return change.applied_to(Directory())


def _text(file: Path) -> str:
    try:
        return file.read_text(encoding="utf-8-sig")
    except UnicodeDecodeError:
        typer.echo(f"{file}: not UTF-8", err=True)
        raise typer.Exit(1) from None
