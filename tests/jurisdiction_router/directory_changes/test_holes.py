"""A change of the directory that would take the answer away from organizations says so first."""

from typing import Any
from uuid import UUID

import httpx
import pytest
from tests.jurisdiction_router.approvals import apply_restructuring, approve, impact_of
from tests.jurisdiction_router.registry_ledger import RegistryLedger
from tests.jurisdiction_router.rule_sets.test_rule_set_lifecycle import LATER, later_rules
from tests.jurisdiction_router.small_city import organization

from servicekit.follower import Follower
from servicekit.testing import TestKeys

SCHOOL, ELSEWHERE = str(UUID(int=1)), str(UUID(int=2))
COMMITTEE = "440300-city_education_work_committee"
HEALTH = "440300-city_health_work_committee"
LATE = {
    "id": COMMITTEE, "kind": "city_education_work_committee", "name": "市委教育工委",
    "area_code": "440300", "valid_from": "2017-01-01",
}  # fmt: skip
"""The committee, as if it had come a year after the rules."""


def university(street: str, authority: str) -> dict[str, Any]:
    return organization(
        institution_type="private_university", licence_issuer="education",
        registration={"mode": "dual", "level": "district",
                      "authority": {"name": "民政局", "division_code": authority}},
        domicile={"division_code": street, "address": "…"},
    )  # fmt: skip


@pytest.fixture
async def known(
    city: httpx.AsyncClient, registry: RegistryLedger, follower: Follower
) -> httpx.AsyncClient:
    """Two universities, one of which came when the committee would have been there."""
    registry.say(SCHOOL, "2009-03-02", ("2009-03-02", None, university("440303001", "440303")))
    registry.say(ELSEWHERE, "2018-03-02", ("2018-03-02", None, university("440309001", "440309")))
    await follower.step()
    return city


async def outcomes(city: httpx.AsyncClient, subject: str) -> list[tuple[str, str]]:
    history = (await city.get(f"/v1/assignments/{subject}")).json()["history"]
    return [(s["from"], s["state"]["outcome"]) for s in history]


async def test_a_body_is_not_changed_over_a_hole_unless_that_is_meant(
    known: httpx.AsyncClient,
) -> None:
    path = f"/v1/bodies/{COMMITTEE}"
    tag = {"if-match": (await known.get(path)).headers["etag"]}
    head = (await known.get("/v1/changes")).json()["head"]
    refused = await known.put(path, json=LATE, headers={**tag, "accept-language": "en"})
    assert refused.status_code == 409, refused.text
    problem = refused.json()
    assert problem["type"].endswith("/directory-leaves-holes")
    assert [hole["facts"]["level"] for hole in problem["holes"]] == [
        ["municipal"], ["district"], ["street"],
    ]  # fmt: skip
    (hole,) = (each for each in problem["holes"] if each["organizations"]["count"])
    assert (hole["rule_set"], hole["rules"]) == ("shenzhen-2016", ["private-university"])
    assert hole["place"]["periods"] == [{"valid_from": "2016-01-01", "valid_until": "2017-01-01"}]
    assert hole["organizations"] == {
        "count": 1, "samples": [{"organization_id": SCHOOL, "area": "440303001"}],
    }  # fmt: skip
    assert any(hole["text"]["en"] in error["detail"] for error in problem["errors"])
    assert (problem["count"], problem["errors"][0]["rule"]) == (3, "rule_set_hole")
    assert (await known.get("/v1/changes")).json()["head"] == head
    assert await outcomes(known, SCHOOL) == [("2016-01-01", "assigned")]

    meant = await known.put(path, json=LATE, headers=tag, params={"accept_holes": "true"})
    assert (meant.status_code, meant.json()["holes"]) == (200, 3)
    assert await outcomes(known, SCHOOL) == [
        ("2016-01-01", "needs_decision"), ("2017-01-01", "assigned"),
    ]  # fmt: skip
    # It is there now: nobody is asked about it again.
    tag = {"if-match": (await known.get(path)).headers["etag"]}
    renamed = await known.put(path, json={**LATE, "name": "市教育工委"}, headers=tag)
    assert (renamed.status_code, renamed.json()["holes"]) == (200, 0)


async def test_an_import_reports_its_holes_and_is_activated_only_over_them(
    known: httpx.AsyncClient, keys: TestKeys
) -> None:
    at_once = await known.post(
        "/v1/directory/imports", json={"bodies": [LATE]}, params={"activate": "true"}
    )
    assert at_once.json()["type"].endswith("/directory-leaves-holes")
    before = (await known.get("/v1/directory/imports")).json()["items"]
    assert len(before) == 1  # the city's own
    loaded = await known.post("/v1/directory/imports", json={"bodies": [LATE]})
    report = loaded.json()["report"]
    assert (report["errors"], report["holes_found"]) == (0, 3)
    assert sum(hole["organizations"]["count"] for hole in report["holes"]) == 1
    path, tag = loaded.headers["location"], {"if-match": loaded.headers["etag"]}
    refused = await known.post(f"{path}/activation", headers=tag)
    assert (refused.status_code, refused.json()["holes"]) == (409, report["holes"])
    meant = await known.post(f"{path}/activation", headers=tag, params={"accept_holes": "true"})
    assert (meant.status_code, meant.json()["done"]["holes"]) == (200, 3)
    here = keys.headers("router:read", areas=["4403"], client="tester")
    for found in (
        (await known.get(path, headers=here)).json(),
        (await known.get("/v1/directory/imports", headers=here)).json()["items"][-1],
    ):
        told = [hole["organizations"] for hole in report["holes"]]
        seen = [hole["organizations"] for hole in found["report"]["holes"]]
        assert seen == [{**hit, "count": None} for hit in told]


