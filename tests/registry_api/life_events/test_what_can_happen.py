"""What can happen to an organization, in which order, and what later events stand against."""

from typing import Any

import httpx
import pytest
from tests.registry_api.life import Life
from tests.registry_api.reading import founded
from tests.registry_api.samples import hospital

BRANCH = {"form": "branch", "mode": "solo"}
LIFE = {"member_meetings": 1, "committee_meetings": 3, "group_meetings": 0, "lectures": 1}


@pytest.fixture
async def life(registry: httpx.AsyncClient) -> Life:
    """Established on 2016-03-01 with three full members and a charter clause without a wording."""
    party = {"full_members": 3, "probationary_members": 0}
    return Life(registry, await registry.post("/v1/organizations", json=hospital(party=party)))


def _rules(answer: httpx.Response) -> tuple[int, list[str]]:
    return answer.status_code, [error["rule"] for error in answer.json().get("errors", [])]


async def _taken(life: Life, path: str, day: str, **facts: Any) -> dict[str, Any]:
    answer = await life.step(path, day, **facts)
    assert answer.status_code == 200, answer.text
    return dict(answer.json())


async def test_nothing_happens_to_who_has_ended(life: Life) -> None:
    await _taken(life, "deregistration", "2017-02-01")
    answer = await life.step("leadership-elections", "2017-03-01", candidates=[{"post": "院长"}])
    assert _rules(answer) == (409, ["status_does_not_allow"])


@pytest.mark.parametrize(
    ("later", "path", "facts"),
    [
        ([("suspension", "2017-01-10", {}), ("resumption", "2017-02-10", {})],
         "deregistration", {}),
        ([("recommendations", "2017-01-10", {"purpose": "award", "subject": "先进"})],
         "abnormal-list/entry", {"ground": "other"}),
        ([("party-organization/formation", "2017-01-10", BRANCH)],
         "party-organization/formation", BRANCH),
        ([("party-workers/assignment", "2017-01-10", {"role": "liaison"})],
         "party-workers/assignment", {"role": "liaison"}),
        ([("training", "2017-01-10", {"year": 2016, "secretary_hours": 1, "member_hours": 1})],
         "revocation", {}),
    ],
)  # fmt: skip
async def test_what_a_later_event_rules_out_is_refused_and_the_later_one_named(
    life: Life, later: list[tuple[str, str, dict[str, Any]]], path: str, facts: dict[str, Any]
) -> None:
    for step, day, said in later:
        await _taken(life, step, day, **said)
    before = (await life.client.get("/v1/ledger/head")).json()
    answer = await life.step(path, "2016-12-01", **facts)
    assert answer.status_code == 409, answer.text
    contradiction, why = answer.json()["errors"]
    assert (contradiction["rule"], contradiction["value"]) == ("later_event", "2016-12-01")
    assert later[0][1] in contradiction["detail"]
    assert why["rule"] not in {"later_event", ""}
    assert (await life.client.get("/v1/ledger/head")).json() == before


async def test_a_5a_stands_against_the_earlier_end_of_the_party_organization(life: Life) -> None:
    await _taken(life, "party-organization/formation", "2016-04-01", **BRANCH)
    await _taken(life, "evaluations", "2017-01-10", proposed="5A")
    dissolved = await life.step("party-organization/dissolution", "2016-12-01")
    assert _rules(dissolved) == (409, ["later_event", "grade_vetoed"])
    # Once the evaluation is corrected, nothing stands against it.
    withdrawn = await life.step(
        "amendments", "2017-01-10", change={"evaluation": None, "grade": None}
    )
    assert withdrawn.status_code == 200
    await _taken(life, "party-organization/dissolution", "2016-12-01")


async def test_members_counted_late_are_told_whatever_was_granted_since(life: Life) -> None:
    await _taken(life, "party-members", "2016-04-01", full_members=2, probationary_members=0)
    granted = await _taken(life, "evaluations", "2017-01-10", proposed="3A")
    assert granted["outcome"]["outcome"] == "granted"
    await _taken(life, "party-members", "2016-10-01", full_members=3, probationary_members=0)


