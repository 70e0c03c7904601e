"""Each of our rules for the linter speaks up when it is broken."""

import json
import re
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.openapi.documents import FOLDER, document

LINT = FOLDER / "lint"

needs_npm = pytest.mark.skipif(shutil.which("npm") is None, reason="the linter needs npm")


@pytest.fixture(scope="module")
def broken(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A document that breaks every rule of ours once."""
    spec: dict[str, Any] = json.loads(json.dumps(document("registry-api")))
    spec["tags"][0]["description"] = "No Chinese"
    paths = spec["paths"]
    paths["/Unversioned"] = paths.pop("/v1/ledger/head")
    find = paths["/v1/organizations"]["get"]
    find["operationId"] = "findOrganizations"
    find["summary"] = "Find organizations"
    by_name = {parameter["name"]: parameter for parameter in find["parameters"]}
    by_name["cursor"]["name"] = "offset"
    by_name["sort"]["name"] = "sortBy"
    del by_name["order"]["description"]
    find["responses"]["401"]["content"] = {"application/json": {"schema": {"type": "object"}}}
    template = paths["/v1/imports/template"]["get"]["responses"]["200"]["content"]
    template["text/csv; charset=utf-8"] = template.pop("text/csv")
    del paths["/healthz"]["get"]["security"]
    register = paths["/v1/organizations"]["post"]
    (key,) = (p for p in register["parameters"] if p["name"] == "idempotency-key")
    key["name"] = "X-Request-Key"
    schemas = spec["components"]["schemas"]
    schemas["package__module__Thing"] = {"type": "object"}
    schemas["Organization"]["properties"]["creditCode"] = {"type": "string"}
    path = tmp_path_factory.mktemp("lint") / "broken.yaml"
    path.write_text(yaml.safe_dump(spec, allow_unicode=True), "utf-8")
    return path


@needs_npm
def test_each_rule_of_ours_speaks_up_when_it_is_broken(broken: Path) -> None:
    done = subprocess.run([LINT / "run.sh", broken], capture_output=True, text=True, check=False)
    assert done.returncode != 0
    ours = set(yaml.safe_load((LINT / "redocly.yaml").read_text())["rules"])
    ours = {name for name in ours if name.startswith("rule/")}
    spoken = set(re.findall(r"rule/[a-z0-9-]+", done.stdout + done.stderr))
    assert spoken >= ours, ours - spoken
