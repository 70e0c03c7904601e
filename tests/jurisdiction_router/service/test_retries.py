"""A retried POST under the same key gets the same answer, and nothing happens twice."""

from typing import Any
from uuid import UUID

import httpx
from tests.jurisdiction_router.approvals import impact_of, read_impact
from tests.jurisdiction_router.registry_ledger import RegistryLedger
from tests.jurisdiction_router.small_city import organization

from jurisdiction_router.policy import read_packaged
from servicekit.follower import Follower
from servicekit.testing import TestKeys

CLINIC = str(UUID(int=1))
HEALTH = "440303-district_health_committee"
YAML = {"content-type": "application/yaml"}


async def twice(
    client: httpx.AsyncClient, path: str, headers: dict[str, str], **request: Any
) -> httpx.Response:
    """Send it twice under one key; the answer."""
    headers = {**headers, "idempotency-key": f"key of {path}"}
    first = await client.post(path, headers=headers, **request)
    assert first.is_success, first.text
    head = (await client.get("/v1/changes")).json()["head"]
    again = await client.post(path, headers=headers, **request)
    assert (again.status_code, again.content) == (first.status_code, first.content)
    for name in ("etag", "location"):
        assert again.headers.get(name) == first.headers.get(name)
    assert (await client.get("/v1/changes")).json()["head"] == head
    return first


async def test_a_rule_set_goes_its_whole_way_by_retried_requests(
    city: httpx.AsyncClient, keys: TestKeys
) -> None:
    text = read_packaged("shenzhen-2016.yaml").replace("id: shenzhen-2016", "id: shenzhen-2018", 1)
    drafted = await twice(city, "/v1/rule-sets", YAML, content=text)
    assert (drafted.status_code, drafted.headers["etag"]) == (201, '"1"')
    path = drafted.headers["location"]
    proof = await twice(city, f"{path}/proof", {})
    assert proof.json()["proved"] is True
    impact = await impact_of(city, path, {"from": "2027-01-01"})
    approval = {"impact": impact["id"], "digest": impact["result"]["digest"]}
    approver = {**keys.headers(client="approver"), "if-match": '"2"'}
    approved = await twice(city, f"{path}/approval", approver, json=approval)
    assert approved.json()["plan"]["from"] == "2027-01-01"
    guard = {"if-match": approved.headers["etag"]}
    withdrawn = await twice(city, f"{path}/withdrawal", guard, json={"reason": "再议"})
    assert withdrawn.json()["plan"] is None
    reused = await city.post(
        f"{path}/withdrawal",
        headers={**guard, "idempotency-key": f"key of {path}/withdrawal"},
        json={"reason": "另议"},
    )
    assert reused.json()["type"].endswith("idempotency-conflict")


async def test_restructurings_and_disputes_end_once(
    city: httpx.AsyncClient, registry: RegistryLedger, follower: Follower
) -> None:
    registry.say(CLINIC, "2009-03-02", ("2009-03-02", None, organization()))
    await follower.step()
    request = {
        "title": "更名", "effective_on": "2017-01-01", "reference": "x",
        "changes": [{"op": "rename_body", "id": HEALTH, "name": "罗湖区委卫生工委"}],
    }  # fmt: skip
    draft = await twice(city, "/v1/restructurings", {}, json=request)
    digest = (await read_impact(city, draft.json()))["result"]["digest"]
    path = f"{draft.headers['location']}/application"
    guard = {"if-match": draft.headers["etag"]}
    applied = await twice(city, path, guard, json={"digest": digest})
    assert applied.json()["done"]["reassigned"] == 1
    dispute = {"organization_id": CLINIC, "body_id": HEALTH, "reason": "x"}
    opened = await twice(city, "/v1/disputes", {}, json=dispute)
    path = f"{opened.headers['location']}/withdrawal"
    guard = {"if-match": opened.headers["etag"]}
    withdrawn = await twice(city, path, guard, json={"reason": "x"})
    assert withdrawn.json()["state"] == "withdrawn"
