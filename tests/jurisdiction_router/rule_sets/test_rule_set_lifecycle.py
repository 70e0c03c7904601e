"""From draft to in force and back: bound to an approved impact, on its day, exactly once."""

import asyncio
from datetime import date
from typing import Any
from uuid import UUID

import httpx
import pytest
from tests.jurisdiction_router.approvals import approve, enact, impact_of, until
from tests.jurisdiction_router.registry_ledger import RegistryLedger
from tests.jurisdiction_router.small_city import organization

from jurisdiction_router.factory import compose
from jurisdiction_router.main import build
from jurisdiction_router.policy import read_packaged
from jurisdiction_router.settings import Settings
from servicekit.follower import Follower
from servicekit.testing import FixedClock, TestKeys, running

TEXT = read_packaged("shenzhen-2016.yaml")
TODAY = "2018-06-14"
CLINIC, OTHER = str(UUID(int=1)), str(UUID(int=2))
LATER = "/v1/rule-sets/shenzhen-2018"
CITY_HEALTH = "440300-city_health_work_committee"
DISTRICT_HEALTH = "440303-district_health_committee"


def later_rules() -> str:
    """The same rules, but clinics are the city's like hospitals."""
    old = """\
      - {body: district_health_committee, at: district, when: {affiliation: district_health_committee}}
      - {body: street_work_committee, at: street, when: {affiliation: street_work_committee}}
      - {body: district_health_committee, at: district, when: {licence_issuer: health}}
      - {body: street_work_committee, at: street}
    basis: S
    clause: {source: 市民政局讲话（2016-06-14）, article: 分级负责、条块结合、区域兜底, text: 民办诊所"""  # noqa: E501
    assert TEXT.count(old) == 1
    tail = old.partition("    basis")[2]
    new = "      - {body: city_health_work_committee, at: city}\n    basis" + tail
    text = TEXT.replace(old, new).replace("id: shenzhen-2016", "id: shenzhen-2018", 1)
    lines = text.splitlines(keepends=True)
    kept, skipping = [], False
    for line in lines:  # the tests of row 7 say otherwise
        if line.startswith('  - name: "row 7'):
            skipping = True
        elif line.startswith("  - name:"):
            skipping = False
        if not skipping:
            kept.append(line)
    return "".join(kept)


@pytest.fixture
async def clinic(
    city: httpx.AsyncClient, registry: RegistryLedger, follower: Follower
) -> httpx.AsyncClient:
    """The city with one clinic under its district's committee, and a draft that would move it."""
    registry.say(CLINIC, "2009-03-02", ("2009-03-02", None, organization()))
    assert await follower.step() == 1
    drafted = await city.post("/v1/rule-sets", content=later_rules())
    assert drafted.status_code == 201, drafted.text
    assert (await city.post(f"{LATER}/proof")).json()["proved"]
    return city


async def history(client: httpx.AsyncClient, identifier: str = CLINIC) -> list[tuple[str, str]]:
    found = (await client.get(f"/v1/assignments/{identifier}")).json()["history"]
    return [(s["from"], s["state"]["supervising"]["id"]) for s in found]


async def events(client: httpx.AsyncClient, kind: str) -> list[dict[str, Any]]:
    found = (await client.get("/v1/changes", params={"limit": 1000})).json()["events"]
    return [event for event in found if event["type"] == kind]


async def test_an_approved_impact_comes_true(clinic: httpx.AsyncClient, keys: TestKeys) -> None:
    impact = await impact_of(clinic, LATER, {"from": "2017-09-01"})
    result = impact["result"]
    assert (result["assessed"], result["moved"], result["valid_on"]) == (1, 1, TODAY)
    (flow,) = result["flows"]
    assert flow["before"]["supervising"]["id"] == DISTRICT_HEALTH
    assert flow["after"]["supervising"]["id"] == CITY_HEALTH
    assert {b["body"]["id"]: b["net"] for b in result["bodies"]} == {
        DISTRICT_HEALTH: -1, CITY_HEALTH: 1,
    }  # fmt: skip
    moves = (await clinic.get(f"/v1/impacts/{impact['id']}/moves")).json()["items"]
    assert [(m["organization_id"], m["valid_from"], m["valid_until"]) for m in moves] == [
        (CLINIC, "2017-09-01", None)
    ]
    approved = await approve(clinic, keys, LATER, impact)
    assert approved.json()["plan"]["approver"] == "approver"
    done = await until(clinic, LATER, lambda found: found["plan"] is None)
    assert (done["stage"], done["stopped"]) == ("active", None)
    assert done["in_force"] == [{"valid_from": "2017-09-01", "valid_until": None}]
    assert await history(clinic) == [("2016-01-01", DISTRICT_HEALTH), ("2017-09-01", CITY_HEALTH)]
    old = (await clinic.get("/v1/rule-sets/shenzhen-2016")).json()
    assert (old["stage"], old["in_force"]) == (
        "retired", [{"valid_from": "2016-01-01", "valid_until": "2017-09-01"}],
    )  # fmt: skip
    (activated,) = [e for e in await events(clinic, "rule_set.activated") if "2018" in e["subject"]]
    assert activated["data"]["effective_on"] == "2017-09-01"
    (superseded,) = await events(clinic, "rule_set.superseded")
    assert superseded["data"]["timeline"] == []


