"""Designations outrank the rules until they expire; disputes run until they are settled."""

from typing import Any
from uuid import UUID

import httpx
import pytest
from tests.jurisdiction_router.registry_ledger import RegistryLedger
from tests.jurisdiction_router.small_city import organization

from servicekit.follower import Follower
from servicekit.testing import TestKeys

CLINIC, TEMPLE, ABSENT = (str(UUID(int=number)) for number in (2, 3, 9))
HEALTH, STREET = "440303-district_health_committee", "440303001-street_work_committee"
DESIGNATION: dict[str, Any] = {
    "body_id": STREET, "valid_from": "2017-01-01", "valid_until": "2019-01-01",
    "authority": "罗湖区委组织部", "reference": "罗组函〔2017〕1号", "approver": "区委组织部部务会",
    "clause": {"source": "罗组函〔2017〕1号", "article": "第二条", "text": None},
    "reason": "街道党工委已派驻党建组织员",
}  # fmt: skip


@pytest.fixture
async def known(
    city: httpx.AsyncClient, registry: RegistryLedger, follower: Follower
) -> httpx.AsyncClient:
    """A clinic of the district health committee, and a temple that needs a decision."""
    registry.say(CLINIC, "2009-03-02", ("2009-03-02", None, organization()))
    temple = organization(
        institution_type="religious_association", kind="social_association", licence_issuer=None,
        business_supervisor={"name": "区民宗局", "system": "ethnic_religious"},
    )  # fmt: skip
    registry.say(TEMPLE, "2009-03-02", ("2009-03-02", None, temple))
    await follower.step()
    return city


async def designate(
    city: httpx.AsyncClient, subject: str, key: str | None = None, **changed: Any
) -> httpx.Response:
    found = await city.get(f"/v1/assignments/{subject}")
    headers = {"if-match": found.headers.get("etag", "*")}
    if key:
        headers["idempotency-key"] = key
    return await city.post(
        f"/v1/assignments/{subject}/designation", json=DESIGNATION | changed, headers=headers
    )


async def stretches(city: httpx.AsyncClient, subject: str) -> list[tuple[Any, ...]]:
    history = (await city.get(f"/v1/assignments/{subject}")).json()["history"]
    return [
        (s["from"], s["until"], (s["state"]["supervising"] or {}).get("id"), s["state"]["flags"])
        for s in history
    ]


async def test_a_designation_outranks_the_rule_and_ends_by_itself(known: httpx.AsyncClient) -> None:
    made = await designate(known, CLINIC)
    assert made.status_code == 201, made.text
    assert made.json()["replaces"] == {"outcome": "assigned", "body_id": HEALTH}
    assert await stretches(known, CLINIC) == [
        ("2016-01-01", "2017-01-01", HEALTH, []),
        ("2017-01-01", "2019-01-01", STREET, ["designated"]),
        ("2019-01-01", None, HEALTH, []),
    ]
    found = (await known.get(f"/v1/assignments/{CLINIC}")).json()
    assert (found["basis"], found["rule"], found["reason"]) == ("D", None, "designated")
    assert found["designation"]["reference"] == "罗组函〔2017〕1号"
    assert found["by_rule"]["supervising"]["id"] == HEALTH
    assert "罗组函〔2017〕1号" in found["explanation"]["zh"]
    override = (await known.get(made.headers["location"])).json()
    assert (override["standing"], override["flags"]) == ("in_force", [])
    types = [e["type"] for e in (await known.get("/v1/changes?limit=1000")).json()["events"]]
    assert types[-2:] == ["override.changed", "assignment.changed"]


async def test_what_needs_decision_is_listed_and_settled_by_a_designation(
    known: httpx.AsyncClient,
) -> None:
    waiting = {"outcome": "needs_decision", "count": "exact"}
    page = (await known.get("/v1/assignments", params=waiting)).json()
    assert [item["organization_id"] for item in page["items"]] == [TEMPLE]
    made = await designate(known, TEMPLE)
    assert made.json()["replaces"] == {"outcome": "needs_decision", "body_id": None}
    assert (await known.get("/v1/assignments", params=waiting)).json()["count"] == 0


async def test_designated_assignments_are_found_counted_and_exported_by_their_flag(
    known: httpx.AsyncClient,
) -> None:
    assert (await designate(known, CLINIC)).status_code == 201
    head = (await known.get("/v1/changes")).json()["head"]
    for when in ({"valid_on": "2017-06-01"}, {"valid_on": "2017-06-01", "known_at": head}):
        params = {"flag": ["designated", "disputed"], **when}
        page = (await known.get("/v1/assignments", params=params)).json()
        assert [item["organization_id"] for item in page["items"]] == [CLINIC]
        exported = await known.get("/v1/assignments/export", params={**params, "format": "ndjson"})
        assert len(exported.text.splitlines()) == 1
    by_flag = {"flag": "designated", "valid_on": "2017-06-01"}
    counted = (await known.get("/v1/assignments/summary", params=by_flag)).json()
    assert counted["total"] == 1
    none = await known.get(
        "/v1/assignments", params={"flag": "designated", "valid_on": "2016-06-01"}
    )
    assert none.json()["items"] == []


