"""Importing the directory: sound as a whole, or nothing changes."""

import asyncio
from dataclasses import replace
from typing import Any
from uuid import UUID

import httpx
import orjson
import pytest
from tests.jurisdiction_router.registry_ledger import RegistryLedger
from tests.jurisdiction_router.small_city import organization

from jurisdiction_router.directory.requests import body_entry
from jurisdiction_router.directory.schemas import BodyIn
from jurisdiction_router.directory_imports.load import Request, RequestedItem
from jurisdiction_router.factory import compose
from jurisdiction_router.settings import Settings
from servicekit.auth import Caller
from servicekit.follower import Follower
from servicekit.ledger import Attempt
from servicekit.testing import TestKeys

COMMITTEE = "440303-district_health_committee"

STREET = {
    "code": "440303002", "name": "黄贝街道", "level": "street", "parent": "440303",
    "valid_from": "2000-01-01",
}  # fmt: skip
BODY = {
    "id": "b1", "kind": "street_work_committee", "name": "黄贝街道党工委",
    "area_code": "440303001", "valid_from": "2000-01-01",
}  # fmt: skip


async def test_areas_and_bodies_are_read_back_as_imported(
    city: httpx.AsyncClient, directory_import: dict[str, Any]
) -> None:
    page = (await city.get("/v1/areas", params={"limit": 1000, "count": "exact"})).json()
    assert page["count"] == len(directory_import["areas"])
    area = (await city.get("/v1/areas/440303001")).json()
    assert (area["name"], area["parent"], area["level"]) == ("桂园街道", "440303", "street")
    children = (await city.get("/v1/areas", params={"parent": "440300"})).json()["items"]
    assert [item["code"] for item in children] == ["440303", "440309"]
    bodies = await city.get("/v1/bodies", params={"kind": "street_work_committee"})
    assert len(bodies.json()["items"]) == 2
    one = bodies.json()["items"][0]
    assert (await city.get(f"/v1/bodies/{one['id']}")).json() == one


async def test_each_real_change_is_one_event(
    city: httpx.AsyncClient, directory_import: dict[str, Any]
) -> None:
    head = (await city.get("/v1/changes")).json()["head"]
    again = await city.post("/v1/directory/imports?activate=true", json=directory_import)
    assert again.json()["done"]["areas"] == again.json()["done"]["bodies"] == 0
    assert (await city.get("/v1/changes")).json()["head"] == head
    renamed = {**directory_import["areas"][4], "name": "桂园街道（新）"}
    await city.post(
        "/v1/directory/imports?activate=true", json={"reason": "renamed", "areas": [renamed]}
    )
    (event,) = (await city.get("/v1/changes", params={"after": head})).json()["events"]
    assert (event["type"], event["subject"], event["revision"]) == (
        "area.changed", "area:440303001", 2,
    )  # fmt: skip
    assert event["data"]["timeline"][0]["state"]["name"] == "桂园街道（新）"


async def test_a_transfer_is_two_dated_parents(city: httpx.AsyncClient) -> None:
    moved = {
        **{key: value for key, value in STREET.items() if key != "parent"},
        "parents": [
            {"parent": "440303", "valid_from": "2000-01-01", "valid_until": "2017-01-01"},
            {"parent": "440309", "valid_from": "2017-01-01"},
        ],
    }
    done = await city.post("/v1/directory/imports?activate=true", json={"areas": [moved]})
    assert done.status_code == 201
    for day, parent in (("2016-06-14", "440303"), ("2017-01-01", "440309")):
        page = await city.get("/v1/areas", params={"parent": parent, "valid_on": day})
        assert "440303002" in [item["code"] for item in page.json()["items"]]
    assert (await city.get("/v1/areas/440303002")).json()["parent"] == "440309"


