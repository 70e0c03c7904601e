"""Restructurings as they happened: planned, shown with everyone who moves, applied at once."""

from typing import Any
from uuid import UUID

import httpx
import pytest
from tests.jurisdiction_router.approvals import apply_restructuring, read_impact
from tests.jurisdiction_router.registry_ledger import RegistryLedger
from tests.jurisdiction_router.small_city import organization

from jurisdiction_router.settings import Settings
from servicekit.follower import Follower
from servicekit.testing import TestKeys, leave_jobs

SCHOOL, CLINIC, OTHER = (str(UUID(int=number)) for number in (1, 2, 3))
TODAY = "2018-06-14"


def at(street: str, authority: str, **changed: Any) -> dict[str, Any]:
    return organization(
        registration={"mode": "dual", "level": "district",
                      "authority": {"name": "民政局", "division_code": authority}},
        domicile={"division_code": street, "address": "…"}, **changed,
    )  # fmt: skip


@pytest.fixture
async def known(
    city: httpx.AsyncClient, registry: RegistryLedger, follower: Follower
) -> httpx.AsyncClient:
    """A clinic and a school in the new district's street, a clinic elsewhere."""
    school = {"institution_type": "private_school", "licence_issuer": "education"}
    registry.say(SCHOOL, "2009-03-02",
                 ("2009-03-02", None, at("440309001", "440309", **school)))  # fmt: skip
    registry.say(CLINIC, "2009-03-02", ("2009-03-02", None, at("440309001", "440309")))
    registry.say(OTHER, "2009-03-02", ("2009-03-02", None, organization()))
    await follower.step()
    return city


async def drafted(city: httpx.AsyncClient, on: str, *changes: dict[str, Any]) -> dict[str, Any]:
    request = {"title": "调整", "effective_on": on, "reference": "国函〔2016〕1号",
               "changes": list(changes)}  # fmt: skip
    answer = await city.post("/v1/restructurings", json=request)
    assert answer.status_code == 201, answer.text
    document: dict[str, Any] = answer.json()
    return document


async def movers(city: httpx.AsyncClient, draft: dict[str, Any]) -> list[str]:
    await read_impact(city, draft)
    page = (await city.get(f"/v1/impacts/{draft['impact']}/moves")).json()
    return [move["organization_id"] for move in page["items"]]


async def applied(city: httpx.AsyncClient, draft: dict[str, Any]) -> dict[str, Any]:
    answer = await apply_restructuring(city, draft)
    assert answer.status_code == 200, answer.text
    done: dict[str, Any] = answer.json()["done"]
    return done


async def bodies(city: httpx.AsyncClient, subject: str) -> list[tuple[str, Any]]:
    history = (await city.get(f"/v1/assignments/{subject}")).json()["history"]
    return [(s["from"], (s["state"]["supervising"] or {}).get("name")) for s in history]


