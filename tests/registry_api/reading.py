"""What the tests of reading and finding share: founding, amending, walking."""

from typing import Any

import httpx

from tests.registry_api.samples import hospital


async def founded(registry: httpx.AsyncClient, number: int = 1, **changes: Any) -> str:
    """The id of a new hospital."""
    answer = await registry.post("/v1/organizations", json=hospital(number, **changes))
    assert answer.status_code == 201, answer.text
    return str(answer.json()["id"])


async def amended(
    registry: httpx.AsyncClient, identifier: str, day: str, **change: Any
) -> httpx.Response:
    """An amendment from a day on, whatever the revision."""
    return await registry.post(
        f"/v1/organizations/{identifier}/amendments",
        json={"effective_on": day, "change": change},
        headers={"if-match": "*"},
    )


async def walked(
    registry: httpx.AsyncClient, headers: dict[str, str] | None = None, **params: Any
) -> list[dict[str, Any]]:
    """All items of all pages of `GET /v1/organizations`."""
    items: list[dict[str, Any]] = []
    cursor: str | None = None
    while True:
        sent = {**params, **({"cursor": cursor} if cursor else {})}
        answer = await registry.get("/v1/organizations", params=sent, headers=headers)
        assert answer.status_code == 200, answer.text
        page = answer.json()
        items += page["items"]
        cursor = page["next_cursor"]
        if cursor is None:
            return items