@pytest.mark.parametrize(
    ("body", "pointer", "rule"),
    [
        ({"areas": [{**STREET, "parent": "440399"}]}, "/areas/0/parent", "area_parent_unknown"),
        ({"areas": [{**STREET, "parent": None}]}, "/areas/0/parent", "area_parent_missing"),
        ({"areas": [{**STREET, "level": "district"}]}, "/areas/0/code", "area_code"),
        ({"areas": [{**STREET, "parent": "440303002"}]}, "/areas/0/parent", "area_cycle"),
        (
            {"areas": [{**STREET, "valid_until": "1999-01-01"}]},
            "/areas/0/valid_until",
            "ends_before_start",
        ),
        (
            {"areas": [{**STREET, "valid_from": "1990-01-01"}]},
            "/areas/0/parent",
            "area_outlives_parent",
        ),
        ({"areas": [STREET, STREET]}, "/areas/1/code", "duplicate_key"),
        ({"areas": [{**STREET, "level": "village"}]}, "/areas/0/level", "literal_error"),
        ({"bodies": [{**BODY, "area_code": "440399"}]}, "/bodies/0/area_code", "body_area_unknown"),
        ({"bodies": [BODY]}, "/bodies/0/id", "body_double"),
        ({"bodies": [{**BODY, "kind": "committee"}]}, "/bodies/0/kind", "literal_error"),
        ({"bodies": [{**BODY, "system": "health"}]}, "/bodies/0/system", "body_system"),
        (
            {"bodies": [{**BODY, "successor": "b2"}]},
            "/bodies/0/successor",
            "body_successor_unknown",
        ),
        ({"bodies": [{**BODY, "colour": "red"}]}, "/bodies/0/colour", "extra_forbidden"),
    ],
)
async def test_an_unsound_directory_is_refused_and_nothing_changes(
    city: httpx.AsyncClient, body: dict[str, Any], pointer: str, rule: str
) -> None:
    head = (await city.get("/v1/changes")).json()["head"]
    answer = await city.post("/v1/directory/imports?activate=true", json=body)
    assert answer.status_code == 422
    assert (pointer, rule) in [(e["pointer"], e["rule"]) for e in answer.json()["errors"]]
    assert (await city.get("/v1/changes")).json()["head"] == head


async def test_a_limited_caller_imports_only_at_home(
    city: httpx.AsyncClient, keys: TestKeys
) -> None:
    limited = keys.headers("router:write", areas=["440309"])
    away = await city.post(
        "/v1/directory/imports?activate=true", json={"areas": [STREET]}, headers=limited
    )
    assert away.status_code == 403
    at_home = {**STREET, "code": "440309002", "parent": "440309"}
    done = await city.post(
        "/v1/directory/imports?activate=true", json={"areas": [at_home]}, headers=limited
    )
    assert done.status_code == 201


async def test_a_limited_caller_takes_no_body_from_elsewhere(
    city: httpx.AsyncClient, keys: TestKeys
) -> None:
    limited = keys.headers("router:write", areas=["440309"])
    held = (await city.get(f"/v1/bodies/{COMMITTEE}")).json()
    taken = {**held, "area_code": "440309"}
    head = (await city.get("/v1/changes")).json()["head"]
    put = await city.put(
        f"/v1/bodies/{COMMITTEE}", json=taken, headers={**limited, "if-match": '"1"'}
    )
    imported = [
        await city.post(f"/v1/directory/imports{how}", json={"bodies": [taken]}, headers=limited)
        for how in ("", "?activate=true")
    ]
    for answer in (put, *imported):
        assert (answer.status_code, answer.json()["area"]) == (403, "440303")
    assert (await city.get("/v1/changes")).json()["head"] == head


async def test_a_body_in_use_stays_of_its_kind_and_in_its_area(
    city: httpx.AsyncClient, registry: RegistryLedger, follower: Follower
) -> None:
    read = await city.get(f"/v1/bodies/{COMMITTEE}")
    match = {"if-match": read.headers["etag"]}
    moved = {**read.json(), "area_code": "440309"}
    registry.say(str(UUID(int=1)), "2009-03-02", ("2009-03-02", None, organization()))
    await follower.step()
    for body, field in ((moved, "area_code"), ({**read.json(), "kind": "joint_committee"}, "kind")):
        answer = await city.put(f"/v1/bodies/{COMMITTEE}", json=body, headers=match)
        assert answer.status_code == 422
        (error,) = answer.json()["errors"]
        assert (error["pointer"], error["rule"]) == (f"/{field}", "body_in_use")
    assert (await city.get(f"/v1/bodies/{COMMITTEE}")).json() == read.json()


async def test_a_body_that_nobody_hangs_on_can_be_put_right(city: httpx.AsyncClient) -> None:
    read = await city.get(f"/v1/bodies/{COMMITTEE}")
    done = await city.put(
        f"/v1/bodies/{COMMITTEE}",
        json={**read.json(), "area_code": "440309"},
        headers={"if-match": read.headers["etag"]},
    )
    assert (done.status_code, done.json()["bodies"]) == (200, 1)


