"""What the README says to type, typed: block by block, in order, against a small city.

Its hospital has a fixed credit code, which others that register at random know from the documents'
examples: the tour has a city of its own. README.zh-CN.md has the same blocks
(tests/docs/test_guides.py); tests/system has `make run` itself.
"""

import json
import os
import re
import subprocess
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import httpx
import pytest
from tests.contract.conftest import SmallCity
from tests.contract.small_city import ORGANIZATIONS
from tests.docs.pages import ROOT, shell, text

PORTS = {"registry-api": 8001, "jurisdiction-router": 8002, "metrics": 8003}
PATIENCE = 300


class Terminal:
    """A shell whose variables last from block to block."""

    def __init__(self, folder: Path, city: SmallCity) -> None:
        self._folder, self._city = folder, city

    def type(self, block: str) -> str:
        """Run it where the small city stands for the whole one; what it prints."""
        for program, port in PORTS.items():
            block = block.replace(f"http://127.0.0.1:{port}", self._city.addresses[program])
        block = block.replace("after=10100", f"after={ORGANIZATIONS}")
        block = block.replace("make ", f"make -C {ROOT} --no-print-directory ")
        kept = "declare -p TOKEN ID >variables 2>/dev/null"
        block = f"[ -f variables ] && . ./variables\n{block}\n{kept}"
        ran = subprocess.run(
            ["bash", "-c", block.replace("curl -s ", "curl -sS ")],
            cwd=self._folder, capture_output=True, text=True, check=False,
            env={**os.environ, "DATA_DIR": str(self._city.data_dir)},
        )  # fmt: skip
        assert not ran.stderr, ran.stderr
        return ran.stdout


def _tokens(told: str) -> None:
    assert [len(line.split(".")) for line in told.split()] == [3, 3]


def _by_kind(told: str) -> None:
    counted = json.loads(told)
    assert all(group["by"]["kind"] for group in counted["groups"])
    parts = sum(group["denominator"] for group in counted["groups"])
    assert parts == counted["total"]["denominator"] > 0


def _registered(told: str) -> None:
    document = json.loads(told)
    assert document["id"]
    assert "form_party_organization" in {owed["kind"] for owed in document["obligations"]}


def _supervised(told: str) -> None:
    answer = json.loads(told)
    assert (answer["supervising"]["name"], answer["rule"]) == ("市委卫生工委", "private-hospital")
    assert {"clause", "facts", "trace", "nearest_flip"} <= answer.keys()


def _by_body(told: str) -> None:
    kinds = {group["by"]["body_kind"] for group in json.loads(told)["groups"]}
    assert "city_health_work_committee" in kinds


def _refused(told: str) -> None:
    problem = json.loads(told)
    assert problem["status"] == 422
    assert {error["pointer"] for error in problem["errors"]}


def _changes(told: str) -> None:
    assert json.loads(told)["events"]


EXPECTED: list[tuple[str, Callable[[str], Any]]] = [
    ("make token SCOPE=", _tokens),
    ("/v1/charts/bars.svg", lambda told: None),
    ("TOKEN=", lambda told: None),
    ("group_by=kind", _by_kind),
    ("Idempotency-Key: tour-1", _registered),
    ("/v1/assignments/$ID", _supervised),
    ("group_by=body_kind", _by_body),
    ("Accept-Language: en", _refused),
    ("/v1/changes?after=10100", _changes),
]


def test_the_tour_goes_as_told(untouched_city: SmallCity, tmp_path: Path) -> None:
    terminal = Terminal(tmp_path, untouched_city)
    blocks = [block for block in shell(ROOT / "README.md") if not block.startswith("make run")]
    assert len(blocks) == len(EXPECTED)
    for block, (part, check) in zip(blocks, EXPECTED, strict=True):
        assert part in block
        check(terminal.type(block))
        if check is _registered:
            _a_moment_later(untouched_city)
    assert (tmp_path / "grades.svg").read_text().startswith("<svg")


def test_the_pages_of_the_tour_are_there(untouched_city: SmallCity) -> None:
    pages = re.findall(r"<http://127\.0\.0\.1:(\d+)(/[^>]*)>", text(ROOT / "README.md"))
    assert len(pages) == 4
    for port, path in pages:
        (program,) = (program for program, usual in PORTS.items() if usual == int(port))
        page = httpx.get(f"{untouched_city.addresses[program]}{path}", follow_redirects=True)
        assert page.headers["content-type"].startswith("text/html"), path
        assert page.is_success, path


def _a_moment_later(city: SmallCity) -> None:
    """Wait until router and metrics know of the hospital."""
    registry, router, metrics = (city.addresses[program] for program in PORTS)
    client = httpx.Client(headers={"authorization": f"Bearer {city.token}"})
    found = client.get(f"{registry}/v1/organizations/by-credit-code/52440303000000001X").json()
    told = (
        f"{router}/v1/assignments/{found['id']}",
        f"{metrics}/v1/organizations/{found['id']}/standing",
    )
    for _ in range(PATIENCE):
        if all(client.get(url).is_success for url in told):
            return
        time.sleep(0.1)
    pytest.fail("nobody assigned and counted the hospital")
