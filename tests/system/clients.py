"""What system tests do as clients: register hospitals, and wait until all services know of them."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any

import httpx

from demo_city.invention.credit_codes import CodeRegister
from local_runner.platform import Platform
from local_runner.services import METRICS, REGISTRY, ROUTER

PATIENCE_SECONDS = 90
_CODES = CodeRegister("Y")


def client_of(platform: Platform) -> httpx.AsyncClient:
    """A client with every scope."""
    headers = {"authorization": f"Bearer {platform.issuer.token()}"}
    return httpx.AsyncClient(headers=headers, timeout=60, trust_env=False)


def hospital() -> dict[str, Any]:
    """A new private hospital in 桂园街道; no two have the same code."""
    code = _CODES.issue("private_nonenterprise", "440303")
    return {
        "credit_code": code,
        "name": f"罗湖区{code[9:14]}医院",
        "kind": "private_nonenterprise",
        "institution_type": "private_hospital",
        "category": "health",
        "registration": {
            "mode": "dual", "level": "district", "registered_on": "2016-07-01",
            "authority": {"name": "罗湖区民政局", "division_code": "440303"},
        },
        "business_supervisor": {"name": "罗湖区卫生局", "system": "health"},
        "licence_issuer": "health",
        "domicile": {"division_code": "440303001", "address": "桂园路1号"},
        "charter": {"state": "included", "on": "2016-07-01"},
        "party": {"full_members": 3, "probationary_members": 1},
    }  # fmt: skip


async def register(client: httpx.AsyncClient, base: str) -> str:
    """Register a hospital; its id."""
    answer = await client.post(f"{base}/v1/organizations", json=hospital())
    answer.raise_for_status()
    return str(answer.json()["id"])


async def until(condition: Callable[[], Awaitable[bool]]) -> None:
    """Wait until it holds; a test that would wait for ever fails."""
    async with asyncio.timeout(PATIENCE_SECONDS):
        while not await condition():
            await asyncio.sleep(0.02)


async def assigned(client: httpx.AsyncClient, platform: Platform, organization: str) -> None:
    """Wait until the router has assigned it."""

    async def is_assigned() -> bool:
        answer = await client.get(f"{platform.url(ROUTER)}/v1/assignments/{organization}")
        return answer.status_code == httpx.codes.OK

    await until(is_assigned)


async def in_step(client: httpx.AsyncClient, platform: Platform) -> dict[str, int]:
    """Wait until router and metrics have all there is; the positions they reached."""
    reached: dict[str, int] = {}

    async def all_read() -> bool:
        registry = await _head(client, platform.url(REGISTRY))
        followed = await client.get(f"{platform.url(ROUTER)}/v1/feed-status")
        router = await _head(client, platform.url(ROUTER))
        freshness = await client.get(f"{platform.url(METRICS)}/v1/freshness")
        if not (followed.is_success and freshness.is_success):
            return False
        reached.update(registry=registry, router=router)
        counted = freshness.json()["positions"]
        return bool(
            followed.json()["position"] == registry
            and (counted["registry"], counted["router"]) == (registry, router)
        )

    await until(all_read)
    return reached


async def _head(client: httpx.AsyncClient, base: str) -> int:
    answer = await client.get(f"{base}/v1/changes", params={"limit": 1})
    return int(answer.json()["head"])


async def by_kind(client: httpx.AsyncClient, platform: Platform) -> Any:
    """Organizations in operation and their coverage, by kind."""
    params = {"indicator": "organizational_coverage", "group_by": "kind"}
    answer = (await client.get(f"{platform.url(METRICS)}/v1/coverage", params=params)).json()
    return answer["total"], answer["groups"]