async def test_names_are_one_line(city: httpx.AsyncClient) -> None:
    for name in ("黄贝\n街道", "黄贝\u0001街道"):
        answer = await city.put("/v1/areas/440303002", json={**STREET, "name": name})
        assert (answer.status_code, answer.json()["errors"][0]["pointer"]) == (422, "/name")


async def test_writing_needs_its_scope(city: httpx.AsyncClient, keys: TestKeys) -> None:
    for scope, status in (("router:read", 403), ("router:write", 201)):
        answer = await city.post(
            "/v1/directory/imports?activate=true", json={}, headers=keys.headers(scope)
        )
        assert answer.status_code == status


async def test_names_codes_and_successors_are_read_on_any_date(city: httpx.AsyncClient) -> None:
    old = {
        **STREET, "valid_until": "2017-01-01", "successors": [{"code": "440303003"}],
        "codes": [{"system": "statistics", "code": "S-1", "valid_from": "2000-01-01"}],
    }  # fmt: skip
    new = {
        **STREET, "code": "440303003", "name": "黄贝岭街道", "valid_from": "2017-01-01",
        "former_names": [{"name": "黄贝街道", "until": "2018-01-01"}],
    }  # fmt: skip
    done = await city.post("/v1/directory/imports?activate=true", json={"areas": [old, new]})
    assert done.status_code == 201, done.text
    for day, name in (("2017-06-01", "黄贝街道"), ("2018-01-01", "黄贝岭街道")):
        one = await city.get("/v1/areas/440303003", params={"valid_on": day})
        assert one.json()["name"] == name
        listed = await city.get("/v1/areas", params={"area": "440303003", "valid_on": day})
        assert [item["name"] for item in listed.json()["items"]] == [name]
    found = await city.get("/v1/areas", params={"other_code": "S-1", "code_system": "statistics"})
    assert [item["code"] for item in found.json()["items"]] == ["440303002"]
    found = await city.get("/v1/areas", params={"successor": "440303003"})
    assert [item["code"] for item in found.json()["items"]] == ["440303002"]
    there = (await city.get("/v1/areas/440303002/on-day", params={"valid_on": "2018-01-01"})).json()
    assert (there["areas"], there["path"]["district"]) == (["440303003"], "440303")
    (event,) = [
        event
        for event in (await city.get("/v1/changes", params={"limit": 1000})).json()["events"]
        if event["subject"] == "area:440303002"
    ]
    state = event["data"]["timeline"][0]["state"]
    assert state["successors"] == [{"code": "440303003", "valid_from": "2017-01-01"}]


@pytest.mark.parametrize(
    ("area", "pointer", "rule"),
    [
        (
            {"former_names": [{"name": "旧", "until": "1999-01-01"}]},
            "/areas/0/former_names/0/until",
            "names_overlap",
        ),
        (
            {"codes": [{"system": "s", "code": "1", "valid_from": "2000-01-01"},
                       {"system": "s", "code": "2", "valid_from": "2010-01-01"}]},
            "/areas/0/codes",
            "codes_overlap",
        ),
        (
            {"parents": [{"parent": "440303", "valid_from": "2000-01-01"},
                         {"parent": "440309", "valid_from": "2010-01-01"}]},
            "/areas/0/parents",
            "area_parents_overlap",
        ),
        (
            {"valid_until": "2010-01-01", "successors": [{"code": "440303099"}]},
            "/areas/0/successors",
            "area_successor_unknown",
        ),
        (
            {"valid_until": "2010-01-01", "successors": [{"code": "440303"}]},
            "/areas/0/successors",
            "area_successor_level",
        ),
    ],
)  # fmt: skip
async def test_overlaps_and_impossible_successors_are_refused(
    city: httpx.AsyncClient, area: dict[str, Any], pointer: str, rule: str
) -> None:
    answer = await city.post(
        "/v1/directory/imports?activate=true", json={"areas": [{**STREET, **area}]}
    )
    assert answer.status_code == 422
    assert (pointer, rule) in [(e["pointer"], e["rule"]) for e in answer.json()["errors"]]