async def test_who_was_absorbed_can_not_have_ended_before(registry: httpx.AsyncClient) -> None:
    ended, survivor = await founded(registry, 1), await founded(registry, 2)
    merger = {
        "effective_on": "2017-03-01",
        "organizations": [{"id": ended, "revision": 1}],
        "into": {"id": survivor, "revision": 1},
    }
    assert (await registry.post("/v1/mergers", json=merger)).status_code == 200
    answer = await registry.post(
        f"/v1/organizations/{survivor}/deregistration",
        json={"effective_on": "2017-01-01"},
        headers={"if-match": "*"},
    )
    assert _rules(answer) == (409, ["later_event", "status_does_not_allow"])


async def test_an_event_says_all_it_says_through_corrections_of_the_past(life: Life) -> None:
    await _taken(life, "party-organization/formation", "2016-04-01", **BRANCH)
    await _taken(life, "evaluations", "2016-05-01", proposed="3A")
    await _taken(life, "evaluations", "2017-05-01", proposed="3A")
    await _taken(life, "evaluations", "2016-10-01", proposed="4A")
    assert (await life.on("2017-04-30"))["grade"]["level"] == "4A"
    assert (await life.on("2017-05-01"))["grade"]["level"] == "3A"


async def test_an_older_quarter_takes_its_place_in_the_past_and_replaces_no_newer_one(
    life: Life,
) -> None:
    await _taken(life, "party-organization/formation", "2016-04-01", **BRANCH)
    await _taken(life, "organizational-life", "2017-04-05", quarter="2017Q1", **LIFE)
    late = await life.step("organizational-life", "2017-05-02", quarter="2016Q4", **LIFE)
    assert _rules(late) == (409, ["newer_period_told"])
    short = {**LIFE, "lectures": 0}
    told = await _taken(life, "organizational-life", "2016-12-31", quarter="2016Q4", **short)
    assert told["party"]["organizational_life"] == {"quarter": "2017Q1", **LIFE}
    held = (await life.on("2017-04-04"))["party"]["organizational_life"]
    assert held == {"quarter": "2016Q4", **short}


async def test_a_newer_quarter_does_not_slip_in_before_an_older_one(life: Life) -> None:
    await _taken(life, "party-organization/formation", "2016-04-01", **BRANCH)
    await _taken(life, "organizational-life", "2017-05-02", quarter="2016Q4", **LIFE)
    newer = await life.step("organizational-life", "2017-04-05", quarter="2017Q1", **LIFE)
    assert _rules(newer) == (409, ["later_event", "newer_period_told"])


async def test_an_inspection_made_up_for_stands_beside_the_newest(life: Life) -> None:
    inspected = {"result": "passed", "party_section": True}
    body = hospital(2, registration={**hospital()["registration"], "registered_on": "2014-03-01"})
    older = await life.client.post("/v1/organizations", json=body)
    life = Life(life.client, older)
    await _taken(life, "annual-inspections", "2017-04-01", year=2016, **inspected)
    made_up = await _taken(life, "annual-inspections", "2017-05-02", year=2015, **inspected)
    told = made_up["annual_inspection"]
    assert (told["year"], told["on"]) == (2016, "2017-04-01")
    assert told["made_up"] == {"year": 2015, "on": "2017-05-02", **inspected}


async def test_an_approval_lifts_the_gate_and_is_kept(life: Life) -> None:
    await _taken(life, "party-members", "2016-03-20", full_members=0, probationary_members=0)
    functional = {"form": "functional", "mode": "solo"}
    refused = await life.step("party-organization/formation", "2016-04-01", **functional)
    assert _rules(refused) == (409, ["too_few_members"])
    joint = {"form": "joint_branch", "mode": "solo"}
    refused = await life.step("party-organization/formation", "2016-04-01", **joint)
    assert _rules(refused) == (409, ["joint_branch_is_joint"])
    formed = await _taken(
        life, "party-organization/formation", "2016-04-01", approval="罗组〔2016〕1号", **functional
    )
    assert formed["party"]["organization"]["approval"] == "罗组〔2016〕1号"


