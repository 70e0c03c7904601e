"""What is generated from code or lock file is as these say today."""

import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
GUIDE = ROOT / "docs/operations.md"


def _run(script: str, *arguments: str) -> str:
    return subprocess.run(
        [sys.executable, f"deploy/release/{script}", *arguments],
        cwd=ROOT, capture_output=True, text=True, check=True,
    ).stdout  # fmt: skip


def test_the_settings_in_the_guide_are_those_of_the_classes() -> None:
    held = GUIDE.read_text("utf-8")
    assert _run("settings_table.py", "--print") == held, "run make settings-table"


def test_the_third_party_notices_are_those_of_the_lock_file() -> None:
    held = (ROOT / "THIRD-PARTY-NOTICES.md").read_text("utf-8")
    assert _run("third_party_notices.py") == held, "run make notices"
