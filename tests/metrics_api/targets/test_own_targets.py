"""Targets of one's own: set, counted, changed, taken back, and never seen beyond their areas."""

from datetime import date
from typing import Any
from uuid import UUID

import httpx
import pytest
from tests.metrics_api.histories import organization_state
from tests.metrics_api.world import START, World

from servicekit.testing import TestKeys

PATH = "/v1/targets"
DRAFT: dict[str, Any] = {
    "title": {"zh": "罗湖区2016年组织覆盖率", "en": "Organizational coverage of 罗湖区 in 2016"},
    "indicator": "organizational_coverage",
    "goal": 0.9,
    "deadline": "2016-12-31",
    "reference": "区委工作要点",
    "filters": {"area": ["440303"]},
}


@pytest.fixture
def writer(keys: TestKeys) -> dict[str, str]:
    return keys.headers("metrics:read metrics:write")


async def created(world: World, headers: dict[str, str], **changes: Any) -> httpx.Response:
    answer = await world.client.post(PATH, json={**DRAFT, **changes}, headers=headers)
    assert answer.status_code == 201, answer.text
    return answer


async def standing(world: World, identifier: str, **params: Any) -> dict[str, Any]:
    answer = await world.client.get(PATH, params={"target": identifier, **params})
    assert answer.status_code == 200, answer.text
    [target] = answer.json()["targets"]
    return {**target, **target["variants"][0]}


async def test_a_target_that_was_set_is_counted_at_once(
    world: World, writer: dict[str, str]
) -> None:
    await world.apply()
    answer = await created(world, writer)
    identifier = answer.json()["id"]
    assert answer.headers["location"] == f"{PATH}/{identifier}"
    assert (await world.client.get(answer.headers["location"])).json() == answer.json()
    found = await standing(world, identifier)
    assert (found["numerator"], found["denominator"]) == (2, 3)
    assert (found["attained"], found["missing"], found["band"]) == (False, 1, "short")
    assert found["needed_per_month"] == pytest.approx(1 / 6.57, abs=0.01)
    listed = (await world.client.get(PATH)).json()
    assert [target["id"] for target in listed["targets"]][-1] == identifier
    assert listed["bands"][0]["id"] == "attained"


