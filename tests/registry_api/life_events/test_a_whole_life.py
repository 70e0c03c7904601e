"""The story of one organization from its establishment to its merger, told end to end.

Every step keeps what the register said right after it. At the end the register is asked again for
each of these moments, and must say the same; and for the days before and after each step.
"""

from dataclasses import dataclass
from typing import Any

import httpx
import pytest
from tests.registry_api.life import Life
from tests.registry_api.reading import founded
from tests.registry_api.samples import hospital

Document = dict[str, Any]


@dataclass(frozen=True)
class Moment:
    """What the register said at a position of its ledger."""

    position: int
    document: Document
    owed: list[str]


class Story:
    """A life whose moments are kept."""

    def __init__(self, life: Life) -> None:
        self.life = life
        self.moments: list[Moment] = []

    async def keep(self) -> Moment:
        """Keep what the register says now."""
        client = self.life.client
        head = (await client.get("/v1/ledger/head")).json()["position"]
        document = (await client.get(f"/v1/organizations/{self.life.id}")).json()
        moment = Moment(head, document, await self.owed())
        self.moments.append(moment)
        return moment

    async def step(self, path: str, day: str, **facts: Any) -> Document:
        """Take a step that succeeds; its answer."""
        answer = await self.life.step(path, day, **facts)
        assert answer.status_code == 200, answer.text
        await self.keep()
        return dict(answer.json())

    async def owed(self, **when: Any) -> list[str]:
        """The kinds of what is owed."""
        answer = await self.life.client.get(
            f"/v1/organizations/{self.life.id}/obligations", params=when
        )
        assert answer.status_code == 200, answer.text
        return sorted(item["kind"] for item in answer.json()["items"])


@pytest.fixture
async def story(registry: httpx.AsyncClient) -> Story:
    """Established on 2016-03-01 with two full members and a provisional charter clause."""
    body = hospital(charter={"state": "provisional", "on": "2016-03-01"})
    established = await registry.post("/v1/organizations", json=body)
    assert established.status_code == 201, established.text
    told = Story(Life(registry, established))
    await told.keep()
    return told


async def test_a_life_from_establishment_to_merger(story: Story) -> None:
    life = story.life

    # Two full members: the information base, and an organizer to look after it.
    assert "assign_organizer" in story.moments[0].owed
    assert await _in_the_base(story, organizer_missing=True)
    await story.step("party-workers/assignment", "2016-03-10", role="organizer")
    assert "assign_organizer" not in story.moments[-1].owed
    assert await _in_the_base(story, organizer_missing=False)

    # A third: now it owes a Party organization, and an evaluation is vetoed.
    await story.step("party-members", "2016-05-01", full_members=3, probationary_members=0)
    assert "form_party_organization" in story.moments[-1].owed
    asked = await life.client.get(
        f"/v1/organizations/{life.id}/evaluation-eligibility",
        params={"grade": "3A", "valid_on": "2016-06-01"},
    )
    assert asked.json()["eligible"] is False, asked.text
    vetoed = await story.step("evaluations", "2016-06-01", proposed="3A")
    assert vetoed["outcome"]["outcome"] == "vetoed"
    assert [g["ground"] for g in vetoed["outcome"]["grounds"]] == ["eligible_not_formed"]
    assert vetoed["grade"] is None

    # A branch is formed: nothing owed, the organizer is done, 3A is granted.
    formed = await story.step(
        "party-organization/formation", "2016-07-01", form="branch", mode="solo",
        secretary_post="director", secretary_cross_posted=True,
    )  # fmt: skip
    assert formed["party"]["organizer"] is None
    assert "form_party_organization" not in story.moments[-1].owed
    assert not await _in_the_base(story)
    granted = await story.step("evaluations", "2016-12-01", proposed="3A")
    assert granted["grade"] == {
        "level": "3A", "announced_on": "2016-12-01", "valid_until": "2021-12-01",
    }  # fmt: skip

    # An election waits for the review of its candidate.
    opened = await story.step(
        "leadership-elections", "2017-01-05", candidates=[{"post": "院长", "name": "某某"}]
    )
    (candidate,) = opened["outcome"]["candidates"]
    blocked = await life.step("leadership-elections/completion", "2017-01-10")
    assert blocked.status_code == 409, blocked.text
    await story.step(
        "leadership-elections/reviews", "2017-01-12",
        candidate_id=candidate["id"], result="passed",
    )  # fmt: skip
    elected = await story.step("leadership-elections/completion", "2017-01-14")
    assert elected["leadership_election"]["state"] == "completed"

    # The charter's clause, provisional so far, is included.
    included = await story.step("charter-inclusion", "2017-01-15", state="included")
    assert included["charter"]["state"] == "included"

    # A correction about an earlier date leaves what came later as it was.
    await story.step("amendments", "2016-04-01", change={"full_time_staff": 44})
    assert (await life.on("2016-03-31"))["full_time_staff"] == 40
    assert (await life.on("2016-04-01"))["full_time_staff"] == 44
    assert (await life.on("2016-05-01"))["party"]["full_members"] == 3

    # It ends by a merger; the other one goes on.
    survivor = await founded(life.client, 2)
    merger = await life.client.post(
        "/v1/mergers",
        json={
            "effective_on": "2017-05-01",
            "organizations": [{"id": life.id, "revision": story.moments[-1].document["revision"]}],
            "into": {"id": survivor, "revision": 1, "change": {"party": {"full_members": 5}}},
        },
    )
    assert merger.status_code == 200, merger.text
    ended = await story.keep()
    assert (ended.document["status"], ended.document["successors"]) == ("deregistered", [survivor])
    assert ended.owed == []

    await _every_moment_is_still_known(story)
    await _every_day_is_told(story)
    await _the_story_is_told(story)


