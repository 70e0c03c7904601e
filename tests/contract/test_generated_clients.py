"""Generated clients compile under strict checks, and the samples of the guides work with them."""

import os
import re
import shutil
import subprocess
from pathlib import Path

import httpx
import pytest
from tests.contract.conftest import SmallCity

from demo_city.invention.credit_codes import CodeRegister

ROOT = Path(__file__).resolve().parents[2]
TOOLS = ROOT / "openapi/clients"
SAMPLES = ROOT / "docs/samples"
_CODES = CodeRegister("X")


def _run(*command: str | Path, cwd: Path, **environment: str) -> str:
    ran = subprocess.run(
        command, cwd=cwd, capture_output=True, text=True, check=False,
        env={**os.environ, **environment},
    )  # fmt: skip
    assert ran.returncode == 0, ran.stdout + ran.stderr
    return ran.stdout


@pytest.fixture(scope="module")
def clients(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """What `make clients` makes."""
    folder = tmp_path_factory.mktemp("clients")
    _run("make", "-s", "clients", f"CLIENTS={folder}", cwd=ROOT)
    return folder


def _sample_works(city: SmallCity, *command: str | Path, cwd: Path, **environment: str) -> None:
    """Run a sample for a new hospital; what it prints is what the services say."""
    code = _CODES.issue("private_nonenterprise", "440303")
    addresses = {
        name: city.addresses[program]
        for name, program in (
            ("REGISTRY_URL", "registry-api"),
            ("ROUTER_URL", "jurisdiction-router"),
            ("METRICS_URL", "metrics"),
        )
    }
    told = _run(*command, code, cwd=cwd, TOKEN=city.token, **addresses, **environment)
    http = httpx.Client(headers={"authorization": f"Bearer {city.token}"})
    registered = http.get(f"{addresses['REGISTRY_URL']}/v1/organizations/by-credit-code/{code}")
    assert f"registered {registered.json()['id']}\n" in told
    assert "owes form_party_organization\n" in told
    assert "supervised by 市委卫生工委 under rule private-hospital\n" in told
    counted = http.get(
        f"{addresses['METRICS_URL']}/v1/coverage?indicator=organizational_coverage"
        "&institution_type=private_hospital&group_by=district"
    ).json()
    parts = [counted["total"], *counted["groups"]]
    assert re.findall(r"^covered (\d+) of (\d+)", told, re.MULTILINE) == [
        (str(part["numerator"]), str(part["denominator"])) for part in parts
    ]


def test_in_python(clients: Path, small_city: SmallCity) -> None:
    projects = sorted((clients / "python").iterdir())
    assert len(projects) == 3
    path = os.pathsep.join(str(project) for project in projects)
    packages = [project / project.name.replace("-", "_") for project in projects]
    _run(
        TOOLS / ".venv/bin/mypy", "--strict", "--cache-dir", clients / ".mypy_cache",
        *packages, SAMPLES / "register_and_count.py", cwd=clients, MYPYPATH=path,
    )  # fmt: skip
    _sample_works(
        small_city, TOOLS / ".venv/bin/python", SAMPLES / "register_and_count.py",
        cwd=clients, PYTHONPATH=path,
    )  # fmt: skip


@pytest.mark.skipif(shutil.which("npm") is None, reason="TypeScript clients need npm and node")
def test_in_typescript(clients: Path, small_city: SmallCity) -> None:
    project = clients / "typescript"
    shutil.copy(SAMPLES / "register_and_count.ts", project)
    _run("npx", "--offline", "tsc", cwd=project)
    _sample_works(small_city, "node", "register_and_count.js", cwd=project)
