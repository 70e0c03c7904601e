"""What the registry says becomes an assignment, and stays in step with it."""

from typing import Any
from uuid import UUID

import httpx
from pydantic import SecretStr
from tests.jurisdiction_router.approvals import enact
from tests.jurisdiction_router.registry_ledger import RegistryLedger
from tests.jurisdiction_router.small_city import organization

from jurisdiction_router.core.deciding.decision import digest_of
from jurisdiction_router.factory import compose
from jurisdiction_router.main import build, make_follower
from jurisdiction_router.policy import read_packaged
from jurisdiction_router.settings import Settings
from servicekit.follower import Follower
from servicekit.testing import TestDatabases, TestKeys, running

HOSPITAL = str(UUID(int=1))
CLINIC = str(UUID(int=2))
NEW = {
    "registration": {
        "mode": "dual", "level": "district",
        "authority": {"name": "龙华新区", "division_code": "440309"}, "registered_on": None,
    },
    "domicile": {"division_code": "440309001", "address": "…"},
}  # fmt: skip


async def test_a_hospital_goes_to_the_city_and_a_clinic_to_its_street(
    city: httpx.AsyncClient, registry: RegistryLedger, follower: Follower
) -> None:
    hospital = organization(institution_type="private_hospital")
    registry.say(HOSPITAL, "2009-03-02", ("2009-03-02", None, hospital))
    registry.say(CLINIC, "2009-03-02", ("2009-03-02", None, organization(**NEW)))
    assert await follower.step() == 2

    answer = (await city.get(f"/v1/assignments/{HOSPITAL}")).json()
    assert answer["supervising"]["name"] == "市委卫生工委"
    assert answer["rule"] == "private-hospital"
    assert answer["clause"]["text"] == "民办医院党组织由市委卫生工委领导和管理"
    assert answer["valid_from"] == "2016-01-01"
    assert {"rule": "private-hospital", "result": "applies"} in answer["trace"]["rules"]
    assert answer["assisting"][0]["name"] == "罗湖区卫计局"

    answer = (await city.get(f"/v1/assignments/{CLINIC}")).json()
    assert answer["supervising"]["name"] == "观湖街道党工委"
    steps = {step["kind"]: step["result"] for step in answer["trace"]["candidates"]}
    assert steps["district_health_committee"] == "no_such_body"


async def test_the_digest_of_an_assignment_can_be_checked_by_anyone(
    city: httpx.AsyncClient, registry: RegistryLedger, follower: Follower
) -> None:
    registry.say(CLINIC, "2009-03-02", ("2009-03-02", None, organization()))
    await follower.step()
    answer = (await city.get(f"/v1/assignments/{CLINIC}")).json()
    around = ("organization_id", "area", "valid_from", "valid_until", "history")
    digest = answer.pop("decision")
    document = {name: value for name, value in answer.items() if name not in around}
    assert digest_of(document) == digest


async def test_an_organization_that_never_was_is_assigned_to_nobody(
    city: httpx.AsyncClient, registry: RegistryLedger, follower: Follower
) -> None:
    registry.say(CLINIC, "2009-03-02", ("2009-03-02", None, organization()))
    await follower.step()
    registry.say(CLINIC, "2009-03-02")
    await follower.step()
    assert (await city.get(f"/v1/assignments/{CLINIC}")).status_code == 404
    assert (await city.get("/v1/assignments")).json()["items"] == []
    told = (await city.get("/v1/changes", params={"limit": 1000})).json()["events"][-1]
    assert (told["subject"], told["data"]["timeline"]) == (CLINIC, [])


async def test_a_change_of_facts_changes_the_assignment_from_its_day(
    city: httpx.AsyncClient, registry: RegistryLedger, follower: Follower
) -> None:
    registry.say(CLINIC, "2009-03-02", ("2009-03-02", None, organization()))
    unlicensed = organization(licence_issuer=None)
    registry.say(CLINIC, "2017-03-01", ("2017-03-01", None, unlicensed))
    gone = organization(status="deregistered")
    registry.say(CLINIC, "2018-01-01", ("2018-01-01", None, gone))
    await follower.step()

    path = f"/v1/assignments/{CLINIC}"
    before = (await city.get(path, params={"valid_on": "2017-02-28"})).json()
    after = (await city.get(path, params={"valid_on": "2017-03-01"})).json()
    assert before["supervising"]["name"] == "罗湖区卫生系统党委"
    assert after["supervising"]["name"] == "桂园街道党工委"
    assert [(s["from"], s["until"]) for s in after["history"]] == [
        ("2016-01-01", "2017-03-01"),
        ("2017-03-01", "2018-01-01"),
    ]
    for day in ("2015-12-31", "2018-01-01"):
        assert (await city.get(path, params={"valid_on": day})).status_code == 404

    changes = (await city.get("/v1/changes", params={"limit": 1000})).json()["events"]
    told = [event for event in changes if event["type"] == "assignment.changed"]
    assert [event["revision"] for event in told] == [1, 2, 3]
    assert [event["data"]["effective_on"] for event in told] == [
        "2016-01-01", "2017-03-01", "2018-01-01",
    ]  # fmt: skip
    assert told[2]["data"]["timeline"] == []
    assert told[1]["data"]["timeline"][0]["state"]["decision"] == after["decision"]


async def test_a_change_that_decides_nothing_says_nothing(
    city: httpx.AsyncClient, registry: RegistryLedger, follower: Follower
) -> None:
    registry.say(CLINIC, "2009-03-02", ("2009-03-02", None, organization()))
    await follower.step()
    head = (await city.get("/v1/changes")).json()["head"]
    registry.say(CLINIC, "2017-03-01", ("2017-03-01", None, organization(name="改了名")))
    assert await follower.step() == 1
    assert (await city.get("/v1/changes")).json()["head"] == head


