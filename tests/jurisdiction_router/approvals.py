"""Taking rule sets, restructurings and imports all the way, as clients do."""

import asyncio
from collections.abc import Callable
from typing import Any

import httpx

from servicekit.testing import TestKeys


async def enact(
    client: httpx.AsyncClient, keys: TestKeys, text: str, start: str | None = None
) -> dict[str, Any]:
    """Take a rule set all the way into force, approved by another client; its document."""
    drafted = await client.post("/v1/rule-sets", content=text)
    assert drafted.status_code in (200, 201), drafted.text
    path = f"/v1/rule-sets/{drafted.json()['id']}"
    proof = await client.post(f"{path}/proof")
    assert proof.json()["proved"], proof.text
    impact = await impact_of(client, path, {"from": start} if start else {})
    approved = await approve(client, keys, path, impact)
    assert approved.status_code == 200, approved.text
    return await until(client, path, lambda found: found["plan"] is None)


async def impact_of(client: httpx.AsyncClient, path: str, body: dict[str, Any]) -> dict[str, Any]:
    """The impact of a plan, once it is computed."""
    started = await client.post(f"{path}/impact", json=body)
    assert started.status_code == 202, started.text
    return await until(
        client, started.headers["location"], lambda found: found["state"] not in PENDING
    )


async def approve(
    client: httpx.AsyncClient, keys: TestKeys, path: str, impact: dict[str, Any]
) -> httpx.Response:
    """Approve an impact as somebody else."""
    tag = (await client.get(path)).headers["etag"]
    return await client.post(
        f"{path}/approval",
        json={"impact": impact["id"], "digest": impact["result"]["digest"]},
        headers={**keys.headers(client="approver"), "if-match": tag},
    )


async def read_impact(client: httpx.AsyncClient, draft: dict[str, Any]) -> dict[str, Any]:
    """The impact of a restructuring or an import, once it is computed."""
    path = f"/v1/impacts/{draft['impact']}"
    found = await until(client, path, lambda found: found["state"] not in PENDING)
    assert found["state"] == "succeeded", found
    return found


async def apply_restructuring(
    client: httpx.AsyncClient, draft: dict[str, Any], **request: Any
) -> httpx.Response:
    """Apply what the dry run showed."""
    digest = (await read_impact(client, draft))["result"]["digest"]
    headers = {"if-match": f'"{draft["revision"]}"', **request.pop("headers", {})}
    path = f"/v1/restructurings/{draft['id']}/application"
    return await client.post(path, json={"digest": digest}, headers=headers, **request)


PENDING = ("queued", "running")


async def until(
    client: httpx.AsyncClient, path: str, done: Callable[[dict[str, Any]], bool]
) -> dict[str, Any]:
    """Read until it is done; what was read."""
    async with asyncio.timeout(30):
        while True:
            found: dict[str, Any] = (await client.get(path)).json()
            if done(found):
                return found
            await asyncio.sleep(0.02)
