"""Consistency notices over HTTP: on one organization, and as a work list."""

from typing import Any

import httpx
from tests.registry_api.reading import amended, founded
from tests.registry_api.samples import credit_code

from servicekit.testing import TestKeys

GRADE = {"level": "4A", "announced_on": "2016-05-01", "valid_until": "2017-01-01"}


async def _kinds(
    registry: httpx.AsyncClient, identifier: str, headers: dict[str, str] | None = None, **when: Any
) -> set[str]:
    answer = await registry.get(
        f"/v1/organizations/{identifier}/notices", params=when, headers=headers
    )
    assert answer.status_code == 200, answer.text
    return {notice["kind"] for notice in answer.json()["notices"]}


async def _work_list(registry: httpx.AsyncClient, **params: Any) -> list[dict[str, Any]]:
    items: list[dict[str, Any]] = []
    headers = params.pop("headers", None)
    while True:
        answer = await registry.get("/v1/notices", params=params, headers=headers)
        assert answer.status_code == 200, answer.text
        items += answer.json()["items"]
        params["cursor"] = answer.json()["next_cursor"]
        if params["cursor"] is None:
            return items


async def test_notices_are_judged_on_the_day_and_by_what_was_known(
    registry: httpx.AsyncClient,
) -> None:
    identifier = await founded(registry, grade=GRADE)
    assert await _kinds(registry, identifier) == {"grade_lapsed"}
    assert await _kinds(registry, identifier, valid_on="2016-12-31") == set()
    assert await _kinds(registry, identifier, valid_on="2017-01-01") == {"grade_lapsed"}
    await amended(registry, identifier, "2016-05-01", grade={"valid_until": "2021-05-01"})
    assert await _kinds(registry, identifier) == set()
    assert await _kinds(registry, identifier, known_at=1) == {"grade_lapsed"}


async def test_namesakes_are_told_to_those_who_may_see_them(
    registry: httpx.AsyncClient, keys: TestKeys
) -> None:
    one = await founded(registry, 1, name="晨曦医院")
    other = await founded(registry, 2, name="晨曦医院", domicile={"division_code": "440303002"})
    await founded(
        registry,
        3,
        name="晨曦医院",
        credit_code=credit_code(3, division="440304"),
        registration={
            "mode": "dual",
            "authority": {"division_code": "440304"},
            "registered_on": "2016-03-01",
        },
        domicile={"division_code": "440304001"},
    )
    assert await _kinds(registry, one) == {"duplicate_name"}
    street = keys.headers(areas=["440303001"])
    assert await _kinds(registry, one, street) == set()
    assert {item["id"] for item in await _work_list(registry, kind="duplicate_name")} == {
        one,
        other,
    }
    assert await _work_list(registry, headers=street) == []


async def test_the_work_list_goes_by_kind_and_area_in_pages(registry: httpx.AsyncClient) -> None:
    lapsed = [await founded(registry, n, grade=GRADE) for n in (1, 2, 3)]
    away = await founded(registry, 4, domicile={"division_code": "440304001"})
    await founded(registry, 5)
    for limit in (1, 2, 100):
        everyone = await _work_list(registry, limit=limit)
        assert [item["id"] for item in everyone] == [*lapsed, away]
    assert [i["id"] for i in await _work_list(registry, kind="grade_lapsed")] == lapsed
    (item,) = await _work_list(registry, area="440304")
    assert item["id"] == away
    (notice,) = item["notices"]
    assert notice["kind"] == "domicile_outside_authority"
    assert notice["detail"].startswith("住所 440304001")
    unknown = await registry.get("/v1/notices?kind=ugly_name")
    assert unknown.status_code == 422


async def test_notices_speak_the_callers_language(registry: httpx.AsyncClient) -> None:
    identifier = await founded(registry, grade=GRADE)
    answer = await registry.get(
        f"/v1/organizations/{identifier}/notices", headers={"accept-language": "en"}
    )
    assert (
        answer.json()["notices"][0]["detail"] == "The validity of the grade 4A ended on 2017-01-01."
    )
