"""Finding and counting assignments, within the caller's areas."""

from uuid import UUID

import httpx
import pytest
from tests.jurisdiction_router.registry_ledger import RegistryLedger
from tests.jurisdiction_router.small_city import organization

from servicekit.follower import Follower
from servicekit.testing import TestKeys

NEW = {
    "registration": {"mode": "dual", "level": "district", "authority": {"division_code": "440309"}},
    "domicile": {"division_code": "440309001"},
}


@pytest.fixture
async def register(
    city: httpx.AsyncClient, registry: RegistryLedger, follower: Follower
) -> httpx.AsyncClient:
    """Ten organizations: four clinics in each district, a religious association, a national one."""
    states = [organization() for _ in range(4)] + [organization(**NEW) for _ in range(4)]
    states.append(organization(institution_type="religious_association"))
    states.append(organization(registration={"authority": {"division_code": "100000"}}))
    for number, state in enumerate(states, start=1):
        registry.say(str(UUID(int=number)), "2009-03-02", ("2009-03-02", None, state))
    await follower.step()
    return city


async def test_pages_follow_each_other_without_gap_or_repeat(register: httpx.AsyncClient) -> None:
    seen: list[str] = []
    cursor = None
    while True:
        params: dict[str, str | int] = {"limit": 3, "count": "exact"}
        if cursor:
            params["cursor"] = cursor
        page = (await register.get("/v1/assignments", params=params)).json()
        assert page["count"] == 10
        seen += [item["organization_id"] for item in page["items"]]
        cursor = page["next_cursor"]
        if cursor is None:
            break
    assert seen == [str(UUID(int=number)) for number in range(1, 11)]


@pytest.mark.parametrize(
    ("params", "count"),
    [
        ({"outcome": "assigned"}, 8),
        ({"outcome": ["needs_decision", "out_of_scope"]}, 2),
        ({"body_id": "440309001-street_work_committee"}, 4),
        ({"body_kind": "district_health_committee", "area": "440303"}, 4),
        ({"rule": "registered-nationally"}, 1),
        ({"basis": "S"}, 8),
        ({"area": "4403"}, 10),
        ({"area": "11"}, 0),
        ({"valid_on": "2015-12-31"}, 0),
    ],
)
async def test_filters_name_fields(
    register: httpx.AsyncClient, params: dict[str, str], count: int
) -> None:
    answer = await register.get("/v1/assignments", params={**params, "count": "exact"})
    assert answer.json()["count"] == count
    assert len(answer.json()["items"]) == count


async def test_an_item_is_the_state_with_its_dates(register: httpx.AsyncClient) -> None:
    (item,) = (await register.get("/v1/assignments", params={"limit": 1})).json()["items"]
    decision = item.pop("decision")
    assert len(decision) == 64
    assert item == {
        "organization_id": str(UUID(int=1)),
        "area": "440303001",
        "valid_from": "2016-01-01",
        "valid_until": None,
        "outcome": "assigned",
        "supervising": {
            "id": "440303-district_health_committee",
            "kind": "district_health_committee",
            "name": "罗湖区卫生系统党委",
            "area_code": "440303",
        },
        "assisting": [
            {"id": None, "kind": "business_supervisor", "name": "罗湖区卫计局", "area_code": None}
        ],
        "rule_set": "shenzhen-2016",
        "rule": "private-clinic",
        "basis": "S",
        "flags": [],
    }


async def test_the_summary_adds_up(register: httpx.AsyncClient) -> None:
    summary = (await register.get("/v1/assignments/summary")).json()
    assert summary["total"] == 10
    for part in ("by_outcome", "by_rule", "by_body_kind"):
        assert sum(cell["count"] for cell in summary[part]) == 10
    assert summary["by_outcome"][0] == {"outcome": "assigned", "count": 8}


async def test_a_caller_limited_to_a_district_sees_that_district(
    register: httpx.AsyncClient, keys: TestKeys
) -> None:
    limited = keys.headers("router:read", areas=["440309"])
    page = await register.get("/v1/assignments", params={"count": "exact"}, headers=limited)
    assert page.json()["count"] == 4
    assert (
        await register.get(f"/v1/assignments/{UUID(int=1)}", headers=limited)
    ).status_code == 404
    assert (
        await register.get(f"/v1/assignments/{UUID(int=5)}", headers=limited)
    ).status_code == 200
    changes = await register.get("/v1/changes", params={"limit": 1000}, headers=limited)
    subjects = {event["subject"] for event in changes.json()["events"]}
    assert str(UUID(int=1)) not in subjects
    assert str(UUID(int=5)) in subjects
    areas = await register.get("/v1/areas", headers=limited)
    assert [item["code"] for item in areas.json()["items"]] == ["440309", "440309001"]


@pytest.mark.parametrize(
    ("path", "status"),
    [
        ("/v1/assignments?colour=red", 400),
        ("/v1/assignments?outcome=maybe", 422),
        ("/v1/assignments?area=x", 422),
        ("/v1/assignments?valid_on=2016-02-30", 422),
        ("/v1/assignments?cursor=abc", 400),
        ("/v1/assignments?limit=0", 422),
        ("/v1/assignments/nobody", 422),
        (f"/v1/assignments/{UUID(int=99)}", 404),
        ("/v1/areas/123", 422),
        ("/v1/bodies/nobody", 404),
        ("/v1/rule-sets/nobody", 404),
    ],
)
async def test_bad_questions_are_answered_with_problems(
    register: httpx.AsyncClient, path: str, status: int
) -> None:
    answer = await register.get(path)
    assert answer.status_code == status
    assert answer.headers["content-type"] == "application/problem+json"