async def test_rolling_back_is_activating_the_earlier_one(
    clinic: httpx.AsyncClient, keys: TestKeys
) -> None:
    await enact(clinic, keys, later_rules(), "2017-09-01")
    await enact(clinic, keys, TEXT, "2018-03-01")
    assert await history(clinic) == [
        ("2016-01-01", DISTRICT_HEALTH), ("2017-09-01", CITY_HEALTH),
        ("2018-03-01", DISTRICT_HEALTH),
    ]  # fmt: skip
    old = (await clinic.get("/v1/rule-sets/shenzhen-2016")).json()
    assert [p["valid_from"] for p in old["in_force"]] == ["2016-01-01", "2018-03-01"]
    assert (await clinic.get(LATER)).json()["stage"] == "retired"


async def test_an_author_may_not_approve(clinic: httpx.AsyncClient, keys: TestKeys) -> None:
    impact = await impact_of(clinic, LATER, {"from": TODAY})
    before = (await clinic.get(LATER)).json()
    head = (await clinic.get("/v1/changes")).json()["head"]
    body = {"impact": impact["id"], "digest": impact["result"]["digest"]}
    tag = {"if-match": f'"{before["revision"]}"'}
    own = await clinic.post(f"{LATER}/approval", json=body, headers=tag)
    assert (own.status_code, own.json()["type"].rpartition("/")[2]) == (403, "approved-by-author")
    other = keys.headers("router:read router:write", client="other")
    without = await clinic.post(f"{LATER}/approval", json=body, headers={**tag, **other})
    assert (without.status_code, without.json()["type"].rpartition("/")[2]) == (
        403, "insufficient-scope",
    )  # fmt: skip
    assert (await clinic.get(LATER)).json() == before
    assert (await clinic.get("/v1/changes")).json()["head"] == head


async def test_an_approval_is_bound_to_what_was_read(
    clinic: httpx.AsyncClient, keys: TestKeys
) -> None:
    impact = await impact_of(clinic, LATER, {"from": TODAY})
    approver = keys.headers(client="approver")
    body = {"impact": impact["id"], "digest": impact["result"]["digest"]}

    async def refused(headers: dict[str, str], **changed: str) -> tuple[int, str]:
        answer = await clinic.post(
            f"{LATER}/approval", json={**body, **changed}, headers={**approver, **headers}
        )
        return answer.status_code, answer.json()["type"].rpartition("/")[2]

    assert await refused({}) == (428, "precondition-required")
    assert await refused({"if-match": '"99"'}) == (412, "precondition-failed")
    current = {"if-match": "*"}
    assert await refused(current, digest="0" * 64) == (409, "impact-differs")
    assert await refused(current, digest="x") == (422, "invalid-request")
    unknown = str(UUID(int=5))
    assert await refused(current, impact=unknown) == (409, "impact-of-another")
    await clinic.put(
        LATER, content=later_rules().replace("托底）", "兜底）"), headers={"if-match": "*"}
    )
    assert await refused(current) == (409, "impact-of-another")
    assert (await clinic.get(LATER)).json()["plan"] is None


async def test_when_the_register_has_moved_nothing_is_activated(
    clinic: httpx.AsyncClient,
    keys: TestKeys,
    registry: RegistryLedger,
    follower: Follower,
    settings: Settings,
) -> None:
    impact = await impact_of(clinic, LATER, {"from": "2018-07-01"})
    await approve(clinic, keys, LATER, impact)
    registry.say(OTHER, "2010-03-02", ("2010-03-02", None, organization()))
    assert await follower.step() == 1
    later = compose(settings, FixedClock(date(2018, 7, 1)))
    await later.activate_due_rule_sets()
    await later.database.close()
    found = (await clinic.get(LATER)).json()
    assert (found["plan"], found["in_force"], found["stage"]) == (None, [], "proved")
    stopped = found["stopped"]
    assert (stopped["why"], stopped["difference"]) == ("impact-differs", {"no_longer": 0, "new": 1})
    limited = keys.headers("router:read router:write", areas=["440309"])
    listed = (await clinic.get("/v1/rule-sets", headers=limited)).json()["items"]
    again = await clinic.put(LATER, content=later_rules(), headers={**limited, "if-match": "*"})
    one = (await clinic.get(LATER, headers=limited)).json()
    assert again.status_code == 403
    for seen in (one, *(each for each in listed if each["id"] == found["id"])):
        assert seen["stopped"] == {**stopped, "difference": None}
    fresh = (await clinic.get(f"/v1/impacts/{stopped['found_impact']}")).json()
    assert fresh["result"]["moved"] == 2
    assert await history(clinic) == [("2016-01-01", DISTRICT_HEALTH)]
    again = await approve(clinic, keys, LATER, fresh)
    assert again.status_code == 200
    assert again.json()["stopped"] is None


