"""Proofs of integrity: the head, the command, and digests by area that a client recomputes."""

import asyncio
import hashlib
import os
import sys
from pathlib import Path
from typing import Any

import asyncpg
import httpx
import orjson
import pytest
import rfc8785
from tests.registry_api.reading import amended, founded

from servicekit.database import plain_dsn
from servicekit.testing import TestKeys


def recomputed(documents: list[dict[str, Any]]) -> str:
    """The digest of an area as its documentation describes it, by other means than ours."""
    whole = b""
    for document in sorted(documents, key=lambda document: str(document["id"])):
        inner = hashlib.sha256(rfc8785.dumps(document)).hexdigest()
        whole += f"{document['id']} {document['revision']} {inner}\n".encode()
    return hashlib.sha256(whole).hexdigest()


async def _exported(registry: httpx.AsyncClient, **params: Any) -> list[dict[str, Any]]:
    headers = params.pop("headers", None)
    answer = await registry.get("/v1/organizations/export", params=params, headers=headers)
    return [orjson.loads(line) for line in answer.content.splitlines()]


async def test_the_head_is_where_the_feed_ends(registry: httpx.AsyncClient) -> None:
    empty = (await registry.get("/v1/ledger/head")).json()
    assert (empty["position"], empty["digest"], empty["recorded_at"]) == (0, "00" * 32, None)
    await founded(registry)
    head = (await registry.get("/v1/ledger/head")).json()
    page = (await registry.get("/v1/changes")).json()
    assert (head["position"], head["digest"]) == (page["head"], page["digest"])
    assert head["digest_algorithm"] == "sha256"


async def test_a_client_of_an_area_can_prove_its_copy(
    registry: httpx.AsyncClient, keys: TestKeys
) -> None:
    moved = await founded(registry, 1)
    await founded(registry, 2, name="晨曦\u2028“医院”")
    await founded(registry, 3, domicile={"division_code": "440304001"})
    headers = keys.headers(areas=["440303"])
    copy = await _exported(registry, headers=headers)
    proof = (await registry.get("/v1/areas/440303/digest", headers=headers)).json()
    assert (proof["count"], proof["position"]) == (len(copy), 3) == (2, 3)
    assert proof["digest"] == recomputed(copy)
    assert proof["digest"] != recomputed(copy[:1])
    await amended(registry, moved, "2017-01-01", domicile={"division_code": "440304001"})
    then = await registry.get("/v1/areas/440303/digest?known_at=3", headers=headers)
    assert then.json() == proof
    now = (await registry.get("/v1/areas/440303/digest", headers=headers)).json()
    assert (now["count"], now["digest"]) == (1, recomputed(copy[1:]))
    city = (await registry.get("/v1/areas/440300/digest")).json()
    assert (city["count"], city["digest"]) == (3, recomputed(await _exported(registry)))


async def test_a_proof_of_more_than_the_callers_areas_is_refused(
    registry: httpx.AsyncClient, keys: TestKeys
) -> None:
    headers = keys.headers(areas=["440303"])
    for area, status in (("440303", 200), ("440303001", 200), ("440300", 403), ("44", 403)):
        answer = await registry.get(f"/v1/areas/{area}/digest", headers=headers)
        assert answer.status_code == status, area
    assert (await registry.get("/v1/areas/x/digest")).status_code == 422


async def _verify(url: str) -> tuple[int, str, str]:
    process = await asyncio.create_subprocess_exec(
        str(Path(sys.executable).parent / "registry-api"),
        "verify-ledger",
        env={**os.environ, "REGISTRY_DATABASE_URL": url},
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
    )
    out, err = await process.communicate()
    assert process.returncode is not None
    return process.returncode, out.decode(), err.decode()


async def test_the_command_verifies_a_sound_ledger(
    registry: httpx.AsyncClient, registry_url: str
) -> None:
    for number in range(3):
        await founded(registry, number)
    head = (await registry.get("/v1/ledger/head")).json()
    status, out, _ = await _verify(registry_url)
    assert status == 0
    assert f"3 events hold; sha256 {head['digest']}" in out


@pytest.mark.parametrize(
    ("harm", "position"),
    [
        ("UPDATE ledger SET event = replace(event, '440303', '440304') WHERE position = 2", 2),
        ("UPDATE ledger SET actor = 'nobody' WHERE position = 3", 3),
        ("DELETE FROM ledger WHERE position = 2", 2),
        ("DELETE FROM ledger WHERE position = 3", 3),
        ("UPDATE ledger_head SET digest = sha256('')", 3),
    ],
)
async def test_the_command_says_where_the_chain_breaks(
    registry: httpx.AsyncClient, registry_url: str, harm: str, position: int
) -> None:
    for number in range(3):
        await founded(registry, number)
    connection = await asyncpg.connect(plain_dsn(registry_url))
    await connection.execute(harm)
    await connection.close()
    status, _, err = await _verify(registry_url)
    assert status == 1
    assert f"breaks at position {position}:" in err
