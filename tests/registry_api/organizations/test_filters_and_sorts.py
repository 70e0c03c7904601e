"""Filters on every kind of facet, orders, sparse fields, search: in the present and in the past."""

from typing import Any

import httpx
import pytest
from tests.registry_api.reading import amended, founded, walked
from tests.registry_api.samples import credit_code

from servicekit.testing import TestKeys

PARTY = {
    "full_members": 5,
    "probationary_members": 0,
    "organization": {
        "form": "branch",
        "mode": "solo",
        "established_on": "2016-03-02",
        "secretary": {"post": "solo", "cross_posted": True},
    },
    "liaison": {"assigned_on": None},
}
GRADE = {"level": "3A", "announced_on": "2016-05-01", "valid_until": "2021-05-01"}

SORTS = ("name", "registered_on", "full_members", "full_time_staff", "grade_valid_until")


@pytest.fixture
async def trio(registry: httpx.AsyncClient) -> httpx.AsyncClient:
    """Three hospitals: one with everything, one plain, one of which little is known."""
    whole = await founded(
        registry,
        1,
        name="深圳市晨曦医院",
        party=PARTY,
        grade=GRADE,
        affiliation="street_work_committee",
    )
    await amended(registry, whole, "2016-03-01", charter={"wording": "v1"})
    plain = await founded(registry, 2, name="深圳市晨光门诊部", full_time_staff=8)
    vetoed = await registry.post(
        f"/v1/organizations/{plain}/evaluations",
        json={"effective_on": "2016-03-01", "proposed": "5A"},
        headers={"if-match": "*"},
    )
    assert vetoed.status_code == 200, vetoed.text
    await founded(
        registry, 3, name="罗湖区希望小学", full_time_staff=None, licence_issuer="education"
    )
    return registry


BY_FACET: list[tuple[dict[str, Any], set[int]]] = [
    ({"charter_wording": "v1"}, {1}),
    ({"unknown": "charter_wording"}, {2, 3}),
    ({"unknown": ["grade", "full_time_staff"]}, {3}),
    ({"party_organization_form": ["branch", "committee"]}, {1}),
    ({"affiliation": "street_work_committee"}, {1}),
    ({"licence_issuer": "education"}, {3}),
    ({"secretary_cross_posted": "true"}, {1}),
    ({"secretary_cross_posted": "false"}, set()),
    ({"has_party_organization": "false"}, {2, 3}),
    ({"has_liaison": "true"}, {1}),
    ({"has_instructor": "true"}, set()),
    ({"full_members_min": 5}, {1}),
    ({"full_members_max": 4}, {2, 3}),
    ({"full_time_staff_min": 8, "full_time_staff_max": 39}, {2}),
    ({"registered_on_from": "2016-03-01", "registered_on_before": "2016-03-02"}, {1, 2, 3}),
    ({"registered_on_before": "2016-03-01"}, set()),
    ({"grade_valid_until_before": "2021-05-02"}, {1}),
    ({"grade_valid_until_before": "2021-05-01"}, set()),
    ({"evaluation_proposed": ["4A", "5A"]}, {2}),
    ({"evaluation_ground": ["eligible_not_formed", "5a_needs_party_organization"]}, {2}),
    ({"evaluation_ground": "eligible_not_formed"}, set()),
    ({"unknown": "evaluation_ground"}, {1, 3}),
    ({"area": "440300"}, {1, 2, 3}),
    ({"area": "440303001"}, {1, 2, 3}),
    ({"area": "440304"}, set()),
    ({"name": "晨"}, {1, 2}),
    ({"name": ["晨光", "门诊"]}, {2}),
    ({"name": "晨曦医"}, {1}),
    ({"credit_code": [credit_code(1), credit_code(3)]}, {1, 3}),
]


@pytest.mark.parametrize(("params", "numbers"), BY_FACET)
async def test_present_and_past_answer_the_same_filters_alike(
    trio: httpx.AsyncClient, params: dict[str, Any], numbers: set[int]
) -> None:
    expected = {credit_code(number) for number in numbers}
    for when in ({}, {"valid_on": "2016-03-01"}, {"known_at": 5}):
        asked = {**params, **when, "count": "exact"}
        page = (await trio.get("/v1/organizations", params=asked)).json()
        assert {item["credit_code"] for item in page["items"]} == expected, when
        assert page["count"] == len(expected)


async def test_filters_of_the_past_hold_then_not_now(trio: httpx.AsyncClient) -> None:
    (first, *_) = await walked(trio)
    await amended(trio, first["id"], "2017-01-01", status="suspended")
    assert [i["id"] for i in await walked(trio, status="suspended")] == [first["id"]]
    assert await walked(trio, status="suspended", valid_on="2016-12-31") == []
    assert await walked(trio, status="suspended", known_at=5) == []
    assert len(await walked(trio, status="active", valid_on="2016-12-31")) == 3
    assert await walked(trio, valid_on="2016-02-29") == []