async def test_a_designation_is_flagged_when_the_rules_say_the_same_or_have_changed(
    known: httpx.AsyncClient, directory_import: dict[str, Any]
) -> None:
    redundant = await designate(known, CLINIC, body_id=HEALTH)
    assert redundant.status_code == 201
    contradicted = await designate(known, TEMPLE)
    assert contradicted.status_code == 201
    listed = (await known.get("/v1/overrides", params={"flag": "override_redundant"})).json()
    assert [item["organization_id"] for item in listed["items"]] == [CLINIC]
    none = (await known.get("/v1/overrides", params={"flag": "override_contradicted"})).json()
    assert none["items"] == []
    # The committee that the clinic's designation replaced nothing by goes, its street stays.
    (held,) = [b for b in directory_import["bodies"] if b["id"] == HEALTH]
    heir = {**held, "id": "heir", "valid_from": "2018-01-01"}
    ended = {**held, "valid_until": "2018-01-01", "successor": "heir"}
    again = await designate(known, CLINIC, valid_from="2017-06-01", body_id=STREET)
    assert again.status_code == 201
    done = await known.post("/v1/directory/imports?activate=true", json={"bodies": [ended, heir]})
    assert done.status_code == 201, done.text
    listed = (await known.get("/v1/overrides", params={"flag": "override_contradicted"})).json()
    assert [item["organization_id"] for item in listed["items"]] == [CLINIC]
    assert (await stretches(known, CLINIC))[1:] == [
        ("2017-01-01", "2017-06-01", HEALTH, ["designated", "override_redundant"]),
        ("2017-06-01", "2018-01-01", STREET, ["designated"]),
        ("2018-01-01", "2019-01-01", STREET, ["designated", "override_contradicted"]),
        ("2019-01-01", None, "heir", []),
    ]


async def test_a_designated_body_is_followed_to_its_successor(
    known: httpx.AsyncClient, directory_import: dict[str, Any]
) -> None:
    await designate(known, CLINIC)
    (held,) = [b for b in directory_import["bodies"] if b["id"] == STREET]
    heir = {**held, "id": "heir", "valid_from": "2018-01-01"}
    ended = {**held, "valid_until": "2018-01-01", "successor": "heir"}
    await known.post("/v1/directory/imports?activate=true", json={"bodies": [ended, heir]})
    assert [row[2] for row in await stretches(known, CLINIC)] == [HEALTH, STREET, "heir", HEALTH]


async def test_its_expiry_can_be_changed_by_who_has_read_it(known: httpx.AsyncClient) -> None:
    made = await designate(known, CLINIC)
    path = made.headers["location"]
    sooner = {"valid_until": "2018-01-01", "reason": "提前结束"}
    assert (await known.patch(path, json=sooner)).status_code == 428
    stale = await known.patch(path, json=sooner, headers={"if-match": '"7"'})
    assert stale.status_code == 412
    done = await known.patch(path, json=sooner, headers={"if-match": '"1"'})
    assert (done.json()["revision"], done.headers["etag"]) == (2, '"2"')
    assert [row[2] for row in await stretches(known, CLINIC)] == [HEALTH, STREET, HEALTH]
    void = {"valid_until": "2017-01-01", "reason": "登记有误"}
    await known.patch(path, json=void, headers={"if-match": "*"})
    assert [row[2] for row in await stretches(known, CLINIC)] == [HEALTH]
    assert (await known.get(path)).json()["standing"] == "withdrawn"


@pytest.mark.parametrize(
    ("changed", "pointer", "rule"),
    [
        ({"body_id": "nobody"}, "/body_id", "body_not_there"),
        ({"valid_until": "2017-01-01"}, "/valid_until", "ends_before_start"),
        ({"valid_from": "2001-01-01"}, "/valid_from", "organization_not_there"),
        ({"valid_from": "2016-06-01"}, "/valid_from", "override_overlaps"),
        ({"reference": "a\tb"}, "/reference", "string_pattern_mismatch"),
        ({"valid_until": None}, "/valid_until", "date_type"),
    ],
)
async def test_what_cannot_be_designated_is_refused_and_nothing_changes(
    known: httpx.AsyncClient, changed: dict[str, Any], pointer: str, rule: str
) -> None:
    assert (await designate(known, CLINIC)).status_code == 201
    head = (await known.get("/v1/changes")).json()["head"]
    answer = await designate(known, CLINIC, **changed)
    assert answer.status_code == 422, answer.text
    assert (pointer, rule) in [(e["pointer"], e["rule"]) for e in answer.json()["errors"]]
    assert (await known.get("/v1/changes")).json()["head"] == head


