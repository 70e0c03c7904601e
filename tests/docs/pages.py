"""The README and the guides, taken apart: prose, code blocks, what is typed into a shell."""

import re
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
PAGES = [
    ROOT / "README.md",
    ROOT / "README.zh-CN.md",
    ROOT / "CONTRIBUTING.md",
    ROOT / "SECURITY.md",
    *sorted((ROOT / "docs").rglob("*.md")),
    *sorted((ROOT / "services").glob("*/README.md")),
]
_BLOCK = re.compile(r"^ *```(\w*)\n(.*?)^ *```$", re.MULTILINE | re.DOTALL)


def all_blocks(page: Path) -> list[tuple[str, str]]:
    """Language and text of every code block of a page."""
    return _BLOCK.findall(text(page))


def blocks(page: Path, *languages: str) -> list[str]:
    """The code blocks of a page in these languages."""
    return [code for language, code in all_blocks(page) if language in languages]


def text(page: Path) -> str:
    """The page as it is."""
    return page.read_text("utf-8")


def prose(page: Path) -> str:
    """The page without its code blocks."""
    return _BLOCK.sub("", text(page))


def spans(page: Path) -> list[str]:
    """Code within the prose."""
    told = prose(page).replace("``", "")  # an empty one, in a table of defaults
    return [" ".join(span.split()) for span in re.findall(r"`([^`]+)`", told)]


def typed(console: str) -> str:
    """What is typed in a console block."""
    lines, continued = [], False
    for line in console.splitlines():
        if line.startswith("$ ") or continued:
            lines.append(line.removeprefix("$ "))
            continued = line.endswith("\\") or "'{" in line or (continued and "}'" not in line)
    return "\n".join(lines) + "\n"


def shell(page: Path) -> list[str]:
    """Shell blocks; of a console, what is typed."""
    return [
        typed(code) if language == "console" else code
        for language, code in all_blocks(page)
        if language in {"console", "sh", "bash"}
    ]
