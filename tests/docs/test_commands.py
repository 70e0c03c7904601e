"""Every command, request, setting and file that the pages name is there, or is run by a test.

A command of a tool that can't run here has to be in `ELSEWHERE` with the reason; one that nobody
has thought about fails.
"""

import re
import subprocess
from functools import cache
from importlib.metadata import entry_points
from pathlib import Path
from typing import Any

import pytest
import typer.main
import yaml
from sqlalchemy import text as sql
from sqlalchemy.ext.asyncio import create_async_engine
from stdnum.cn import uscc
from tests.docs.pages import PAGES, ROOT, all_blocks, shell, spans, text
from tests.docs.shell_commands import simple_commands

OURS = ("registry-api", "jurisdiction-router", "metrics", "local-runner")
RESTORE_TEST = ROOT / "tests/system/test_restore.py"
CHART = ROOT / "deploy/helm/social-organizations"

# fmt: off
ELSEWHERE = {
    # the tour of the README, tests/contract/test_readme_tour.py, and of the guide,
    # tests/contract/test_integrators_guide.py, run every call to a service
    r"curl .*http://127\.0\.0\.1:800[123]/.*": "run against a small city",
    r"python3 -c .*": "run with the calls around it",
    r"curl -s -u \S+ -d grant_type=client_credentials https://\S+": "needs an issuer",
    r"kcadm\.sh create (clients|client-scopes) -r city( -s \S+| -f client\.json)+": "Keycloak's",
    # what tests/contract/test_generated_clients.py does with the same files
    r"pip install dist/clients/python/\*": "the test puts the same folders on the path",
    r"python docs/samples/\S+\.py \w{18}": "run against a small city",
    r"cp docs/samples/\S+\.ts dist/clients/typescript/": "run",
    r"cd dist/clients/typescript": "run",
    r"npx tsc": "run",
    r"node register_and_count\.js \w{18}": "run",
    # a container engine and a cluster: `make image-check` and tests/deploy are what can run here
    r"docker build -f deploy/Dockerfile( --build-arg \w+=\S+)+ -t \S+ \.": "no daemon",
    r"docker (push|save)( \S+)?|docker ps": "no daemon",
    r"docker compose( -f deploy/compose\.yaml)? up -d": "no daemon",
    r"kubectl create secret generic \S+ --from-(literal|file)=\S+": "no cluster",
    r"kubectl get pods": "no cluster",
    r"helm (upgrade --install platform|package) deploy/helm/social-organizations( --set \S+=\S+)*":
        "tests/deploy/test_chart.py renders it",
    # tests/system/test_restore.py runs these
    r"(pg_dump|pg_restore)( --[a-z-]+(=\S+)?)+ \S+": "run by the restore drill",
    r"createdb \S+": "the restore drill makes its databases",
    # a release is made by people
    r"git diff v\S+ -- openapi/": "needs the tag of a release",
    r"git tag -s v\S+ -m \S+|git rev-parse HEAD": "not for a test to do",
    r"uv (lock|export --frozen)|pip download": "needs the package index",
    r"bash \.ci/run": "runs this test",
    r"mkdir -p openapi/released|cp openapi/\*\.yaml openapi/released/": "for a release",
    r"cp deploy/\.env\.example deploy/\.env": "would write into the tree",
    r"openssl rand -base64 32": "openssl's",
}
# fmt: on
EXECUTABLES = {re.split(r"[ (\\|]", form.lstrip("("))[0] for form in ELSEWHERE} | {"make", *OURS}

by_page = pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))


def _commands(page: Path) -> list[list[str]]:
    """Of the shell blocks, and of the prose what begins with a program that we know."""
    in_prose = [
        span for span in spans(page) if span.split()[0] in EXECUTABLES and len(span.split()) > 1
    ]
    return [command for script in (*shell(page), *in_prose) for command in simple_commands(script)]


@by_page
def test_every_command_is_there(page: Path) -> None:
    for words in _commands(page):
        if words[0] == "make":
            _check_make(words)
        elif words[0] in OURS:
            _check_ours(words)
        else:
            line = " ".join(words)
            known = any(re.fullmatch(form, line, re.DOTALL) for form in ELSEWHERE)
            assert known, f"{page.name}: nobody has classified `{line}`"
            _check_what_it_names(words)


def test_no_form_is_left_over() -> None:
    lines = [" ".join(words) for page in PAGES for words in _commands(page)]
    for form in ELSEWHERE:
        assert any(re.fullmatch(form, line, re.DOTALL) for line in lines), form