async def test_pace_and_projection_follow_the_last_months(
    world: World, writer: dict[str, str]
) -> None:
    nobody = {"organization": None, "full_members": 3, "instructor": None, "liaison": None,
              "organizer": None}  # fmt: skip
    for number in range(20):
        subject = UUID(int=100 + number)
        world.histories.tell(subject, START, organization_state(grade=None, party=nobody))
        if number < 12:
            formed = {"party": organization_state()["party"]}
            world.histories.tell(subject, date(2016, 1 + number // 2, 20), formed)
    await world.apply()
    world.clock.set(date(2016, 7, 1))
    filters = {"area": ["440303"], "kind": ["private_nonenterprise"], "grade": ["unassigned"]}
    identifier = (await created(world, writer, filters=filters)).json()["id"]
    found = await standing(world, identifier)
    assert (found["numerator"], found["denominator"], found["missing"]) == (12, 20, 6)
    assert found["gained_per_month"] == pytest.approx(2, abs=0.1)
    assert date(2016, 9, 20) < date.fromisoformat(found["projected_on"]) < date(2016, 10, 10)
    judged = await standing(world, identifier, valid_on="2017-06-01")
    assert (judged["valid_on"], judged["attained"]) == ("2016-12-31", False)
    assert (judged["needed_per_month"], judged["projected_on"]) == (None, None)


async def test_a_receipt_holds_also_when_targets_change(
    world: World, writer: dict[str, str]
) -> None:
    await world.apply()
    none_yet = await world.client.get(PATH)
    answer = await created(world, writer)
    identifier, tag = answer.json()["id"], answer.headers["etag"]
    one = await world.client.get(PATH)
    changed = await world.client.put(
        f"{PATH}/{identifier}", json={**DRAFT, "goal": 0.5}, headers={**writer, "if-match": tag}
    )
    assert (changed.status_code, changed.json()["revision"]) == (200, 2)
    assert (await standing(world, identifier))["attained"]
    two = await world.client.get(PATH)
    gone = await world.client.delete(
        f"{PATH}/{identifier}", headers={**writer, "if-match": changed.headers["etag"]}
    )
    assert gone.status_code == 204
    assert (await world.client.get(f"{PATH}/{identifier}")).status_code == 404
    await world.factory.live_copy.load()
    for before in (none_yet, one, two):
        again = await world.client.get(before.json()["receipt"]["request"])
        assert again.content == before.content


async def test_the_same_key_sets_a_target_once(world: World, writer: dict[str, str]) -> None:
    await world.apply()
    keyed = {**writer, "idempotency-key": "k1"}
    first = await world.client.post(PATH, json=DRAFT, headers=keyed)
    again = await world.client.post(PATH, json=DRAFT, headers=keyed)
    other = await world.client.post(PATH, json={**DRAFT, "goal": 0.8}, headers=keyed)
    assert (again.status_code, again.json()) == (201, first.json())
    assert other.status_code == 422
    assert "idempotency" in other.json()["type"]


async def test_a_change_needs_the_revision_that_was_read(
    world: World, writer: dict[str, str]
) -> None:
    await world.apply()
    url = (await created(world, writer)).headers["location"]
    for sent, status in ((None, 428), ('"7"', 412)):
        headers = {**writer, "if-match": sent} if sent else writer
        replaced = await world.client.put(url, json=DRAFT, headers=headers)
        removed = await world.client.delete(url, headers=headers)
        assert (replaced.status_code, removed.status_code) == (status, status)


async def test_targets_of_the_service_are_changed_in_their_files_only(
    world: World, writer: dict[str, str]
) -> None:
    url = f"{PATH}/formation_4a_2016"
    headers = {**writer, "if-match": "*"}
    assert (await world.client.get(url)).json()["revision"] == 0
    assert (await world.client.put(url, json=DRAFT, headers=headers)).status_code == 409
    assert (await world.client.delete(url, headers=headers)).status_code == 409


async def test_a_limited_caller_sets_and_sees_targets_of_its_areas_only(
    world: World, writer: dict[str, str], keys: TestKeys
) -> None:
    await world.apply()
    here = keys.headers("metrics:read metrics:write", areas=["440303"])
    refused: list[dict[str, list[str]]] = [
        {}, {"area": ["440306"]}, {"area": ["440303", "440306"]}, {"area": ["440300"]},
        {"body": ["health"]}, {"street": ["unassigned"]},
    ]  # fmt: skip
    for filters in refused:
        answer = await world.client.post(PATH, json={**DRAFT, "filters": filters}, headers=here)
        assert answer.status_code == 403, filters
    own = (await created(world, here)).json()["id"]
    everybodys = (await created(world, writer, filters={"grade": ["4A"]})).json()["id"]
    elsewhere = await created(world, writer, filters={"area": ["440306"]})
    seen = await world.client.get(PATH, headers=here)
    ids = [target["id"] for target in seen.json()["targets"] if target["revision"]]
    assert ids == [own, everybodys]
    hidden = elsewhere.headers["location"]
    change = {**here, "if-match": "*"}
    unknown = f"{PATH}/{UUID(int=1)}"
    for url in (hidden, unknown):
        assert (await world.client.get(url, headers=here)).status_code == 404
        assert (await world.client.put(url, json=DRAFT, headers=change)).status_code == 404
        assert (await world.client.delete(url, headers=change)).status_code == 404
    assert (await world.client.delete(f"{PATH}/{everybodys}", headers=change)).status_code == 403
    asked = {"target": elsewhere.json()["id"]}
    assert (await world.client.get(PATH, params=asked, headers=here)).status_code == 422


@pytest.mark.parametrize(
    ("changes", "pointer"),
    [
        ({"goal": 0}, "/goal"),
        ({"goal": 1.1}, "/goal"),
        ({"goal": 10**400}, "/goal"),
        ({"goal": "NaN"}, "/goal"),
        ({"goal": 0.12345678}, "/goal"),
        ({"indicator": "happiness"}, "/indicator"),
        ({"deadline": "2016-13-01"}, "/deadline"),
        ({"deadline": "9999-12-31"}, "/deadline"),
        ({"title": {"zh": "  ", "en": "x"}}, "/title/zh"),
        ({"filters": {"colour": ["red"]}}, "/filters/colour"),
        ({"filters": {"grade": ["9A"]}}, "/filters/grade"),
        ({"filters": {"area": ["999999"]}}, "/filters/area"),
        ({"filters": {"body": ["nobody"]}}, "/filters/body"),
        ({"filters": {"grade": []}}, "/filters/grade"),
        ({"colour": "red"}, "/colour"),
    ],
)
async def test_a_target_that_cannot_be_meant_is_refused_by_place(
    world: World, writer: dict[str, str], changes: dict[str, Any], pointer: str
) -> None:
    await world.apply()
    answer = await world.client.post(PATH, json={**DRAFT, **changes}, headers=writer)
    assert answer.status_code == 422, answer.text
    assert [error["pointer"] for error in answer.json()["errors"]] == [pointer]
    assert "{" not in answer.json()["errors"][0]["detail"]


async def test_writing_needs_its_scope_and_there_is_an_end_to_targets(
    world: World, writer: dict[str, str]
) -> None:
    await world.apply()
    assert (await world.client.post(PATH, json=DRAFT)).status_code == 403
    for _ in range(world.factory.settings.max_own_targets):
        await created(world, writer)
    refused = await world.client.post(PATH, json=DRAFT, headers=writer)
    assert (refused.status_code, refused.json()["limit"]) == (409, 4)