@pytest.mark.parametrize("sort", SORTS)
@pytest.mark.parametrize("limit", [1, 2, 100])
async def test_every_order_walks_all_in_order_and_backwards(
    trio: httpx.AsyncClient, sort: str, limit: int
) -> None:
    await founded(trio, 4, name="深圳市晨光门诊部", full_time_staff=8)
    upward = await walked(trio, sort=sort, limit=limit)
    downward = await walked(trio, sort=sort, limit=limit, order="desc")
    assert [i["id"] for i in upward] == [i["id"] for i in reversed(downward)]
    assert len({i["id"] for i in upward}) == 4


async def test_unknown_values_sort_as_larger_than_any(trio: httpx.AsyncClient) -> None:
    upward = await walked(trio, sort="full_time_staff", limit=1)
    assert [i["full_time_staff"] for i in upward] == [8, 40, None]
    by_grade = await walked(trio, sort="grade_valid_until", order="desc", limit=1)
    assert [i["grade"] is None for i in by_grade] == [True, True, False]


async def test_ids_walk_backwards_too(trio: httpx.AsyncClient) -> None:
    downward = await walked(trio, order="desc", limit=1)
    assert [i["credit_code"] for i in downward] == [credit_code(n) for n in (3, 2, 1)]


async def test_sparse_fields_everywhere(trio: httpx.AsyncClient) -> None:
    fields = "credit_code,party.full_members"
    for params in ({}, {"sort": "name"}, {"valid_on": "2016-04-01"}, {"search": "晨曦医院"}):
        answer = await trio.get("/v1/organizations", params={**params, "fields": fields})
        item = answer.json()["items"][0]
        assert item.keys() == {"id", "revision", "credit_code", "party"}
        assert item["party"].keys() == {"full_members"}


async def test_a_search_forgives_typing_errors_and_puts_the_closest_first(
    trio: httpx.AsyncClient,
) -> None:
    for query in ("深圳市晨曦医院", "晨希医院", "晨医院", "晨曦义医院", "曦晨医院", "晨曦 医院"):
        found = await walked(trio, search=query, limit=1)
        assert found[0]["name"] == "深圳市晨曦医院", query
    assert await walked(trio, search="动物园") == []
    counted = await trio.get("/v1/organizations?search=深圳市晨光&count=exact&limit=1")
    assert counted.json()["count"] == 2


async def test_a_search_within_filters_stays_within_them(
    trio: httpx.AsyncClient, keys: TestKeys
) -> None:
    assert await walked(trio, search="晨曦医院", licence_issuer="education") == []
    assert await walked(trio, keys.headers(areas=["440304"]), search="晨曦医院") == []


@pytest.mark.parametrize(
    ("params", "status", "named", "rule"),
    [
        ({"fields": "name,nickname"}, 400, "/fields", "unknown_field"),
        ({"sort": "nickname"}, 422, "/sort", "literal_error"),
        ({"search": "医"}, 422, "/search", "search_too_short"),
        ({"search": "，。！"}, 422, "/search", "search_too_short"),
        ({"search": "医院", "sort": "name"}, 422, "/sort", "sort_with_search"),
        ({"search": "医院", "valid_on": "2016-04-01"}, 422, "/search", "search_in_the_past"),
        ({"sort": "name", "valid_on": "2016-04-01"}, 422, "/sort", "sort_of_the_past"),
        ({"full_members_min": -1}, 422, "/full_members_min", "greater_than_equal"),
        ({"full_members_min": 2**31}, 422, "/full_members_min", "less_than_equal"),
        ({"registered_on_from": "0"}, 422, "/registered_on_from", "date_parsing"),
        ({"valid_on": "0"}, 422, "/valid_on", "date_parsing"),
        ({"has_liaison": "perhaps"}, 422, "/has_liaison", "bool_parsing"),
        ({"unknown": "name"}, 422, "/unknown/0", "literal_error"),
        ({"area": "4403%"}, 422, "/area/0", "string_pattern_mismatch"),
        ({"full_members": 3}, 400, "/full_members", "unknown_parameter"),
    ],
)
async def test_what_cant_be_asked_is_named(
    registry: httpx.AsyncClient, params: dict[str, Any], status: int, named: str, rule: str
) -> None:
    answer = await registry.get("/v1/organizations", params=params)
    assert answer.status_code == status, answer.text
    assert (named, rule) in {(e["pointer"], e["rule"]) for e in answer.json()["errors"]}


async def test_a_cursor_belongs_to_its_query(trio: httpx.AsyncClient) -> None:
    page = (await trio.get("/v1/organizations?sort=name&limit=1")).json()
    for other in ({"sort": "registered_on"}, {"sort": "name", "order": "desc"}, {}):
        answer = await trio.get(
            "/v1/organizations", params={**other, "cursor": page["next_cursor"]}
        )
        assert answer.status_code == 400
    ahead = await trio.get("/v1/organizations", params={"known_at": 6})
    assert (ahead.status_code, ahead.json()["head"]) == (400, 5)
