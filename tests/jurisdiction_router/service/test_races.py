"""The follower and an import at the same moment end as if one had come after the other."""

import asyncio
from typing import Any
from uuid import UUID

import httpx
from tests.jurisdiction_router.registry_ledger import RegistryLedger
from tests.jurisdiction_router.small_city import organization

from servicekit.follower import Follower

COMMITTEE = "440303-district_health_committee"


async def test_an_import_during_a_page_leaves_no_organization_behind(
    city: httpx.AsyncClient,
    registry: RegistryLedger,
    follower: Follower,
    directory_import: dict[str, Any],
) -> None:
    """Clinics arrive page by page while their committee is renamed again and again."""
    (committee,) = (b for b in directory_import["bodies"] if b["id"] == COMMITTEE)

    async def rename() -> None:
        for number in range(8):
            renamed = {**committee, "name": f"第{number}届"}
            answer = await city.post(
                "/v1/directory/imports?activate=true", json={"bodies": [renamed]}
            )
            assert answer.status_code == 201
            await asyncio.sleep(0)

    async def arrive() -> None:
        for number in range(1, 9):
            for each in range(5):
                identifier = str(UUID(int=number * 100 + each))
                registry.say(identifier, "2009-03-02", ("2009-03-02", None, organization()))
            assert await follower.step() == 5

    await asyncio.gather(rename(), arrive())
    page = (await city.get("/v1/assignments", params={"limit": 100})).json()
    assert len(page["items"]) == 40
    assert {item["supervising"]["name"] for item in page["items"]} == {"第7届"}
    assert (await city.get("/v1/feed-status")).json()["parked"] == []