async def test_the_charter_does_not_go_backwards(registry: httpx.AsyncClient) -> None:
    life = Life(registry, await registry.post("/v1/organizations", json=hospital()))
    inspected = {"year": 2016, "result": "passed", "party_section": True}
    for state in ("provisional", "none"):
        answer = await life.step(
            "annual-inspections", "2017-04-01", charter_state=state, **inspected
        )
        assert _rules(answer) == (409, ["charter_goes_forward"])


async def test_a_demonstration_site_is_reviewed_with_a_result(life: Life) -> None:
    review = "demonstration-site/reviews"
    early = await life.step(review, "2016-04-01", result="passed")
    assert _rules(early) == (409, ["site_not_designated"])
    await _taken(life, "demonstration-site", "2016-04-01", state="nominated", theme="医患同心")
    await _taken(life, "demonstration-site", "2016-05-01", state="designated")
    again = await life.step("demonstration-site", "2016-06-01", state="designated")
    assert _rules(again) == (409, ["site_step"])
    reviewed = await _taken(life, review, "2017-05-01", result="rectification")
    assert reviewed["party"]["demonstration_site"] == {
        "state": "designated", "on": "2016-05-01", "theme": "医患同心",
        "reviewed_on": "2017-05-01", "review_result": "rectification",
    }  # fmt: skip
    found = await life.client.get(
        "/v1/organizations", params={"demonstration_review_result": "rectification"}
    )
    assert [item["id"] for item in found.json()["items"]] == [life.id]
    failed = await _taken(life, review, "2017-06-01", result="failed")
    assert failed["party"]["demonstration_site"]["state"] == "withdrawn"


async def test_an_amendment_decides_no_election(life: Life) -> None:
    change = {"leadership_election": {"state": "completed", "opened_on": "2017-01-01"}}
    answer = await life.step("amendments", "2017-01-01", change=change)
    assert _rules(answer) == (422, ["decided_by_event"])
    assert answer.json()["errors"][0]["pointer"] == "/change/leadership_election"


async def test_a_5a_amended_without_a_party_organization_is_noticed(life: Life) -> None:
    answer = await life.step("amendments", "2017-01-01", change={"grade": {"level": "5A"}})
    assert answer.status_code == 200
    answer = await life.client.get(f"/v1/organizations/{life.id}/notices")
    notices = answer.json()["notices"]
    assert "grade_without_party_organization" in {notice["kind"] for notice in notices}


async def test_a_date_of_a_block_can_not_lie_ahead(life: Life) -> None:
    change = {"abnormal_list": {"since": "2030-01-01", "ground": "other"}}
    answer = await life.step("amendments", "2017-01-01", change=change)
    assert _rules(answer) == (422, ["future_date"])
    assert answer.json()["errors"][0]["pointer"] == "/change/abnormal_list/since"


async def test_a_new_organization_is_active(registry: httpx.AsyncClient) -> None:
    answer = await registry.post("/v1/organizations", json=hospital(status="revoked"))
    assert answer.status_code == 422, answer.text
    errors = {(e["pointer"], e["rule"]) for e in answer.json()["errors"]}
    assert ("/status", "not_active") in errors


async def test_heirs_are_active(registry: httpx.AsyncClient) -> None:
    first, second = await founded(registry, 1), await founded(registry, 2)
    merger: dict[str, Any] = {
        "effective_on": "2017-03-01",
        "organizations": [{"id": first, "revision": 1}],
        "into": {"id": second, "revision": 1, "change": {"status": "revoked"}},
    }
    answer = await registry.post("/v1/mergers", json=merger)
    assert answer.status_code == 409
    (error,) = answer.json()["errors"]
    assert (error["pointer"], error["rule"]) == ("/into/change/status", "goes_on")
    split = {
        "effective_on": "2017-03-01",
        "organization": {"id": first, "revision": 1},
        "continues": True,
        "establish": [hospital(3, status="deregistered")],
    }
    answer = await registry.post("/v1/splits", json=split)
    assert answer.status_code == 422
    (error,) = answer.json()["errors"]
    assert (error["pointer"], error["rule"]) == ("/establish/0/status", "not_active")
