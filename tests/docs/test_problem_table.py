"""The guides name every problem type, as the code declares it."""

import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]


def test_the_problems_in_the_guides_are_those_of_the_code() -> None:
    printed = subprocess.run(
        [sys.executable, "deploy/release/problem_table.py", "--print"],
        cwd=ROOT, capture_output=True, text=True, check=True,
    ).stdout  # fmt: skip
    guides = (ROOT / "docs" / name for name in ("integrators.md", "integrators.zh-CN.md"))
    assert printed == "".join(guide.read_text("utf-8") for guide in guides), "make problem-table"