@pytest.mark.parametrize(
    ("new_district", "district", "on"),
    [("龙华新区", "龙华区", "2017-01-07"), ("坪山新区", "坪山区", "2017-01-07"),
     ("光明新区", "光明区", "2018-09-19")],
)  # fmt: skip
async def test_a_new_district_becomes_a_district_with_the_same_streets(
    known: httpx.AsyncClient, keys: TestKeys, new_district: str, district: str, on: str
) -> None:
    """New codes for the district and its street; the registered domicile keeps the old one."""
    renamed = await drafted(
        known, "2010-01-01", {"op": "rename_area", "code": "440309", "name": new_district}
    )
    await applied(known, renamed)
    head = (await known.get("/v1/changes")).json()["head"]
    draft = await drafted(
        known, on,
        {"op": "upgrade_area", "code": "440309", "into": {"code": "440311", "name": district}},
        {"op": "create_body", "body": {
            "id": "440311-edu", "kind": "district_education_committee",
            "name": f"{district}教育系统党委", "area_code": "440311"}},
    )  # fmt: skip
    assert draft["plan"]["area_successors"] == [
        {"code": "440309", "successor": "440311"},
        {"code": "440309001", "successor": "440311001"},
    ]
    committee = "440309001-street_work_committee"
    heir = {"id": committee, "successor": committee.replace("440309", "440311")}
    assert heir in draft["plan"]["body_successors"]
    assert await movers(known, draft) == [SCHOOL, CLINIC]
    assert (await known.get("/v1/changes")).json()["head"] == head + 1
    for area in ("440309", "440311"):  # who sees them now, and who will
        headers = keys.headers("router:read", areas=[area])
        page = await known.get(f"/v1/impacts/{draft['impact']}/moves", headers=headers)
        places = {(item["area"], item["area_after"]) for item in page.json()["items"]}
        assert places == {("440309001", "440311001")}

    done = await applied(known, draft)
    assert (done["reassessed"], done["reassigned"]) == (2, 2)
    assert await bodies(known, SCHOOL) == [
        ("2016-01-01", "观湖街道党工委"), (on, f"{district}教育系统党委"),
    ]  # fmt: skip
    assert await bodies(known, CLINIC) == [("2016-01-01", "观湖街道党工委"), (on, "观湖街道党工委")]
    found = await known.get("/v1/assignments", params={"area": "440311", "valid_on": "2019-01-01"})
    assert [item["organization_id"] for item in found.json()["items"]] == [SCHOOL, CLINIC]
    before = await known.get("/v1/assignments", params={"area": "440309", "valid_on": "2016-06-14"})
    assert len(before.json()["items"]) == 2
    street = (
        await known.get("/v1/areas/440309001/on-day", params={"valid_on": "2019-01-01"})
    ).json()
    assert (street["areas"], street["path"]["district"]) == (["440311001"], "440311")
    events = (await known.get("/v1/changes", params={"after": head, "limit": 100})).json()["events"]
    kinds = [event["type"] for event in events]
    assert kinds[:2] == ["restructuring.drafted", "restructuring.applied"]
    assert kinds.count("assignment.changed") == 2
    later = await drafted(known, "2019-01-01", {
        "op": "end_body", "id": "440311-edu", "successor": "440311001-street_work_committee"
    })  # fmt: skip
    assert await movers(known, later) == [SCHOOL]
    here = keys.headers("router:read", areas=["440311"])
    job = (await known.get(f"/v1/impacts/{later['impact']}", headers=here)).json()
    assert (job["done"], job["total"]) == (None, None)  # they are of all areas
    (move,) = (await known.get(f"/v1/impacts/{later['impact']}/moves", headers=here)).json()[
        "items"
    ]
    assert (move["area"], move["valid_from"]) == ("440311001", "2019-01-01")
    away = keys.headers("router:read", areas=["440309"])
    page = await known.get(f"/v1/impacts/{later['impact']}/moves", headers=away)
    assert page.json()["items"] == []
    state = events[1]["data"]["timeline"][0]["state"]
    assert {"code": "440309", "successor": "440311"} in state["area_successors"]


async def test_a_split_street_touches_only_its_own(
    known: httpx.AsyncClient, registry: RegistryLedger, follower: Follower
) -> None:
    """One part keeps code and committee; the other takes its community along."""
    inside = str(UUID(int=4))
    registry.say(inside, "2009-03-02", (
        "2009-03-02", None, at("440303001001", "440303", licence_issuer=None)))  # fmt: skip
    await follower.step()
    draft = await drafted(known, "2017-07-01", {
        "op": "split_area", "code": "440303001",
        "parts": [{"code": "440303001", "name": "桂园街道"},
                  {"code": "440303091", "name": "大塘街道", "children": ["440303001001"]}],
    })  # fmt: skip
    assert draft["plan"]["area_successors"] == [
        {"code": "440303001", "successor": "440303091"},
        {"code": "440303001001", "successor": "440303091001"},
    ]
    assert await movers(known, draft) == [inside]
    done = await applied(known, draft)
    assert done["reassessed"] == 2  # of four: OTHER stays in the part that goes on
    assert await bodies(known, inside) == [
        ("2016-01-01", "桂园街道党工委"), ("2017-07-01", "大塘街道党工委"),
    ]  # fmt: skip
    assert len(await bodies(known, OTHER)) == 1


async def test_a_street_that_ends_in_two_leaves_to_decide_who_is_where(
    known: httpx.AsyncClient,
) -> None:
    draft = await drafted(known, "2017-07-01", {
        "op": "split_area", "code": "440309001",
        "parts": [{"code": "440309011", "name": "观澜街道"},
                  {"code": "440309012", "name": "福城街道"}],
    })  # fmt: skip
    done = await applied(known, draft)
    assert done["reassessed"] == 2
    assert await bodies(known, CLINIC) == [("2016-01-01", "观湖街道党工委"), ("2017-07-01", None)]
    waiting = {"outcome": "needs_decision", "area": "440309", "valid_on": TODAY}
    page = (await known.get("/v1/assignments", params=waiting)).json()
    assert [item["organization_id"] for item in page["items"]] == [SCHOOL, CLINIC]


