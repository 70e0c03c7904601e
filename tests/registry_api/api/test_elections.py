"""Leadership elections: an unreviewed candidate blocks, names stay sealed and nowhere else."""

import asyncio
import base64
import json
import os
import subprocess
import sys
from pathlib import Path

import asyncpg
import httpx
from tests.registry_api.conftest import StartRegistry
from tests.registry_api.life import Life
from tests.registry_api.samples import hospital

from servicekit.database import plain_dsn
from servicekit.testing import TestKeys

NAME = "欧阳晨曦"


async def _opened(client: httpx.AsyncClient) -> tuple[Life, list[str]]:
    life = Life(client, await client.post("/v1/organizations", json=hospital()))
    answer = await life.step(
        "leadership-elections",
        "2016-05-01",
        candidates=[{"post": "理事长", "name": NAME}, {"post": "监事长"}],
    )
    assert answer.status_code == 200, answer.text
    return life, [c["id"] for c in answer.json()["outcome"]["candidates"]]


async def test_an_election_completes_when_every_candidate_has_passed(
    registry: httpx.AsyncClient,
) -> None:
    life, (first, second) = await _opened(registry)
    await life.step(
        "leadership-elections/reviews", "2016-05-10", candidate_id=first, result="passed"
    )
    blocked = await life.step("leadership-elections/completion", "2016-05-20")
    assert blocked.status_code == 409
    (error,) = blocked.json()["errors"]
    assert (error["pointer"], error["value"]) == (f"/candidates/{second}", "pending")
    await life.step(
        "leadership-elections/reviews", "2016-05-25", candidate_id=second, result="passed"
    )
    done = await life.step("leadership-elections/completion", "2016-06-01")
    assert done.json()["leadership_election"] == {
        "state": "completed", "opened_on": "2016-05-01", "completed_on": "2016-06-01",
        "candidates": 2, "passed": 2, "rejected": 0,
    }  # fmt: skip
    assert (await life.on("2016-05-15"))["leadership_election"]["passed"] == 1


async def test_a_name_is_sealed_at_rest_and_its_reading_is_audited(
    registry_url: str, start_registry: StartRegistry, keys: TestKeys
) -> None:
    async with start_registry(registry_url) as client:
        life, _ = await _opened(client)
        path = f"/v1/organizations/{life.id}/leadership-elections/candidates"
        listed = (await client.get(path)).json()["items"]
        assert [c["name"] for c in listed] == [NAME, None]
        assert (await client.get(path, headers=keys.headers("registry:read"))).status_code == 403
        assert NAME not in (await client.get("/v1/changes")).text
        assert NAME not in (await client.get("/v1/organizations/export")).text
    connection = await asyncpg.connect(dsn=plain_dsn(registry_url))
    try:
        sealed = await connection.fetchval("SELECT name_sealed FROM candidate WHERE number = 0")
        assert NAME.encode() not in sealed
        assert await connection.fetchval("SELECT count(*) FROM restricted_access") == 1
        for table in ("ledger", "organization", "idempotency_key"):
            found = await connection.fetchval(
                f"SELECT count(*) FROM {table} t WHERE t::text LIKE '%{NAME}%'"  # noqa: S608
            )
            assert found == 0, table
    finally:
        await connection.close()


async def test_one_election_at_a_time(registry: httpx.AsyncClient) -> None:
    life, _ = await _opened(registry)
    again = await life.step("leadership-elections", "2016-05-02", candidates=[{"post": "秘书长"}])
    assert (again.status_code, again.json()["errors"][0]["rule"]) == (409, "election_open")


async def test_names_are_sealed_anew_after_a_rotation(
    registry_url: str, start_registry: StartRegistry, key_ring_file: Path, tmp_path: Path
) -> None:
    async with start_registry(registry_url) as client:
        await _opened(client)
    rotated = _rotated(key_ring_file, tmp_path / "ring.json")
    environment = {
        **os.environ,
        "REGISTRY_DATABASE_URL": registry_url,
        "REGISTRY_KEY_RING_FILE": str(rotated),
    }
    command = [str(Path(sys.executable).parent / "registry-api"), "reseal-names"]
    for expected in (1, 0):
        done = await asyncio.to_thread(
            subprocess.run, command, env=environment, capture_output=True, text=True, check=True
        )
        assert f"{expected} names" in done.stdout


def _rotated(ring_file: Path, target: Path) -> Path:
    """The key ring with a new current key beside the old one."""
    ring = json.loads(ring_file.read_text())
    ring["keys"]["k2"] = base64.b64encode(os.urandom(32)).decode()
    target.write_text(json.dumps({**ring, "current": "k2"}))
    return target