def _check_make(words: list[str]) -> None:
    variables = [word.partition("=")[0] for word in words[1:] if "=" in word]
    for name in variables:
        assert f"$({name})" in text(ROOT / "Makefile"), " ".join(words)
    ran = subprocess.run(
        ["make", "-n", *words[1:]], cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert ran.returncode == 0, ran.stderr


@cache
def _program(name: str) -> Any:
    (script,) = entry_points(group="console_scripts", name=name)
    return typer.main.get_command(script.load())


def _check_ours(words: list[str]) -> None:
    program, name, *rest = words
    command = _program(program).commands.get(name)
    assert command, " ".join(words)
    options = {option for parameter in command.params for option in parameter.opts}
    assert {word.partition("=")[0] for word in rest if word.startswith("-")} <= options, words


def _check_what_it_names(words: list[str]) -> None:
    """What a command of another's tool names of ours: files, build arguments, values, secrets."""
    for word, following in zip(words, [*words[1:], ""], strict=True):
        if re.fullmatch(r"(deploy|docs|tests)/[\w./-]*[\w/]", word) and not word.endswith(".env"):
            assert (ROOT / word).exists(), word
        if word == "--build-arg":
            argument = following.partition("=")[0]
            assert re.search(rf"^ARG {argument}\b", text(ROOT / "deploy/Dockerfile"), re.M), (
                argument
            )
        if word == "--set":
            values: Any = yaml.safe_load(text(CHART / "values.yaml"))
            for key in following.partition("=")[0].split("."):
                assert key in values, following
                values = values[key]
        if re.fullmatch(r"[0-9A-Z]{18}", word):
            assert uscc.is_valid(word), word
        if words[0] in {"pg_dump", "pg_restore"} and word.startswith("--"):
            assert word.partition("=")[0] in text(RESTORE_TEST), word
    if words[:4] == ["kubectl", "create", "secret", "generic"]:
        values = text(CHART / "values.yaml")
        key = words[5].partition("=")[2].partition("=")[0]
        assert re.search(rf"\b{words[4]}\b", values), words[4]
        assert re.search(rf"\b{re.escape(key)}\b", values), key


@pytest.mark.parametrize("service", OURS[:3])
def test_the_commands_in_the_readme_of_a_service_are_there(service: str) -> None:
    page = ROOT / "services" / service / "README.md"
    if not page.exists():
        return
    commands = _program(service).commands
    for span in spans(page):
        name, *rest = re.findall(r"[\w-]+", span)[:1] + re.findall(r"--[\w-]+", span)
        if name in commands and span.startswith(name):
            options = {option for p in commands[name].params for option in p.opts}
            assert set(rest) <= options, span


@cache
def _paths() -> dict[str, set[str]]:
    """Methods of each path of the three documents, parameters as `*`."""
    found: dict[str, set[str]] = {}
    for document in (ROOT / "openapi").glob("*.yaml"):
        for path, operations in yaml.safe_load(text(document))["paths"].items():
            methods = {method.upper() for method in operations}
            found.setdefault(re.sub(r"\{\w+\}", "*", path), set()).update(methods)
    return found


@by_page
def test_every_request_is_there(page: Path) -> None:
    untyped = [line for language, block in all_blocks(page) if not language for line in [block]]
    for code in (*spans(page), *untyped):
        for method, path in re.findall(r"(?:\b(GET|POST|PUT|DELETE) +)?(/v1/[^\s?`\"…]+)", code):
            template = re.sub(r"\{\w+\}|<\w+>", "*", path.rstrip(".,;:)'"))
            assert template in _paths(), f"{page.name}: {path}"
            assert not method or method in _paths()[template], f"{page.name}: {method} {path}"


@by_page
def test_every_setting_is_there(page: Path) -> None:
    """In the table, which is generated from the code; or where the platform is put together."""
    table = text(ROOT / "docs/operations.md").partition("<!-- settings")[2].partition("<!-- end")[0]
    others = "".join(
        text(ROOT / name)
        for name in ("Makefile", "deploy/.env.example", "docs/samples/register_and_count.py")
    )
    for span in spans(page):
        named = re.fullmatch(r"(…|REGISTRY|ROUTER|METRICS)(_[A-Z][A-Z_]+)(=.*)?", span)
        if named:
            prefix, rest, _ = named.groups()
            known = {f"`{prefix}{rest}`", f"`…{rest}`"}
            assert any(name in table for name in known) or prefix + rest in others, span


@by_page
def test_every_file_is_there(page: Path) -> None:
    for span in spans(page):
        if not re.fullmatch(r"\.?(deploy|docs|openapi|services|tests|ci|dist)/[\w./-]+", span):
            continue
        if span.startswith("openapi/released/"):
            continue  # made by the first release
        ignored = subprocess.run(["git", "check-ignore", "-q", span], cwd=ROOT, check=False)
        assert (ROOT / span).exists() or ignored.returncode == 0, f"{page.name}: {span}"


async def test_every_statement_runs(empty_database_url: str) -> None:
    statements = [
        span for page in PAGES for span in spans(page) if re.match(r"(SELECT|ANALYZE)\b", span)
    ]
    assert statements
    engine = create_async_engine(empty_database_url)
    async with engine.connect() as connection:
        for statement in statements:
            await connection.execute(sql(statement))
    await engine.dispose()
