"""The story of one organization, told end to end, and the steps its state does not allow."""

from typing import Any

import httpx
import pytest
from tests.registry_api.samples import hospital


class Life:
    """One organization; each step sends the ETag that the step before got."""

    def __init__(self, client: httpx.AsyncClient, established: httpx.Response) -> None:
        self.client = client
        self.id = established.json()["id"]
        self.etag = established.headers["etag"]

    async def step(self, path: str, day: str, **facts: Any) -> httpx.Response:
        answer = await self.client.post(
            f"/v1/organizations/{self.id}/{path}",
            json={"effective_on": day, **facts},
            headers={"if-match": self.etag},
        )
        self.etag = answer.headers.get("etag", self.etag)
        return answer

    async def on(self, day: str, **when: Any) -> dict[str, Any]:
        answer = await self.client.get(
            f"/v1/organizations/{self.id}", params={"valid_on": day, **when}
        )
        assert answer.status_code == 200, answer.text
        return dict(answer.json())


@pytest.fixture
async def life(registry: httpx.AsyncClient) -> Life:
    """Established on 2016-03-01 with two full members and a provisional charter clause."""
    body = hospital(charter={"state": "provisional", "on": "2016-03-01"})
    return Life(registry, await registry.post("/v1/organizations", json=body))


async def test_the_story_of_one_organization(life: Life) -> None:
    assigned = await life.step("party-workers/assignment", "2016-03-10", role="organizer")
    assert assigned.status_code == 200, assigned.text
    await life.step("party-members", "2016-05-01", full_members=3, probationary_members=0)
    vetoed = await life.step("evaluations", "2016-06-01", proposed="3A")
    assert vetoed.json()["outcome"]["outcome"] == "vetoed"
    assert [g["ground"] for g in vetoed.json()["outcome"]["grounds"]] == ["eligible_not_formed"]
    assert vetoed.json()["grade"] is None
    formed = await life.step(
        "party-organization/formation", "2016-07-01", form="branch", mode="solo",
        secretary_post="director", secretary_cross_posted=True,
    )  # fmt: skip
    assert formed.json()["party"]["organizer"] is None
    granted = await life.step("evaluations", "2016-12-01", proposed="3A")
    assert granted.json()["grade"] == {
        "level": "3A", "announced_on": "2016-12-01", "valid_until": "2021-12-01",
    }  # fmt: skip
    included = await life.step("charter-inclusion", "2017-01-15", state="included")
    assert included.json()["charter"]["state"] == "included"
    corrected = await life.step("amendments", "2016-04-01", change={"full_time_staff": 44})
    assert corrected.status_code == 200, corrected.text

    assert (await life.on("2016-03-09"))["party"]["organizer"] is None
    assert (await life.on("2016-03-10"))["party"]["organizer"] is not None
    assert (await life.on("2016-06-30"))["party"]["organization"] is None
    assert (await life.on("2016-07-01"))["party"]["organization"]["form"] == "branch"
    assert (await life.on("2016-05-01"))["full_time_staff"] == 44
    assert (await life.on("2016-05-01", known_at=7))["full_time_staff"] == 40
    assert (await life.on("2017-06-01"))["charter"]["state"] == "included"


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