async def test_streets_are_merged(known: httpx.AsyncClient) -> None:
    new = {"code": "440309002", "name": "民治街道", "level": "street", "parent": "440309",
           "valid_from": "2000-01-01"}  # fmt: skip
    await known.post("/v1/directory/imports?activate=true", json={"areas": [new]})
    draft = await drafted(known, "2017-07-01", {
        "op": "merge_areas", "codes": ["440309001", "440309002"],
        "into": {"code": "440309003", "name": "观民街道"}})  # fmt: skip
    assert draft["plan"]["area_successors"] == [
        {"code": "440309001", "successor": "440309003"},
        {"code": "440309002", "successor": "440309003"},
    ]
    await applied(known, draft)
    assert await bodies(known, CLINIC) == [
        ("2016-01-01", "观湖街道党工委"), ("2017-07-01", "观民街道党工委"),
    ]  # fmt: skip


async def test_a_street_is_transferred_to_another_district(known: httpx.AsyncClient) -> None:
    draft = await drafted(
        known, "2017-07-01", {"op": "transfer_area", "code": "440309001", "parent": "440303"}
    )
    await applied(known, draft)
    assert await bodies(known, CLINIC) == [
        ("2016-01-01", "观湖街道党工委"), ("2017-07-01", "罗湖区卫生系统党委"),
    ]  # fmt: skip


async def test_the_society_work_department_succeeds_the_two_new_committee(
    known: httpx.AsyncClient, registry: RegistryLedger, follower: Follower
) -> None:
    """In the future, seen today; the rule set still names the committee."""
    direct = str(UUID(int=5))
    registry.say(direct, "2009-03-02", ("2009-03-02", None, {
        **at("440309001", "440309", institution_type="general", licence_issuer=None,
             business_supervisor=None),
        "registration": {"mode": "direct", "level": "district",
                         "authority": {"name": "民政局", "division_code": "440309"}},
    }))  # fmt: skip
    await follower.step()
    draft = await drafted(known, "2024-01-01", {
        "op": "succeed_bodies", "ids": ["440309-two_new_work_committee"],
        "by": {"id": "440309-sw", "kind": "society_work_department",
               "name": "龙华区委社会工作部", "area_code": "440309"}})  # fmt: skip
    assert await movers(known, draft) == [direct]
    await applied(known, draft)
    assert await bodies(known, direct) == [
        ("2016-01-01", "龙华新区两新组织党工委"), ("2024-01-01", "龙华区委社会工作部"),
    ]  # fmt: skip


async def test_a_body_is_split_and_the_parts_take_over_by_their_kinds(
    known: httpx.AsyncClient,
) -> None:
    """A committee for health gives its schools' counterpart a start; its own go to the heir."""
    health, split = "440303-district_health_committee", "2017-07-01"
    part = {"kind": "district_health_committee", "area_code": "440303"}
    draft = await drafted(known, split, {
        "op": "split_body", "id": health, "successor": "440303-health-2", "parts": [
            {"id": "440303-joint-2", "kind": "joint_committee", "name": "罗湖区医卫行业联合党委",
             "area_code": "440303"},
            {**part, "id": "440303-health-2", "name": "罗湖区卫健工委"}]})  # fmt: skip
    assert draft["plan"]["body_successors"] == [{"id": health, "successor": "440303-health-2"}]
    assert await movers(known, draft) == [OTHER]
    assert (await applied(known, draft))["reassigned"] == 1
    assert await bodies(known, OTHER) == [
        ("2016-01-01", "罗湖区卫生系统党委"), (split, "罗湖区卫健工委"),
    ]  # fmt: skip


async def test_a_body_is_transferred_with_those_it_supervises(known: httpx.AsyncClient) -> None:
    """The street's committee becomes one of another street: those of the first follow it."""
    new = {"code": "440309002", "name": "民治街道", "level": "street", "parent": "440309",
           "valid_from": "2000-01-01"}  # fmt: skip
    await known.post("/v1/directory/imports?activate=true", json={"areas": [new]})
    committee, moved = "440309001-street_work_committee", "440309002-street_work_committee"
    draft = await drafted(known, "2017-07-01", {
        "op": "transfer_body", "id": committee, "area_code": "440309002",
        "into": {"id": moved, "name": "民治街道党工委"}})  # fmt: skip
    assert draft["plan"]["body_successors"] == [{"id": committee, "successor": moved}]
    await applied(known, draft)
    assert (await known.get(f"/v1/bodies/{moved}")).json()["area_code"] == "440309002"
    assert await bodies(known, CLINIC) == [
        ("2016-01-01", "观湖街道党工委"), ("2017-07-01", "民治街道党工委"),
    ]  # fmt: skip