async def test_a_restructuring_shows_its_holes_in_the_dry_run(
    known: httpx.AsyncClient, keys: TestKeys
) -> None:
    """The city's health committee supervises nobody here, and hospitals would have no other."""
    request = {"title": "x", "effective_on": "2019-01-01", "reference": "x",
               "changes": [{"op": "end_body", "id": HEALTH}]}  # fmt: skip
    draft = (await known.post("/v1/restructurings", json=request)).json()
    assert draft["holes_found"] == draft["holes_losing"] == len(draft["holes"]) == 3
    for hole in draft["holes"]:
        assert (hole["rules"], hole["losing"]) == (["private-hospital"], True)
        assert hole["organizations"] == {"count": 0, "samples": []}
    away = keys.headers("router:read", areas=["4403"])
    path = f"/v1/restructurings/{draft['id']}"
    seen = (await known.get(path, headers=away)).json()
    listed = (await known.get("/v1/restructurings", headers=away)).json()["items"][0]
    assert seen["holes"][0]["organizations"] == {"count": None, "samples": []}
    assert seen == listed
    refused = await apply_restructuring(known, draft)
    assert (refused.status_code, refused.json()["holes"]) == (409, draft["holes"])
    meant = await apply_restructuring(known, draft, params={"accept_holes": "true"})
    assert (meant.status_code, meant.json()["done"]["holes"]) == (200, 3)


async def test_rules_that_are_due_are_looked_at_too(
    known: httpx.AsyncClient, keys: TestKeys
) -> None:
    """From September on clinics are to be the health committee's."""
    await known.post("/v1/rule-sets", content=later_rules())
    assert (await known.post(f"{LATER}/proof")).json()["proved"]
    impact = await impact_of(known, LATER, {"from": "2018-09-01"})
    assert (await approve(known, keys, LATER, impact)).status_code == 200
    request = {"title": "x", "effective_on": "2019-01-01", "reference": "x",
               "changes": [{"op": "end_body", "id": HEALTH}]}  # fmt: skip
    draft = (await known.post("/v1/restructurings", json=request)).json()
    found = {(hole["rule_set"], hole["rules"][0]) for hole in draft["holes"]}
    assert found == {
        ("shenzhen-2016", "private-hospital"), ("shenzhen-2018", "private-hospital"),
        ("shenzhen-2018", "private-clinic"),
    }  # fmt: skip


async def test_a_new_street_without_a_committee_is_told_and_not_refused(
    known: httpx.AsyncClient,
) -> None:
    """Clinics without a licence would have nobody there; but nobody loses an answer."""
    street = {"code": "440303002", "name": "黄贝街道", "level": "street", "parent": "440303",
              "valid_from": "2000-01-01"}  # fmt: skip
    loaded = await known.post("/v1/directory/imports", json={"areas": [street]})
    report = loaded.json()["report"]
    assert report["holes_found"] > report["holes_losing"] == 0
    assert {hole["losing"] for hole in report["holes"]} == {False}
    assert {hole["place"]["domicile"] for hole in report["holes"]} == {"440303002"}
    tag = {"if-match": loaded.headers["etag"]}
    done = await known.post(f"{loaded.headers['location']}/activation", headers=tag)
    assert (done.status_code, done.json()["done"]["holes"]) == (200, report["holes_found"])


async def test_a_street_that_succeeds_another_is_held_to_what_that_one_had(
    known: httpx.AsyncClient,
) -> None:
    """Renumbered by hand, and its committee forgotten."""
    old = {"code": "440309001", "name": "观湖街道", "level": "street", "parent": "440309",
           "valid_from": "2000-01-01", "valid_until": "2017-01-01",
           "successors": [{"code": "440309002"}]}  # fmt: skip
    new = {**old, "code": "440309002", "valid_from": "2017-01-01", "valid_until": None,
           "successors": []}  # fmt: skip
    committee = {"id": "440309001-street_work_committee", "kind": "street_work_committee",
                 "name": "观湖街道党工委", "area_code": "440309001", "valid_from": "2000-01-01",
                 "valid_until": "2017-01-01"}  # fmt: skip
    given = {"areas": [old, new], "bodies": [committee]}
    report = (await known.post("/v1/directory/imports", json=given)).json()["report"]
    assert report["holes_losing"] == report["holes_found"] > 0
    places = {hole["place"]["domicile"] for hole in report["holes"]}
    assert places == {"440309002"}


async def test_a_change_elsewhere_and_one_that_changes_nothing_ask_nothing(
    known: httpx.AsyncClient, directory_import: dict[str, Any]
) -> None:
    again = await known.post("/v1/directory/imports?activate=true", json=directory_import)
    assert again.json()["report"]["holes_found"] == again.json()["done"]["holes"] == 0
    elsewhere = [
        {"code": "110000", "name": "北京市", "level": "province", "valid_from": "2000-01-01"},
        {"code": "110100", "name": "市辖区", "level": "city", "parent": "110000",
         "valid_from": "2000-01-01"},
    ]  # fmt: skip
    other = await known.post("/v1/directory/imports?activate=true", json={"areas": elsewhere})
    assert (other.status_code, other.json()["done"]["holes"]) == (201, 0)