async def test_an_unknown_organization_and_a_stranger_get_404(
    known: httpx.AsyncClient, keys: TestKeys
) -> None:
    assert (await designate(known, ABSENT)).status_code == 404
    path = f"/v1/assignments/{CLINIC}/designation"
    away = keys.headers("router:approve", areas=["440309"])
    answer = await known.post(path, json=DESIGNATION, headers={**away, "if-match": "*"})
    assert answer.status_code == 404
    writer = keys.headers("router:write")
    answer = await known.post(path, json=DESIGNATION, headers={**writer, "if-match": "*"})
    assert answer.status_code == 403
    assert (await known.post(path, json=DESIGNATION)).status_code == 428
    made = await designate(known, CLINIC)
    read = keys.headers("router:read", areas=["440309"])
    assert (await known.get(made.headers["location"], headers=read)).status_code == 404
    assert (await known.get("/v1/overrides", headers=read)).json()["items"] == []


async def test_a_retried_designation_is_made_once(known: httpx.AsyncClient) -> None:
    first = await designate(known, CLINIC, key="k1")
    again = await known.post(
        f"/v1/assignments/{CLINIC}/designation",
        json=DESIGNATION,
        headers={"if-match": "*", "idempotency-key": "k1"},
    )
    assert (again.status_code, again.json()) == (201, first.json())
    assert len((await known.get("/v1/overrides")).json()["items"]) == 1


async def test_a_dispute_runs_until_a_designation_settles_it(known: httpx.AsyncClient) -> None:
    objection = {"organization_id": CLINIC, "body_id": HEALTH, "reason": "该诊所已划归街道管理"}
    stranger = await known.post("/v1/disputes", json={**objection, "body_id": STREET})
    assert (stranger.status_code, stranger.json()["errors"][0]["rule"]) == (422, "not_supervising")
    opened = await known.post("/v1/disputes", json=objection)
    assert opened.status_code == 201, opened.text
    dispute = opened.json()
    assert (dispute["state"], dispute["raised_on"], dispute["due_on"], dispute["overdue"]) == (
        "open", "2018-06-14", "2018-07-14", False,
    )  # fmt: skip
    assert (await known.post("/v1/disputes", json=objection)).status_code == 409
    assert [row[2] for row in await stretches(known, CLINIC)] == [HEALTH]
    for overdue, number in (("true", 0), ("false", 1)):
        params = {"state": "open", "body_id": HEALTH, "overdue": overdue}
        assert len((await known.get("/v1/disputes", params=params)).json()["items"]) == number

    made = await designate(known, CLINIC)
    assert made.json()["dispute"] == dispute["id"]
    settled = (await known.get(opened.headers["location"])).json()
    assert (settled["state"], settled["settled_by"]) == ("settled", made.json()["id"])
    closed = await known.post(
        f"{opened.headers['location']}/withdrawal", json={}, headers={"if-match": "*"}
    )
    assert closed.status_code == 409


async def test_a_designation_for_the_past_settles_no_dispute(known: httpx.AsyncClient) -> None:
    objection = {"organization_id": CLINIC, "body_id": HEALTH, "reason": "该诊所已划归街道管理"}
    opened = await known.post("/v1/disputes", json=objection)
    past = await designate(known, CLINIC, valid_until="2018-06-14")
    assert (past.status_code, past.json()["dispute"]) == (201, None)
    assert (await known.get(opened.headers["location"])).json()["state"] == "open"
    now = await designate(known, CLINIC, valid_from="2018-06-14")
    assert now.json()["dispute"] == opened.json()["id"]


async def test_nobody_disputes_what_nobody_supervises(known: httpx.AsyncClient) -> None:
    objection = {"organization_id": TEMPLE, "body_id": HEALTH, "reason": "不归我们"}
    answer = await known.post("/v1/disputes", json=objection, headers={"accept-language": "en"})
    (error,) = answer.json()["errors"]
    assert (answer.status_code, error["rule"]) == (422, "nobody_supervising")
    assert "None" not in error["detail"]


async def test_a_dispute_can_be_withdrawn_and_raised_again(
    known: httpx.AsyncClient, keys: TestKeys
) -> None:
    objection = {"organization_id": CLINIC, "body_id": HEALTH, "reason": "不属于本系统"}
    opened = await known.post("/v1/disputes", json=objection)
    path = opened.headers["location"]
    away = keys.headers("router:read", areas=["440309"])
    assert (await known.get(path, headers=away)).status_code == 404
    assert (await known.post(f"{path}/withdrawal", json={})).status_code == 428
    done = await known.post(
        f"{path}/withdrawal", json={"reason": "已协商"}, headers={"if-match": '"1"'}
    )
    assert done.json()["state"] == "withdrawn"
    assert (await known.post("/v1/disputes", json=objection)).status_code == 201