async def test_a_correction_of_an_earlier_day_replaces_what_followed(
    city: httpx.AsyncClient, registry: RegistryLedger, follower: Follower
) -> None:
    registry.say(CLINIC, "2009-03-02", ("2009-03-02", None, organization()))
    registry.say(CLINIC, "2017-03-01", ("2017-03-01", None, organization(licence_issuer=None)))
    registry.say(CLINIC, "2017-02-01", ("2017-02-01", None, organization()))
    await follower.step()
    history = (await city.get(f"/v1/assignments/{CLINIC}")).json()["history"]
    assert [(s["from"], s["until"]) for s in history] == [("2016-01-01", None)]


async def test_a_rebuilt_router_says_the_same_however_the_ledger_is_paged(
    city: httpx.AsyncClient,
    registry: RegistryLedger,
    follower: Follower,
    settings: Settings,
    databases: TestDatabases,
    directory_import: dict[str, Any],
    keys: TestKeys,
) -> None:
    """One router follows event by event, an empty one replays all of them in one page."""
    steps: list[tuple[str, dict[str, Any]]] = [
        ("2009-03-02", organization()),
        ("2017-03-01", organization(licence_issuer=None)),
        ("2017-02-01", organization(institution_type="private_hospital")),
        ("2018-02-01", organization(status="revoked")),
    ]
    for day, state in steps:
        for subject in (HOSPITAL, CLINIC):
            registry.say(subject, day, (day, None, state))
        assert await follower.step() == 2
    told = await _told(city)

    url = await databases.create("jurisdiction_router")
    fresh = settings.model_copy(update={"database_url": SecretStr(url)})
    services = compose(fresh)
    async with running(build(fresh), **keys.headers()) as router, registry.client() as feed:
        await router.post("/v1/directory/imports?activate=true", json=directory_import)
        await enact(router, keys, read_packaged("shenzhen-2016.yaml"))
        assert await make_follower(services, feed).step() == 2 * len(steps)
        assert await _told(router) == told
    await services.database.close()
    await databases.drop(url)


async def _told(router: httpx.AsyncClient) -> list[Any]:
    """What a router's ledger says of organizations, without what is its own: ids and times."""
    events = (await router.get("/v1/changes", params={"limit": 1000})).json()["events"]
    return [
        (event["subject"], event["revision"], event["type"], event["data"])
        for event in events
        if event["type"] == "assignment.changed"
    ]


async def test_an_event_that_cannot_be_read_parks_its_subject_only(
    city: httpx.AsyncClient, registry: RegistryLedger, follower: Follower
) -> None:
    broken: Any = "no state"
    registry.say(HOSPITAL, "2009-03-02", ("2009-03-02", None, broken))
    registry.say(CLINIC, "2009-03-02", ("2009-03-02", None, organization()))
    assert await follower.step() == 2
    status = (await city.get("/v1/feed-status")).json()
    assert [parked["subject"] for parked in status["parked"]] == [HOSPITAL]
    assert (status["position"], status["lag"]) == (2, 0)
    assert (await city.get(f"/v1/assignments/{CLINIC}")).status_code == 200
    assert (await city.get(f"/v1/assignments/{HOSPITAL}")).status_code == 404


async def test_a_new_body_moves_the_organizations_it_touches_and_no_others(
    city: httpx.AsyncClient, registry: RegistryLedger, follower: Follower
) -> None:
    registry.say(CLINIC, "2009-03-02", ("2009-03-02", None, organization(**NEW)))
    registry.say(HOSPITAL, "2009-03-02", ("2009-03-02", None, organization()))
    await follower.step()
    founded = {
        "id": "440309-health", "kind": "district_health_committee", "name": "龙华区卫生系统党委",
        "area_code": "440309", "valid_from": "2017-01-07",
    }  # fmt: skip
    path = "/v1/directory/imports?activate=true"
    done = (await city.post(path, json={"bodies": [founded]})).json()["done"]
    assert done == {
        "areas": 0,
        "bodies": 1,
        "reassessed": 1,
        "reassigned": 1,
        "job": None,
        "holes": 0,
    }
    history = (await city.get(f"/v1/assignments/{CLINIC}")).json()["history"]
    assert [(s["from"], s["state"]["supervising"]["name"]) for s in history] == [
        ("2016-01-01", "观湖街道党工委"),
        ("2017-01-07", "龙华区卫生系统党委"),
    ]
    again = (await city.post(path, json={"bodies": [founded]})).json()["done"]
    assert again == {
        "areas": 0,
        "bodies": 0,
        "reassessed": 0,
        "reassigned": 0,
        "job": None,
        "holes": 0,
    }


async def test_organizations_that_came_before_the_rule_set_are_assigned_by_its_activation(
    router: httpx.AsyncClient,
    keys: TestKeys,
    directory_import: dict[str, Any],
    registry: RegistryLedger,
    follower: Follower,
) -> None:
    await router.post("/v1/directory/imports?activate=true", json=directory_import)
    registry.say(CLINIC, "2009-03-02", ("2009-03-02", None, organization()))
    await follower.step()
    early = (await router.get(f"/v1/assignments/{CLINIC}")).json()
    assert (early["outcome"], early["rule"]) == ("out_of_scope", None)
    await enact(router, keys, read_packaged("shenzhen-2016.yaml"))
    late = (await router.get(f"/v1/assignments/{CLINIC}")).json()
    assert late["supervising"]["name"] == "罗湖区卫生系统党委"
    past = await router.get(f"/v1/assignments/{CLINIC}", params={"valid_on": "2010-01-01"})
    assert past.status_code == 404
