"""`GET /v1/coverage/members` as its users see it."""

from typing import Any
from uuid import UUID

import pytest
from tests.metrics_api.histories import organization_state
from tests.metrics_api.world import START, World

from metrics_api.coverage.members.schemas import MemberPage
from servicekit.testing import TestKeys

MEMBERS = "/v1/coverage/members"
INDICATOR = {"indicator": "organizational_coverage"}


async def ask(world: World, **params: Any) -> dict[str, Any]:
    answer = await world.client.get(MEMBERS, params={**INDICATOR, **params})
    assert answer.status_code == 200, answer.text
    document: dict[str, Any] = answer.json()
    MemberPage.model_validate(document)
    return document


def ids(document: dict[str, Any]) -> list[int]:
    return [UUID(item["id"]).int for item in document["items"]]


async def test_the_gap_is_the_work_list_with_reasons_and_links(world: World) -> None:
    await world.apply()
    found = await ask(world, valid_on="2016-01-01", count="exact")
    assert found["count"] == 1
    [missing] = found["items"]
    identifier = str(UUID(int=4))
    assert missing == {
        "id": identifier,
        "name": "某医院",
        "code": "524403030000000012",
        "counted": False,
        "facts": [{"field": "party_mode", "value": None}],
        "since": "2015-01-01",
        "kind": "foundation",
        "grade": "4A",
        "area": {"code": "440303001", "name": "440303001街道"},
        "district": {"code": "440303", "name": "罗湖区"},
        "body": None,
        "links": {
            "registry": f"/v1/organizations/{identifier}?valid_on=2016-01-01&known_at=5",
            "decision": f"/v1/assignments/{identifier}?valid_on=2016-01-01",
        },
    }


@pytest.mark.parametrize(
    ("params", "expected"),
    [
        ({"part": "numerator"}, [1, 2, 3]),
        ({"part": "denominator"}, [1, 4, 2, 3]),
        ({"part": "gap"}, [4]),
        ({"part": "denominator", "area": "440306"}, [2]),
        ({"part": "denominator", "body": "unassigned"}, [4, 3]),
        ({"part": "denominator", "street": "unassigned"}, [3]),
        ({"part": "numerator", "kind": "foundation"}, []),
        ({"indicator": "work_coverage", "part": "gap"}, []),
    ],
)
async def test_each_part_lists_who_was_counted_by_area(
    world: World, params: dict[str, Any], expected: list[int]
) -> None:
    await world.apply()
    found = ids(await ask(world, **params))
    assert sorted(found) == sorted(expected)
    assert [i for i in found if i != 3] == [i for i in expected if i != 3]


async def test_the_facts_say_why_somebody_counts(world: World) -> None:
    await world.apply()
    found = await ask(world, indicator="work_coverage", part="numerator", kind="foundation")
    assert found["items"][0]["facts"] == [{"field": "has_organizer", "value": True}]
    assert found["items"][0]["counted"]


async def test_a_walk_stays_at_the_edition_of_its_first_page(world: World) -> None:
    await world.apply()
    whole = ids(await ask(world, part="denominator"))
    first = await ask(world, part="denominator", limit=2)
    world.histories.tell(UUID(int=1), START, {"status": "suspended"})
    world.histories.tell(UUID(int=9), START, organization_state(name="后来的"))
    await world.apply()
    second = await ask(world, part="denominator", limit=2, cursor=first["next_cursor"])
    assert ids(first) + ids(second) == whole
    assert second["receipt"]["edition"] == first["receipt"]["edition"]
    assert second["next_cursor"] is None
    again = await world.client.get(second["receipt"]["request"])
    assert again.json() == second
    now = await ask(world, part="denominator")
    assert 9 in ids(now)
    assert 1 not in ids(now)


async def test_a_name_is_that_of_the_day_and_the_edition(world: World) -> None:
    await world.apply()
    world.histories.tell(UUID(int=4), START.replace(month=6), {"name": "新名"})
    await world.apply()
    names = [
        (await ask(world, **at))["items"][0]["name"]
        for at in ({}, {"valid_on": "2015-02-01"}, {"edition": 2})
    ]
    assert names == ["新名", "某医院", "某医院"]


async def test_a_cursor_of_another_question_is_refused(world: World) -> None:
    await world.apply()
    first = await ask(world, part="denominator", limit=1)
    for params in (
        {"part": "gap", "cursor": first["next_cursor"]},
        {"part": "denominator", "kind": "foundation", "cursor": first["next_cursor"]},
        {"cursor": "x"},
    ):
        answer = await world.client.get(MEMBERS, params={**INDICATOR, **params})
        assert (answer.status_code, answer.json()["type"].rsplit("/")[-1]) == (
            400,
            "invalid-cursor",
        )


async def test_a_caller_limited_to_areas_lists_only_those(world: World, keys: TestKeys) -> None:
    await world.apply()
    for areas, expected in ((["440303001"], [1, 4]), (["440306"], []), ([], [])):
        answer = await world.client.get(
            MEMBERS,
            params={**INDICATOR, "part": "denominator", "count": "exact"},
            headers=keys.headers("metrics:read", areas=areas),
        )
        assert (ids(answer.json()), answer.json()["count"]) == (expected, len(expected))


@pytest.mark.parametrize(
    ("params", "status"),
    [
        ({"part": "rest"}, 422),
        ({"limit": 1001}, 422),
        ({"group_by": "kind"}, 400),
        ({"indicator": "happiness"}, 422),
        ({"area": "999999"}, 422),
        ({"edition": 99}, 422),
        ({"indicator": "eligible_coverage", "valid_on": "1900-01-01"}, 422),
    ],
)
async def test_bad_input_is_refused(world: World, params: dict[str, Any], status: int) -> None:
    await world.apply()
    answer = await world.client.get(MEMBERS, params={**INDICATOR, **params})
    assert answer.status_code == status, answer.text
    assert answer.headers["content-type"] == "application/problem+json"


async def test_the_list_is_also_a_table_with_chinese_headers(world: World) -> None:
    await world.apply()
    answer = await world.client.get(MEMBERS, params={**INDICATOR, "format": "csv"})
    header, row = answer.content.decode("utf-8-sig").splitlines()[:2]
    assert header.split(",")[:3] == ["编号", "名称", "统一社会信用代码或备案编号"]
    assert row.split(",")[1:3] == ["某医院", "524403030000000012"]
    assert len(set(header.split(","))) == len(header.split(","))