async def _in_the_base(story: Story, **filters: Any) -> bool:
    answer = await story.life.client.get("/v1/information-base", params=filters)
    return story.life.id in [item["id"] for item in answer.json()["items"]]


async def _every_moment_is_still_known(story: Story) -> None:
    """Asked for any moment that was kept, the register says what it said then."""
    client, path = story.life.client, f"/v1/organizations/{story.life.id}"
    assert [m.position for m in story.moments] == sorted({m.position for m in story.moments})
    for moment in story.moments:
        answer = await client.get(path, params={"known_at": moment.position})
        assert answer.json() == moment.document
        assert await story.owed(known_at=moment.position) == moment.owed
    before = await client.get(path, params={"known_at": story.moments[0].position - 1})
    assert before.status_code == 404


async def _every_day_is_told(story: Story) -> None:
    """The days before and after each step, as known today."""
    read = story.life.on
    before_birth = await story.life.client.get(
        f"/v1/organizations/{story.life.id}", params={"valid_on": "2016-02-29"}
    )
    assert before_birth.status_code == 404
    assert (await read("2016-03-09"))["party"]["organizer"] is None
    assert (await read("2016-03-10"))["party"]["organizer"] is not None
    assert (await read("2016-04-30"))["party"]["full_members"] == 2
    assert (await read("2016-05-01"))["party"]["full_members"] == 3
    assert (await read("2016-05-31"))["evaluation"] is None
    assert (await read("2016-06-01"))["evaluation"]["outcome"] == "vetoed"
    assert (await read("2016-06-30"))["party"]["organization"] is None
    assert (await read("2016-07-01"))["party"]["organization"]["form"] == "branch"
    assert (await read("2016-11-30"))["grade"] is None
    assert (await read("2016-12-01"))["grade"]["level"] == "3A"
    assert (await read("2017-01-04"))["leadership_election"] is None
    assert (await read("2017-01-13"))["leadership_election"]["state"] == "open"
    assert (await read("2017-01-14"))["leadership_election"]["state"] == "completed"
    assert (await read("2017-01-14"))["charter"]["state"] == "provisional"
    assert (await read("2017-01-15"))["charter"]["state"] == "included"
    assert (await read("2017-04-30"))["status"] == "active"
    assert (await read("2017-05-01"))["status"] == "deregistered"
    assert "form_party_organization" not in await story.owed(valid_on="2016-04-30")
    assert "form_party_organization" in await story.owed(valid_on="2016-05-01")
    assert "form_party_organization" not in await story.owed(valid_on="2016-07-01")


async def _the_story_is_told(story: Story) -> None:
    """The timeline names every event, each in its stretch."""
    answer = await story.life.client.get(f"/v1/organizations/{story.life.id}/timeline")
    segments = answer.json()["segments"]
    types = [event["type"] for segment in segments for event in segment["events"]]
    assert types[0] == "organization.established"
    assert types[1:] == [
        "organization.party_worker_assigned", "organization.amended",
        "organization.members_counted", "organization.evaluation",
        "organization.party_organization_formed", "organization.evaluation",
        "organization.election_opened", "organization.candidate_reviewed",
        "organization.election_completed", "organization.charter_included",
        "organization.merged",
    ]  # fmt: skip
    assert segments[-1]["from"] == "2017-05-01"
    assert segments[-1]["until"] is None
