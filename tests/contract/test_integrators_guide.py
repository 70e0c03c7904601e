"""The guide's consumer and calls, taken from the guide and run against real services."""

import os
import re
import runpy
import subprocess
import sys
from pathlib import Path
from typing import Any

import httpx
import pytest
from tests.contract.conftest import SmallCity

GUIDE = Path(__file__).resolve().parents[2] / "docs/integrators.md"


def _blocks(language: str) -> list[str]:
    found = re.findall(rf"^```{language}\n(.*?)^```$", GUIDE.read_text("utf-8"), re.M | re.S)
    return [str(block) for block in found]


class Copy:
    """The guide's consumer, started anew at every use: nothing is kept but its file."""

    def __init__(self, folder: Path, city: SmallCity, monkeypatch: pytest.MonkeyPatch) -> None:
        self._script = folder / "consumer.py"
        (consumer,) = _blocks("python")
        self._script.write_text(consumer)
        monkeypatch.setattr(sys, "argv", ["consumer.py", str(folder / "copy.db")])
        monkeypatch.setenv("REGISTRY_URL", city.addresses["registry-api"])
        monkeypatch.setenv("TOKEN", city.token)

    def start(self) -> dict[str, Any]:
        return runpy.run_path(str(self._script), run_name="consumer")


@pytest.fixture
def copy(tmp_path: Path, small_city: SmallCity, monkeypatch: pytest.MonkeyPatch) -> Copy:
    return Copy(tmp_path, small_city, monkeypatch)


def _register(city: SmallCity, number: int) -> str:
    document = {
        "filing_number": f"guide-{number}", "name": f"晨曦\u2028“服务社”{number}",
        "kind": "social_association", "institution_type": "community_organization",
        "registration": {"mode": "filing", "level": "street", "registered_on": "2016-07-01",
                         "authority": {"name": "桂园街道办", "division_code": "440303001"}},
        "domicile": {"division_code": "440303001", "address": "1"},
        "charter": {"state": "included", "on": "2016-07-01"},
        "party": {"full_members": 0, "probationary_members": 0},
    }  # fmt: skip
    url = f"{city.addresses['registry-api']}/v1/organizations"
    headers = {"authorization": f"Bearer {city.token}"}
    answer = httpx.post(url, json=document, headers=headers)
    assert answer.status_code == 201, answer.text
    return str(answer.json()["id"])


def _void(city: SmallCity, identifier: str) -> None:
    url = f"{city.addresses['registry-api']}/v1/organizations/{identifier}/void"
    headers = {"authorization": f"Bearer {city.token}", "if-match": "*"}
    assert httpx.post(url, json={"reason": "guide"}, headers=headers).status_code == 200


def test_the_consumer_keeps_a_copy_that_it_can_prove(copy: Copy, small_city: SmallCity) -> None:
    first, second = _register(small_city, 1), _register(small_city, 2)
    assert copy.start()["proved"]()
    _void(small_city, first)
    third = _register(small_city, 3)
    restarted = copy.start()
    restarted["follow"](0)
    assert restarted["proved"]()
    held = {row[0] for row in restarted["db"].execute("SELECT id FROM organization")}
    assert {second, third} <= held
    assert first not in held
    restarted["db"].execute("UPDATE organization SET document = replace(document, '服务社', 'x')")
    assert not restarted["proved"]()


def test_the_consumer_refuses_another_ledger(copy: Copy, small_city: SmallCity) -> None:
    started = copy.start()
    with started["db"]:
        started["db"].execute("UPDATE cursor SET digest = ?", ("ab" * 32,))
    _register(small_city, 4)
    with pytest.raises(SystemExit, match="chain is broken"):
        copy.start()["follow"](0)


def test_the_calls_of_the_guide_answer(small_city: SmallCity) -> None:
    identifier = _register(small_city, 5)
    url = f"{small_city.addresses['registry-api']}/v1/ledger/head"
    head = httpx.get(url, headers={"authorization": f"Bearer {small_city.token}"}).json()
    calls = [block for block in _blocks("sh") if "127.0.0.1:8001" in block]
    assert len(calls) == 5
    for call in calls:
        if "NEXT_CURSOR" in call:
            continue
        at_home = call.replace("http://127.0.0.1:8001", small_city.addresses["registry-api"])
        # recorded just now, not in 2017: before the amendment is at the position of the head
        at_home = at_home.replace("2017-04-01T00:00:00Z", str(head["position"]))
        ran = subprocess.run(
            ["bash", "-c", at_home.replace("curl -s ", "curl -sS --fail-with-body ")],
            capture_output=True, text=True, check=False,
            env={**os.environ, "TOKEN": small_city.token, "ID": identifier},
        )  # fmt: skip
        assert ran.returncode == 0, ran.stdout + ran.stderr
        assert ran.stdout.startswith("{")