async def test_a_future_activation_happens_by_itself_exactly_once_after_a_restart(
    clinic: httpx.AsyncClient, keys: TestKeys, settings: Settings
) -> None:
    impact = await impact_of(clinic, LATER, {"from": "2018-09-01"})
    approved = await approve(clinic, keys, LATER, impact)
    assert approved.json()["stage"] == "approved"
    eve = compose(settings, FixedClock(date(2018, 8, 31)))
    assert await eve.activate_due_rule_sets() == 0
    await eve.database.close()
    assert await history(clinic) == [("2016-01-01", DISTRICT_HEALTH)]

    day = FixedClock(date(2018, 9, 1))
    others = [compose(settings, day) for _ in range(3)]
    async with running(build(settings, day), **keys.headers()) as restarted:
        await asyncio.gather(*(other.activate_due_rule_sets() for other in others))
        done = await until(restarted, LATER, lambda found: found["plan"] is None)
        assert done["stage"] == "active"
        assert await history(restarted) == [
            ("2016-01-01", DISTRICT_HEALTH), ("2018-09-01", CITY_HEALTH),
        ]  # fmt: skip
        activated = await events(restarted, "rule_set.activated")
        assert [e["subject"] for e in activated] == [
            "rule_set:shenzhen-2016", "rule_set:shenzhen-2018",
        ]  # fmt: skip
    for other in others:
        await other.database.close()


async def test_an_approval_can_be_taken_back(clinic: httpx.AsyncClient, keys: TestKeys) -> None:
    impact = await impact_of(clinic, LATER, {"from": "2018-09-01"})
    await approve(clinic, keys, LATER, impact)
    second = await approve(clinic, keys, LATER, impact)
    assert second.json()["type"].endswith("already-approved")
    rewritten = await clinic.put(
        LATER, content=later_rules().replace("托底）", "兜底）"), headers={"if-match": "*"}
    )
    assert rewritten.json()["type"].endswith("rule-set-immutable")
    back = await clinic.post(
        f"{LATER}/withdrawal", json={"reason": "另有安排"}, headers={"if-match": "*"}
    )
    assert (back.status_code, back.json()["stage"]) == (200, "proved")
    again = await clinic.post(f"{LATER}/withdrawal", json={}, headers={"if-match": "*"})
    assert again.json()["type"].endswith("nothing-approved")


async def test_the_most_specific_rule_set_decides_and_retiring_it_gives_way(
    clinic: httpx.AsyncClient, keys: TestKeys
) -> None:
    district = (
        later_rules()
        .replace("id: shenzhen-2018", "id: luohu-2018")
        .replace('scope: "440300"', 'scope: "440303"')
    )
    await enact(clinic, keys, district, "2018-01-01")
    assert await history(clinic) == [("2016-01-01", DISTRICT_HEALTH), ("2018-01-01", CITY_HEALTH)]
    assert (await clinic.get("/v1/rule-sets/shenzhen-2016")).json()["stage"] == "active"
    path = "/v1/rule-sets/luohu-2018"
    early = await clinic.post(f"{path}/impact", json={"from": "2015-01-01"})
    assert early.json()["errors"][0]["rule"] == "rule_set_outside_dates"
    impact = await impact_of(clinic, path, {"action": "retire", "from": "2018-05-01"})
    await approve(clinic, keys, path, impact)
    done = await until(clinic, path, lambda found: found["plan"] is None)
    assert done["stage"] == "retired"
    assert await history(clinic) == [
        ("2016-01-01", DISTRICT_HEALTH), ("2018-01-01", CITY_HEALTH),
        ("2018-05-01", DISTRICT_HEALTH),
    ]  # fmt: skip
    over = await clinic.post(f"{path}/impact", json={"action": "retire"})
    assert over.json()["errors"][0]["rule"] == "rule_set_not_in_force"


async def test_the_same_key_gives_the_same_impact(clinic: httpx.AsyncClient) -> None:
    key = {"idempotency-key": "once"}
    one = await clinic.post(f"{LATER}/impact", json={"from": TODAY}, headers=key)
    two = await clinic.post(f"{LATER}/impact", json={"from": TODAY}, headers=key)
    assert one.headers["location"] == two.headers["location"]
    other = await clinic.post(f"{LATER}/impact", json={}, headers=key)
    assert other.json()["type"].endswith("idempotency-conflict")