async def test_what_organizations_hang_on_ends_only_with_a_successor(
    city: httpx.AsyncClient,
    registry: RegistryLedger,
    follower: Follower,
    directory_import: dict[str, Any],
) -> None:
    registry.say(str(UUID(int=1)), "2009-03-02", ("2009-03-02", None, organization()))
    await follower.step()
    (held,) = [b for b in directory_import["bodies"] if b["id"] == COMMITTEE]
    ended = {**held, "valid_until": "2017-01-01"}
    head = (await city.get("/v1/changes")).json()["head"]
    answer = await city.post("/v1/directory/imports?activate=true", json={"bodies": [ended]})
    assert answer.status_code == 422
    (error,) = answer.json()["errors"]
    assert (error["pointer"], error["rule"]) == ("/bodies/0/successor", "body_still_supervises")
    assert (await city.get("/v1/changes")).json()["head"] == head
    heir = {**held, "id": "heir", "name": "罗湖区卫生健康工委", "valid_from": "2017-01-01"}
    bodies = [{**ended, "successor": "heir"}, heir]
    done = await city.post("/v1/directory/imports?activate=true", json={"bodies": bodies})
    assert done.json()["done"]["reassigned"] == 1
    found = (await city.get(f"/v1/assignments/{UUID(int=1)}")).json()
    assert [s["state"]["supervising"]["id"] for s in found["history"]] == [COMMITTEE, "heir"]


async def test_many_organizations_are_reassessed_by_a_job(
    city: httpx.AsyncClient,
    settings: Settings,
    registry: RegistryLedger,
    follower: Follower,
    directory_import: dict[str, Any],
) -> None:
    for number in range(1, 8):
        registry.say(str(UUID(int=number)), "2009-03-02", ("2009-03-02", None, organization()))
    await follower.step()
    services = compose(settings)
    change = services.load_import.activation.change_directory
    few = replace(change, reassess=replace(change.reassess, at_once=3))
    load = replace(
        services.load_import,
        activation=replace(services.load_import.activation, change_directory=few),
    )
    (held,) = [b for b in directory_import["bodies"] if b["id"] == COMMITTEE]
    body = body_entry(BodyIn.model_validate({**held, "name": "第二届"}))
    caller = Caller("tester", frozenset(), None)
    item = RequestedItem("/bodies/0", None, "body", body.id, body)
    attempt = Attempt(None, None, "")
    answer = await load(caller, Request([item], "json", "renamed"), attempt, activate=True)
    done = orjson.loads(answer.body)["done"]
    assert (answer.status, answer.location) == (202, f"/v1/jobs/{done['job']}")
    assert (done["reassessed"], done["reassigned"]) == (7, None)
    await services.database.close()

    async def ended() -> dict[str, Any]:
        while True:
            job: dict[str, Any] = (await city.get(f"/v1/jobs/{done['job']}")).json()
            if job["state"] in ("succeeded", "failed"):
                return job
            await asyncio.sleep(0.05)

    job = await asyncio.wait_for(ended(), 30)
    assert (job["state"], job["done"], job["total"]) == ("succeeded", 7, 7)
    assert job["result"] == {"reassessed": 7, "reassigned": 7}
    page = (await city.get("/v1/assignments", params={"limit": 100})).json()
    assert {item["supervising"]["name"] for item in page["items"]} == {"第二届"}


async def test_one_area_or_body_is_changed_by_who_has_read_it(city: httpx.AsyncClient) -> None:
    added = await city.put("/v1/areas/440303002", json=STREET)
    assert (added.status_code, added.json()["areas"]) == (200, 1)
    renamed = {**STREET, "name": "黄贝岭街道"}
    assert (await city.put("/v1/areas/440303002", json=renamed)).status_code == 428
    tag = (await city.get("/v1/areas/440303002")).headers["etag"]
    done = await city.put("/v1/areas/440303002", json=renamed, headers={"if-match": tag})
    assert done.status_code == 200
    stale = await city.put("/v1/areas/440303002", json=STREET, headers={"if-match": tag})
    assert stale.status_code == 412
    assert (await city.get("/v1/areas/440303002")).json()["name"] == "黄贝岭街道"
    other = await city.put("/v1/bodies/b2", json={**BODY, "area_code": "440303002"})
    assert other.json()["errors"][0]["rule"] == "other_key"
    body = await city.put("/v1/bodies/b1", json={**BODY, "area_code": "440303002"})
    assert body.json()["bodies"] == 1