async def test_a_renamed_body_moves_nobody(known: httpx.AsyncClient) -> None:
    draft = await drafted(known, "2019-01-01", {
        "op": "rename_body", "id": "440303-district_health_committee",
        "name": "罗湖区委卫生工委"})  # fmt: skip
    assert await movers(known, draft) == []
    await applied(known, draft)
    assert await bodies(known, OTHER) == [
        ("2016-01-01", "罗湖区卫生系统党委"), ("2019-01-01", "罗湖区委卫生工委"),
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("change", "rule"),
    [
        ({"op": "rename_area", "code": "440399", "name": "x"}, "area_not_there"),
        ({"op": "end_body", "id": "440303-district_health_committee"}, "body_still_supervises"),
        ({"op": "upgrade_area", "code": "440309", "into": {"code": "440303", "name": "x"}},
         "code_taken"),
        ({"op": "split_area", "code": "440303001",
          "parts": [{"code": "440303011", "name": "x"}, {"code": "440303012", "name": "y"}]},
         "split_child_left"),
        ({"op": "upgrade_area", "code": "440309", "into": {"code": "440311", "name": "x"},
          "codes": {"440303001": "440311009"}}, "recoded_elsewhere"),
        ({"op": "transfer_area", "code": "440303", "parent": "440303001"}, "area_cycle"),
        ({"op": "split_body", "id": "440303-district_health_committee", "successor": "elsewhere",
          "parts": [{"id": "a", "kind": "joint_committee", "name": "a", "area_code": "440303"},
                    {"id": "b", "kind": "joint_committee", "name": "b", "area_code": "440303"}]},
         "split_successor_elsewhere"),
        ({"op": "transfer_body", "id": "440303-district_health_committee", "area_code": "440399",
          "into": {"id": "a"}}, "body_area_unknown"),
        ({"op": "create_body", "body": {"id": "x", "kind": "street_work_committee", "name": "x",
                                        "area_code": "440303001"}}, "body_double"),
    ],
)  # fmt: skip
async def test_what_would_not_be_sound_is_refused_and_nothing_changes(
    known: httpx.AsyncClient, change: dict[str, Any], rule: str
) -> None:
    head = (await known.get("/v1/changes")).json()["head"]
    request = {"title": "x", "effective_on": "2017-07-01", "reference": "x", "changes": [change]}
    answer = await known.post("/v1/restructurings", json=request)
    assert answer.status_code == 422, answer.text
    assert rule in [error["rule"] for error in answer.json()["errors"]]
    assert (await known.get("/v1/changes")).json()["head"] == head


async def test_an_unknown_change_is_told_which_there_are(known: httpx.AsyncClient) -> None:
    for change, said in (({"op": "rename"}, "rename_area"), ({"code": "440303"}, "op")):
        answer = await known.post("/v1/restructurings", headers={"accept-language": "en"}, json={
            "title": "x", "effective_on": "2017-07-01", "reference": "x", "changes": [change],
        })  # fmt: skip
        (error,) = answer.json()["errors"]
        assert (answer.status_code, error["pointer"]) == (422, "/changes/0")
        assert said in error["detail"]
        assert "the rule" not in error["detail"]


async def test_it_is_applied_once_by_who_may_and_has_read_it(
    known: httpx.AsyncClient, keys: TestKeys
) -> None:
    draft = await drafted(
        known, "2017-07-01", {"op": "rename_area", "code": "440309001", "name": "观湖"}
    )
    path = f"/v1/restructurings/{draft['id']}"
    body = {"digest": (await read_impact(known, draft))["result"]["digest"]}
    assert (await known.post(f"{path}/application", json=body)).status_code == 428
    writer = {**keys.headers("router:write"), "if-match": '"1"'}
    refused = await known.post(f"{path}/application", json=body, headers=writer)
    assert refused.status_code == 403
    away = keys.headers("router:read router:write", areas=["440303"])
    assert (await known.get(path, headers=away)).status_code == 404
    assert (await known.get("/v1/restructurings", headers=away)).json()["items"] == []
    refused = await known.post(
        "/v1/restructurings",
        json={"title": "x", "effective_on": "2017-07-01", "reference": "x", "changes": [
            {"op": "rename_area", "code": "440309001", "name": "x"}]},
        headers=away,
    )  # fmt: skip
    assert refused.status_code == 403
    await applied(known, draft)
    again = await known.post(f"{path}/application", json=body, headers={"if-match": "*"})
    assert again.status_code == 409
    assert (await known.get(path)).json()["state"] == "applied"


