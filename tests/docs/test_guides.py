"""The README and the guides: links lead somewhere, commands are there, languages say the same."""

import ast
import json
import re
import subprocess
from pathlib import Path

import pytest
from tests.docs.pages import PAGES, ROOT, all_blocks, blocks, prose, shell

PAIRS = [
    (ROOT / "README.md", ROOT / "README.zh-CN.md"),
    (ROOT / "docs/integrators.md", ROOT / "docs/integrators.zh-CN.md"),
]
_LINK = re.compile(r"\]\(([^)\s]+)\)")


def _anchors(page: Path) -> set[str]:
    """What GitHub makes of the headings."""
    headings = re.findall(r"^#+ (.+)$", prose(page), re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in headings}


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_links_lead_somewhere(page: Path) -> None:
    for link in _LINK.findall(prose(page)):
        if re.match(r"[a-z]+:", link):
            continue
        path, _, anchor = link.partition("#")
        target = (page.parent / path).resolve() if path else page
        assert target.exists(), f"{page.name} links to {link}"
        if anchor:
            assert anchor in _anchors(target), f"{page.name} links to {link}"


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_shell_blocks_can_be_read(page: Path) -> None:
    for block in shell(page):
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


@pytest.mark.parametrize("pair", PAIRS, ids=lambda pair: pair[0].name)
def test_both_languages_have_the_same_headings_and_code(pair: tuple[Path, Path]) -> None:
    english, chinese = pair
    levels = [re.findall(r"^(#+) ", prose(page), re.MULTILINE) for page in pair]
    assert levels[0] == levels[1]
    if english.name.startswith("integrators"):
        assert all_blocks(english) == all_blocks(chinese)
    said = [[_untold(block) for block in shell(page)] for page in pair]
    assert said[0] == said[1]


def _untold(block: str) -> str:
    """A shell block without its comments, and in whatever language it asks for answers."""
    return re.sub(r"Accept-Language: (en|zh)", "", re.sub(r" +# .*", "", block))
