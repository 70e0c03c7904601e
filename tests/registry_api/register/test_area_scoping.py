"""Nothing about an organization outside the caller's areas leaks, by whatever way it is asked for.

The yardstick: an answer about it is the answer about one that does not exist.
"""

from typing import Any
from uuid import uuid4

import httpx
import pytest
from tests.registry_api.import_files import csv_file, imported, row
from tests.registry_api.reading import amended, founded, walked
from tests.registry_api.samples import credit_code

from servicekit.testing import TestKeys

ONE_BY_ONE = (
    "/v1/organizations/{id}",
    "/v1/organizations/{id}?valid_on=2016-06-01",
    "/v1/organizations/{id}?known_at=1",
    "/v1/organizations/{id}/timeline",
    "/v1/organizations/{id}/timeline?known_at=1",
    "/v1/organizations/{id}/events",
    "/v1/organizations/{id}/notices",
    "/v1/organizations/{id}/notices?valid_on=2016-06-01",
    "/v1/organizations/by-credit-code/{code}",
)
MANY = (
    {"name": "晨曦"},
    {"search": "晨曦医院"},
    {"sort": "name"},
    {"sort": "registered_on", "order": "desc"},
    {"valid_on": "2016-06-01"},
    {"known_at": 2},
    {"credit_code": credit_code(1)},
    {"area": "440303"},
    {"unknown": "grade"},
)


def _comparable(answer: httpx.Response) -> tuple[int, dict[str, Any], dict[str, str]]:
    body = answer.json()
    for name in ("instance", "request_id"):
        body.pop(name, None)
    kept = {k: v for k, v in answer.headers.items() if k not in {"x-request-id", "traceparent"}}
    return answer.status_code, body, kept


@pytest.mark.parametrize("path", ONE_BY_ONE)
async def test_outside_is_the_same_as_nowhere(
    registry: httpx.AsyncClient, keys: TestKeys, path: str
) -> None:
    outside = await founded(registry)
    headers = keys.headers(areas=["440304"])
    there = path.format(id=outside, code=credit_code(1))
    nowhere = path.format(id=uuid4(), code=credit_code(2))
    answers = [await registry.get(url, headers=headers) for url in (there, nowhere)]
    assert _comparable(answers[0]) == _comparable(answers[1])
    assert answers[0].status_code == 404
    assert "etag" not in answers[0].headers


@pytest.mark.parametrize("params", MANY)
async def test_lists_counts_and_exports_are_as_if_it_were_not_there(
    registry: httpx.AsyncClient, keys: TestKeys, params: dict[str, Any]
) -> None:
    await founded(registry, 1)
    await founded(registry, 2, name="晨曦医院")
    headers = keys.headers(areas=["440304"])
    answer = await registry.get(
        "/v1/organizations", params={**params, "count": "exact"}, headers=headers
    )
    assert answer.json() == {"items": [], "next_cursor": None, "count": 0}
    if not params.keys() & {"search", "sort"}:
        export = await registry.get("/v1/organizations/export", params=params, headers=headers)
        assert export.content == b""


async def test_the_area_of_the_day_decides_who_sees_the_past(
    registry: httpx.AsyncClient, keys: TestKeys
) -> None:
    identifier = await founded(registry)
    await amended(registry, identifier, "2017-01-01", domicile={"division_code": "440304001"})
    old, new = keys.headers(areas=["440303"]), keys.headers(areas=["440304"])
    for day, sees, sees_not in (("2016-12-31", old, new), ("2017-01-01", new, old)):
        assert [i["id"] for i in await walked(registry, sees, valid_on=day)] == [identifier]
        assert await walked(registry, sees_not, valid_on=day) == []
        read = f"/v1/organizations/{identifier}?valid_on={day}"
        assert (await registry.get(read, headers=sees)).status_code == 200
        assert (await registry.get(read, headers=sees_not)).status_code == 404
    assert [i["id"] for i in await walked(registry, old, known_at=1)] == [identifier]
    assert await walked(registry, new, known_at=1) == []


async def test_a_sorted_walk_stays_inside_even_when_somebody_moves_meanwhile(
    registry: httpx.AsyncClient, keys: TestKeys
) -> None:
    ids = [await founded(registry, number) for number in range(1, 5)]
    headers = keys.headers(areas=["440303"])
    params: dict[str, Any] = {"sort": "name", "limit": 2}
    first = (await registry.get("/v1/organizations", params=params, headers=headers)).json()
    await amended(registry, ids[2], "2017-01-01", domicile={"division_code": "440304001"})
    await founded(registry, 9, name="阿", domicile={"division_code": "440304001"})
    params["cursor"] = first["next_cursor"]
    second = (await registry.get("/v1/organizations", params=params, headers=headers)).json()
    assert [i["id"] for i in first["items"] + second["items"]] == ids


async def test_an_import_shows_only_to_tokens_that_contain_its_areas(
    registry: httpx.AsyncClient, keys: TestKeys
) -> None:
    rows = [row(1, 住所区划代码="440304001", 正式党员数="x"), row(2, 正式党员数="无")]
    whole = await imported(registry, csv_file(rows))
    paths = [f"/v1/imports/{whole['id']}{part}" for part in ("", "/errors", "/notices")]
    paths.append(paths[1] + "?format=csv")
    for areas, status in ((["440303"], 404), (["440000"], 404)):
        headers = keys.headers(areas=areas)
        assert {(await registry.get(p, headers=headers)).status_code for p in paths} == {status}
    assert {(await registry.get(p)).status_code for p in paths} == {200}
    inside = keys.headers(areas=["440303"])
    started = await registry.post("/v1/imports", content=csv_file(rows[1:]), headers=inside)
    own = started.headers["location"]
    for areas, status in ((["440300"], 200), (["440303", "440304"], 200), (["440304"], 404)):
        headers = keys.headers(areas=areas)
        assert (await registry.get(own, headers=headers)).status_code == status
    others = keys.headers(client="another")
    assert (await registry.get(own, headers=others)).status_code == 200
    others = keys.headers(client="another", areas=["440303"])
    assert (await registry.get(own, headers=others)).status_code == 404


async def test_a_retry_under_other_areas_gets_no_stored_answer(
    registry: httpx.AsyncClient, keys: TestKeys
) -> None:
    identifier = await founded(registry, domicile={"division_code": "440304001"})
    for areas, status in ((None, 200), (["440303"], 422)):
        answer = await registry.post(
            f"/v1/organizations/{identifier}/amendments",
            json={"effective_on": "2016-09-01", "change": {"full_time_staff": 5}},
            headers={"if-match": "*", "idempotency-key": "k", **keys.headers(areas=areas)},
        )
        assert answer.status_code == status
    assert answer.json()["type"].endswith("/idempotency-conflict")