async def test_one_impact_too_many_waits_its_turn(
    city: httpx.AsyncClient, settings: Settings
) -> None:
    await leave_jobs(settings.database_url.get_secret_value(), "tester", 20)
    rename = {"op": "rename_area", "code": "440303001", "name": "x"}
    request = {"title": "x", "effective_on": "2019-07-01", "reference": "x", "changes": [rename]}
    refused = await city.post("/v1/restructurings", json=request)
    assert refused.status_code == 429, refused.text
    assert refused.json()["type"].endswith("/too-many-jobs")
    rule_set = (await city.get("/v1/rule-sets")).json()["items"][0]["id"]
    refused = await city.post(f"/v1/rule-sets/{rule_set}/impact", json={"action": "retire"})
    assert refused.status_code == 429, refused.text


async def test_it_is_applied_only_as_the_dry_run_showed_it(
    known: httpx.AsyncClient, registry: RegistryLedger, follower: Follower, keys: TestKeys
) -> None:
    committee = "440309001-street_work_committee"
    draft = await drafted(known, "2019-01-01", {
        "op": "succeed_bodies", "ids": [committee],
        "by": {"id": "heir", "kind": "street_work_committee", "name": "观湖街道工委",
               "area_code": "440309001"}})  # fmt: skip
    path = f"/v1/restructurings/{draft['id']}"
    assert await movers(known, draft) == [SCHOOL, CLINIC]
    tag = {"if-match": '"1"'}
    wrong = await known.post(f"{path}/application", json={"digest": "0" * 64}, headers=tag)
    assert (wrong.status_code, wrong.json()["type"].rpartition("/")[2]) == (409, "impact-differs")

    newcomer = str(UUID(int=9))
    registry.say(newcomer, "2018-01-02", ("2018-01-02", None, at("440309001", "440309")))
    await follower.step()
    head = (await known.get("/v1/changes")).json()["head"]
    moved = await apply_restructuring(known, draft)
    assert (moved.status_code, moved.json()["type"].rpartition("/")[2]) == (
        409, "restructuring-moved",
    )  # fmt: skip
    assert (moved.json()["no_longer"], moved.json()["new"]) == (0, 1)
    assert (await known.get("/v1/changes")).json()["head"] == head

    compared = await known.post(f"{path}/comparison", headers=tag)
    assert (compared.status_code, compared.json()["revision"]) == (200, 2)
    assert await movers(known, compared.json()) == [SCHOOL, CLINIC, newcomer]
    name = {"id": committee, "kind": "street_work_committee", "name": "观湖党工委",
            "area_code": "440309001", "valid_from": "2000-01-01"}  # fmt: skip
    renamed = await known.put(f"/v1/bodies/{committee}", json=name, headers={"if-match": "*"})
    assert renamed.status_code == 200
    other = await apply_restructuring(known, compared.json())
    assert other.json()["type"].endswith("/restructuring-moved")
    (error,) = other.json()["errors"]
    assert (error["rule"], error["value"]) == ("plan_moved", committee)

    stale = await known.post(f"{path}/comparison", headers=tag)
    assert stale.status_code == 412
    last = (await known.post(f"{path}/comparison", headers={"if-match": '"2"'})).json()
    here = keys.headers(areas=["440309"], client="approver")
    for areas, told in (("440309", True), ("440303", False)):
        await read_impact(known, last)
        seen = keys.headers("router:read", areas=[areas])
        impact = (await known.get(f"/v1/impacts/{last['impact']}", headers=seen)).json()
        assert (impact["result"]["digest"] is not None) == told
    answer = await apply_restructuring(known, last, headers=here)
    assert answer.status_code == 200, answer.text
    assert (await known.post(f"{path}/comparison", headers={"if-match": "*"})).status_code == 409
