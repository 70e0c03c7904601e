"""Importing the directory: sound as a whole, or nothing changes."""

from typing import Any

import httpx
import pytest

from servicekit.testing import TestKeys

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
    again = await city.post("/v1/directory/imports", json=directory_import)
    assert again.json()["areas"] == again.json()["bodies"] == 0
    assert (await city.get("/v1/changes")).json()["head"] == head
    renamed = {**directory_import["areas"][4], "name": "桂园街道（新）"}
    await city.post("/v1/directory/imports", json={"reason": "renamed", "areas": [renamed]})
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
    assert (await city.post("/v1/directory/imports", json={"areas": [moved]})).status_code == 200
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
    answer = await city.post("/v1/directory/imports", json=body)
    assert answer.status_code == 422
    assert (pointer, rule) in [(e["pointer"], e["rule"]) for e in answer.json()["errors"]]
    assert (await city.get("/v1/changes")).json()["head"] == head


async def test_a_limited_caller_imports_only_at_home(
    city: httpx.AsyncClient, keys: TestKeys
) -> None:
    limited = keys.headers("router:write", areas=["440309"])
    away = await city.post("/v1/directory/imports", json={"areas": [STREET]}, headers=limited)
    assert away.status_code == 403
    at_home = {**STREET, "code": "440309002", "parent": "440309"}
    done = await city.post("/v1/directory/imports", json={"areas": [at_home]}, headers=limited)
    assert done.status_code == 200


async def test_writing_needs_its_scope(city: httpx.AsyncClient, keys: TestKeys) -> None:
    for scope, status in (("router:read", 403), ("router:write", 200)):
        answer = await city.post("/v1/directory/imports", json={}, headers=keys.headers(scope))
        assert answer.status_code == status
