"""The bill of materials of an image and the third-party notices name the same packages."""

import json
import re
import shutil
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
OWN = {"servicekit", "registry-api", "social-organization-platform"}


def _normal(name: str) -> str:
    return re.sub(r"[-_.]+", "-", name).lower()


def test_the_bill_and_the_notices_agree(tmp_path: Path) -> None:
    pytest.importorskip("cyclonedx_py", reason="run make deploy-check")
    uv = shutil.which("uv") or str(ROOT / ".uv/bin/uv")
    file = tmp_path / "registry-api.cdx.json"
    subprocess.run(
        ["deploy/release/sbom.sh", uv, "registry-api", str(file)],
        cwd=ROOT, check=True, capture_output=True,
    )  # fmt: skip
    listed = {_normal(part["name"]) for part in json.loads(file.read_text())["components"]} - OWN
    rows = [
        [cell.strip() for cell in line.split("|")[1:-1]]
        for line in (ROOT / "THIRD-PARTY-NOTICES.md").read_text().splitlines()
        if line.startswith("| ")
    ][1:]
    told = {name for name, _, _, where in rows if where == "all" or "registry" in where}
    assert listed == told
