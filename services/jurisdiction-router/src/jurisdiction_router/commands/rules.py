"""`check-rules`: whether a rule set could go live, for its author and for a pipeline."""

from pathlib import Path
from typing import Annotated, Any, Literal

import typer

from jurisdiction_router.commands.files import directory_in, rule_set_in
from jurisdiction_router.core.proving.hygiene import remarks
from jurisdiction_router.core.proving.proof_report import Proof
from jurisdiction_router.core.rules.vocabulary import read_vocabulary
from jurisdiction_router.policy import read_packaged


def add_check_rules(app: typer.Typer) -> None:
    """Add the command to `app`."""
    app.command("check-rules")(check_rules)


def check_rules(
    file: Annotated[
        Path, typer.Argument(help="A rule set in YAML or JSON", exists=True, dir_okay=False)
    ],
    directory: Annotated[
        Path | None,
        typer.Option(
            help="Areas and bodies, as POST /v1/directory/imports takes them, to prove it over",
            exists=True,
            dir_okay=False,
        ),
    ] = None,
    strict: Annotated[bool, typer.Option(help="Remarks fail as well")] = False,
    language: Annotated[Literal["zh", "en"], typer.Option(help="Of what is said")] = "en",
) -> None:
    """Read, prove and test a rule set, and remark on what is untidy.

    Exit status 1 when it could not go live (with --strict, also for a remark), else 0.
    """
    rule_set = rule_set_in(file, language)
    proof = Proof(rule_set, directory_in(directory) if directory else None)
    report = proof.report(read_vocabulary(read_packaged("vocabulary.yaml")))
    for example in report["counterexamples"]:
        typer.echo(f"{file}: {example['kind']}: {example['text'][language]}", err=True)
    hidden = report["counterexamples_found"] - len(report["counterexamples"])
    if hidden:
        typer.echo(f"{file}: … {hidden} more", err=True)
    for test in report["tests_failed"]:
        _print_test(file, test)
    notes = remarks(rule_set, proof.tests)
    for remark in notes:
        typer.echo(f"{file}: remark: {remark.zh if language == 'zh' else remark.en}", err=True)
    if not proof.holds or (strict and notes):
        raise typer.Exit(1)
    over = f" over {directory}" if directory else ""
    typer.echo(
        f"{rule_set.id}: {len(rule_set.rules)} rules, proved{over}; "
        f"{report['tests_passed']} tests pass; digest {rule_set.digest}"
    )


def _print_test(file: Path, test: dict[str, Any]) -> None:
    typer.echo(
        f"{file}: test {test['name']!r}: expected {test['expected']}, found {test['found']}",
        err=True,
    )
