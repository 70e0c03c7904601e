"""The README and the guides: links lead somewhere, commands are there, languages say the same."""

import ast
import json
import re
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
PAGES = [ROOT / "README.md", ROOT / "README.zh-CN.md", *sorted((ROOT / "docs").rglob("*.md"))]
PAIRS = [
    (ROOT / "README.md", ROOT / "README.zh-CN.md"),
    (ROOT / "docs/integrators.md", ROOT / "docs/integrators.zh-CN.md"),
]
_BLOCK = re.compile(r"^ *```(\w*)\n(.*?)^ *```$", re.MULTILINE | re.DOTALL)
_LINK = re.compile(r"\]\(([^)\s]+)\)")
_COMMANDS = ("registry-api", "jurisdiction-router", "metrics", "local-runner")


def blocks(page: Path, *languages: str) -> list[str]:
    """The code blocks of a page in these languages."""
    return [code for language, code in _BLOCK.findall(_text(page)) if language in languages]


def _text(page: Path) -> str:
    return page.read_text("utf-8")


def _prose(page: Path) -> str:
    return _BLOCK.sub("", _text(page))


def _anchors(page: Path) -> set[str]:
    """What GitHub makes of the headings."""
    headings = re.findall(r"^#+ (.+)$", _prose(page), re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in headings}


def _shell(page: Path) -> list[str]:
    """Shell blocks; of a console, what is typed."""
    typed = []
    for block in blocks(page, "console"):
        lines, continued = [], False
        for line in block.splitlines():
            if line.startswith("$ ") or continued:
                lines.append(line.removeprefix("$ "))
                continued = line.endswith("\\") or "'{" in line or (continued and "}'" not in line)
        typed.append("\n".join(lines))
    return typed + blocks(page, "sh", "bash")


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_links_lead_somewhere(page: Path) -> None:
    for link in _LINK.findall(_prose(page)):
        if re.match(r"[a-z]+:", link):
            continue
        path, _, anchor = link.partition("#")
        target = (page.parent / path).resolve() if path else page
        assert target.exists(), f"{page.name} links to {link}"
        if anchor:
            assert anchor in _anchors(target), f"{page.name} links to {link}"


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_shell_blocks_can_be_read(page: Path) -> None:
    for block in _shell(page):
        read = subprocess.run(
            ["bash", "-n"], input=block, capture_output=True, text=True, check=False
        )
        assert not read.stderr, f"{page.name}: {block}\n{read.stderr}"


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_data_and_python_blocks_can_be_read(page: Path) -> None:
    for block in blocks(page, "python"):
        ast.parse(block)
    if page.name.startswith("integrators"):
        for block in blocks(page, "json"):
            json.loads(block)


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_every_task_and_command_is_there(page: Path) -> None:
    tasks = set(re.findall(r"^([a-z-]+):", _text(ROOT / "Makefile"), re.MULTILINE))
    code = "\n".join([*_shell(page), *re.findall(r"`([^`\n]+)`", _prose(page))])
    named = set(re.findall(r"\bmake (?:-s )?([a-z][a-z-]+)", code))
    assert named <= tasks, f"{page.name} names {named - tasks}"


def test_every_command_of_a_service_is_there() -> None:
    named = {
        (program, command)
        for page in PAGES
        for span in re.findall(r"`([^`\n]+)`", _prose(page))
        for program, command in re.findall(r"^(" + "|".join(_COMMANDS) + r") ([a-z][a-z-]+)", span)
    }
    assert named
    for program in {program for program, _ in named}:
        help_ = subprocess.run(
            [Path(sys.executable).parent / program, "--help"],
            capture_output=True, text=True, check=True, env={"COLUMNS": "200", "TERM": "dumb"},
        ).stdout  # fmt: skip
        for command in {command for known, command in named if known == program}:
            assert re.search(rf"\b{command}\b", help_), f"{program} {command}"


@pytest.mark.parametrize("pair", PAIRS, ids=lambda pair: pair[0].name)
def test_both_languages_have_the_same_headings_and_code(pair: tuple[Path, Path]) -> None:
    english, chinese = pair
    levels = [re.findall(r"^(#+) ", _prose(page), re.MULTILINE) for page in pair]
    assert levels[0] == levels[1]
    if english.name.startswith("integrators"):
        assert _BLOCK.findall(_text(english)) == _BLOCK.findall(_text(chinese))
