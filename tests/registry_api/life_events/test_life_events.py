"""Events of an organization's life, and the steps that its state does not allow."""

from typing import Any

import httpx
import pytest
from tests.registry_api.life import Life
from tests.registry_api.samples import hospital


@pytest.fixture
async def life(registry: httpx.AsyncClient) -> Life:
    """Established on 2016-03-01 with two full members and a provisional charter clause."""
    body = hospital(charter={"state": "provisional", "on": "2016-03-01"})
    return Life(registry, await registry.post("/v1/organizations", json=body))


@pytest.mark.parametrize(
    ("path", "facts", "rule"),
    [
        ("party-organization/formation", {"form": "branch", "mode": "solo"}, "too_few_members"),
        (
            "party-organization/formation",
            {"form": "joint_branch", "mode": "joint"},
            "joint_with_whom",
        ),
        ("party-organization/dissolution", {}, "no_party_organization"),
        ("party-organization/election", {}, "no_party_organization"),
        ("party-workers/ending", {"role": "liaison"}, "no_worker"),
        ("charter-inclusion", {"state": "none"}, "charter_goes_forward"),
        ("charter-inclusion", {"state": "included", "wording": "v1"}, "wording_not_yet"),
        ("demonstration-site", {"state": "withdrawn"}, "site_step"),
        ("abnormal-list/removal", {}, "not_listed"),
        ("resumption", {}, "status_does_not_allow"),
    ],
)
async def test_what_the_state_does_not_allow_is_a_409_in_words(
    life: Life, path: str, facts: dict[str, Any], rule: str
) -> None:
    answer = await life.step(path, "2016-04-01", **facts)
    assert answer.status_code == 409, answer.text
    (error,) = answer.json()["errors"]
    assert error["rule"] == rule
    assert "{" not in error["detail"]
    assert (await life.client.get("/v1/changes")).json()["head"] == 1


async def test_a_retried_event_happens_once(life: Life) -> None:
    for _ in range(2):
        answer = await life.client.post(
            f"/v1/organizations/{life.id}/suspension",
            json={"effective_on": "2016-04-01"},
            headers={"if-match": '"1"', "idempotency-key": "s1"},
        )
        assert (answer.status_code, answer.json()["status"]) == (200, "suspended")
    assert (await life.client.get("/v1/changes")).json()["head"] == 2


async def test_5a_needs_a_party_organization_even_of_the_small(life: Life) -> None:
    answer = await life.step("evaluations", "2016-04-01", proposed="5A")
    grounds = [g["ground"] for g in answer.json()["outcome"]["grounds"]]
    assert grounds == ["5a_needs_party_organization"]


async def test_the_inspection_refreshes_members_and_catches_up_the_charter(life: Life) -> None:
    answer = await life.step(
        "annual-inspections", "2017-03-01", year=2016, result="passed", party_section=True,
        full_members=4, charter_state="included",
    )  # fmt: skip
    body = answer.json()
    assert (body["party"]["full_members"], body["party"]["probationary_members"]) == (4, 1)
    assert body["charter"]["state"] == "included"
    assert body["annual_inspection"]["year"] == 2016
