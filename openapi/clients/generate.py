"""Clients of the three services from their OpenAPI documents: `generate.py <folder>`.

Python, by openapi-python-client: a project for each service, for pip. TypeScript, by
openapi-typescript: one npm project with openapi-fetch and a `.d.ts` for each service; left out
without npm. Exits with what a generator says where it can't express an operation.
"""

import os
import shutil
import subprocess
import sys
import tempfile
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import yaml

HERE = Path(__file__).resolve().parent
_BIN = Path(sys.executable).parent
SERVICES = ("registry-api", "jurisdiction-router", "metrics")


def generate(target: Path) -> None:
    """Write `python/` and `typescript/` into `target` anew."""
    shutil.rmtree(target, ignore_errors=True)
    (target / "python").mkdir(parents=True)
    with ThreadPoolExecutor() as pool:
        list(pool.map(lambda service: _python_client(service, target / "python"), SERVICES))
    print(target / "python")
    if shutil.which("npm") is None:
        print("No TypeScript clients: they need npm (Debian: apt-get install npm).")
        return
    _typescript_clients(target / "typescript")
    print(target / "typescript")


def _typescript_clients(project: Path) -> None:
    project.mkdir()
    for file in ("package.json", "package-lock.json", "tsconfig.json"):
        shutil.copy(HERE / file, project)
    _run(
        "npm", "ci", "--prefix", project, "--silent", "--no-audit", "--no-fund", "--ignore-scripts"
    )
    for service in SERVICES:
        _run(
            project / "node_modules/.bin/openapi-typescript", _document(service),
            "--output", project / f"{service}.d.ts",
            "--default-non-nullable=false",  # what has a default need not be sent
        )  # fmt: skip


def _python_client(service: str, folder: Path) -> None:
    project, package = folder / f"{service}-client", f"{service.replace('-', '_')}_client"
    with tempfile.TemporaryDirectory() as scratch:
        document, config = Path(scratch, "document.yaml"), Path(scratch, "config.yaml")
        document.write_text(
            yaml.safe_dump(_without_alternatives(service), allow_unicode=True, sort_keys=False)
        )
        config.write_text(yaml.safe_dump({
            "project_name_override": project.name,
            "package_name_override": package,
            "literal_enums": True,  # "private_hospital" as it stands, and mypy knows the others
            "content_type_overrides": {"image/svg+xml": "text/plain"},
        }))  # fmt: skip
        _run(
            _BIN / "openapi-python-client", "generate", "--meta", "uv",
            "--path", document, "--config", config, "--output-path", project, "--fail-on-warning",
        )  # fmt: skip
    # The generator hands on what `with` passes as `object`, which httpx does not take.
    client = project / package / "client.py"
    client.write_text(client.read_text().replace("*args: object", "*args: Any"))


def _without_alternatives(service: str) -> Any:
    """The document with one way to send each body: the generator knows bytes and JSON, not YAML."""
    document = yaml.safe_load(_document(service).read_text())
    for operations in document["paths"].values():
        for operation in operations.values():
            content = operation.get("requestBody", {}).get("content", {})
            for known in ("application/json", "application/octet-stream"):
                if known in content:
                    operation["requestBody"]["content"] = {known: content[known]}
                    break
    return document


def _document(service: str) -> Path:
    return HERE.parent / f"{service}.yaml"


def _run(*command: str | Path) -> None:
    path = f"{_BIN}{os.pathsep}{os.environ['PATH']}"  # the generator formats with ruff
    ran = subprocess.run(
        command, capture_output=True, text=True, check=False, env={**os.environ, "PATH": path}
    )
    if ran.returncode:
        sys.exit(f"{ran.stdout}{ran.stderr}")


if __name__ == "__main__":
    generate(Path(sys.argv[1]).absolute())
