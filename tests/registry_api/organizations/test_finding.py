"""Lists, filters, cursors, code lists."""

from typing import Any

import httpx
import pytest
from tests.registry_api.samples import credit_code, hospital

from servicekit.testing import TestKeys


@pytest.fixture
async def town(registry: httpx.AsyncClient) -> httpx.AsyncClient:
    """Twelve organizations: hospitals and schools in two districts."""
    for number in range(12):
        changes: dict[str, Any] = {}
        if number % 2:
            changes |= {"institution_type": "private_school", "category": "education"}
        if number % 3 == 0:
            changes["domicile"] = {"division_code": "440304001"}
        answer = await registry.post("/v1/organizations", json=hospital(number, **changes))
        assert answer.status_code == 201
    return registry


async def _walk(client: httpx.AsyncClient, **params: Any) -> list[str]:
    found: list[str] = []
    cursor = None
    while True:
        sent = {**params, **({"cursor": cursor} if cursor else {})}
        page = (await client.get("/v1/organizations", params=sent)).json()
        found += [item["credit_code"] for item in page["items"]]
        cursor = page["next_cursor"]
        if cursor is None:
            return found


async def test_a_walk_in_pages_meets_each_organization_once(town: httpx.AsyncClient) -> None:
    for limit in (1, 5, 12, 1000):
        found = await _walk(town, limit=limit)
        assert found == [credit_code(n) for n in range(12)]


@pytest.mark.parametrize(
    ("params", "numbers"),
    [
        ({"institution_type": "private_school"}, {1, 3, 5, 7, 9, 11}),
        ({"area": "440304"}, {0, 3, 6, 9}),
        ({"area": "440304", "category": "health"}, {0, 6}),
        ({"category": ["health", "education"], "name": "晨曦医院11"}, {11}),
        ({"credit_code": credit_code(4)}, {4}),
        ({"name": "100%_"}, set()),
    ],
)
async def test_filters_say_and_between_and_or_within(
    town: httpx.AsyncClient, params: dict[str, Any], numbers: set[int]
) -> None:
    assert set(await _walk(town, limit=2, **params)) == {credit_code(n) for n in numbers}
    counted = await town.get("/v1/organizations", params={**params, "count": "exact", "limit": 1})
    assert counted.json()["count"] == len(numbers)


async def test_a_caller_limited_to_areas_counts_and_exports_only_these(
    town: httpx.AsyncClient, keys: TestKeys
) -> None:
    headers = keys.headers(areas=["440304"])
    page = await town.get("/v1/organizations?count=exact", headers=headers)
    assert page.json()["count"] == len(page.json()["items"]) == 4
    exported = await town.get("/v1/organizations/export", headers=headers)
    assert len(exported.content.splitlines()) == 4


@pytest.mark.parametrize(
    ("url", "status", "named"),
    [
        ("/v1/organizations?kindd=foundation", 400, "/kindd"),
        ("/v1/organizations?kind=company", 422, "/kind/0"),
        ("/v1/organizations?limit=1001", 422, "/limit"),
        ("/v1/organizations?cursor=nonsense", 400, "/cursor"),
        ("/v1/organizations/not-a-uuid", 422, "/organization_id"),
        ("/v1/changes?after=5", 400, None),
    ],
)
async def test_a_wrong_query_names_what_is_wrong(
    town: httpx.AsyncClient, url: str, status: int, named: str | None
) -> None:
    answer = await town.get(url.replace("after=5", "after=500"))
    assert answer.status_code == status, answer.text
    if named:
        assert named in {e["pointer"] for e in answer.json()["errors"]}


async def test_code_lists_carry_labels_in_both_languages(registry: httpx.AsyncClient) -> None:
    kinds = (await registry.get("/v1/code-lists/organization_kind")).json()
    assert {"code": "foundation", "zh": "基金会", "en": "Foundation"} in kinds["values"]
    assert (await registry.get("/v1/code-lists/nothing")).status_code == 404
