"""The router's commands."""

from pathlib import Path
from typing import Annotated

import typer

from jurisdiction_router.domain.proof_report import proof_report
from jurisdiction_router.domain.rule_set_reader import read_rule_set
from jurisdiction_router.domain.rule_set_text import read_text
from jurisdiction_router.factory import SOURCE, migrations
from jurisdiction_router.main import build, build_follower, open_followers
from jurisdiction_router.rule_sets import read_packaged
from jurisdiction_router.settings import Settings
from servicekit.cli import service_cli
from servicekit.follower_cli import add_follower_commands
from servicekit.ledger import Ledger
from servicekit.ledger_cli import add_verify_ledger
from servicekit.refusals import Refusal

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


@app.command()
def check_rules(
    file: Annotated[Path, typer.Argument(help="A rule set in YAML or JSON", exists=True)],
) -> None:
    """Read, prove and test a rule set; exit status 1 when something is wrong with it."""
    try:
        rule_set = read_rule_set(*read_text(file.read_text(encoding="utf-8")))
    except Refusal as refusal:
        typer.echo(f"{file}: {refusal.code}", err=True)
        for violation in refusal.violations:
            facts = ", ".join(f"{k}: {v}" for k, v in violation.facts.items() if v is not None)
            typer.echo(
                f"  {violation.pointer or '/'}: {violation.rule} ({violation.value}) {facts}",
                err=True,
            )
        raise typer.Exit(1) from None
    report = proof_report(rule_set, None)
    for example in report["counterexamples"]:
        typer.echo(
            f"  {example['kind']} {', '.join(example['rules'])}: {example['facts']}", err=True
        )
    for test in report["tests_failed"]:
        typer.echo(
            f"  test {test['name']!r}: expected {test['expected']}, found {test['found']}", err=True
        )
    if not report["proved"]:
        raise typer.Exit(1)
    typer.echo(
        f"{rule_set.id}: {len(rule_set.rules)} rules, total, free of conflict, every rule "
        f"reachable; {report['tests_passed']} tests pass; digest {rule_set.digest}"
    )
