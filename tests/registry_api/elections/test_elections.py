"""Leadership elections: an unreviewed candidate blocks, names stay sealed and nowhere else."""

import asyncio
import base64
import json
import os
import subprocess
import sys
from itertools import count
from pathlib import Path

import asyncpg
import httpx
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests.registry_api.conftest import StartRegistry
from tests.registry_api.life import Life
from tests.registry_api.samples import hospital

from servicekit.database import plain_dsn
from servicekit.testing import TestKeys

NAME = "欧阳晨曦"
_NUMBERS = count(1)


async def _opened(client: httpx.AsyncClient, number: int = 1) -> tuple[Life, list[str]]:
    life = Life(client, await client.post("/v1/organizations", json=hospital(number)))
    answer = await life.step(
        "leadership-elections",
        "2016-05-01",
        candidates=[{"post": "理事长", "name": NAME}, {"post": "监事长"}],
    )
    assert answer.status_code == 200, answer.text
    return life, [c["id"] for c in answer.json()["outcome"]["candidates"]]


async def test_an_election_completes_when_every_candidate_has_passed(
    registry: httpx.AsyncClient,
) -> None:
    life, (first, second) = await _opened(registry)
    await life.step(
        "leadership-elections/reviews", "2016-05-10", candidate_id=first, result="passed"
    )
    blocked = await life.step("leadership-elections/completion", "2016-05-20")
    assert blocked.status_code == 409
    (error,) = blocked.json()["errors"]
    assert (error["pointer"], error["value"]) == (f"/candidates/{second}", "pending")
    await life.step(
        "leadership-elections/reviews", "2016-05-25", candidate_id=second, result="passed"
    )
    done = await life.step("leadership-elections/completion", "2016-06-01")
    held = done.json()["leadership_election"]
    assert {k: v for k, v in held.items() if k not in {"id", "reviews"}} == {
        "state": "completed", "opened_on": "2016-05-01", "completed_on": "2016-06-01",
        "cancelled_on": None, "candidates": 2, "passed": 2, "rejected": 0,
    }  # fmt: skip
    assert held["reviews"] == {
        first: {"election": held["id"], "result": "passed", "on": "2016-05-10"},
        second: {"election": held["id"], "result": "passed", "on": "2016-05-25"},
    }
    assert (await life.on("2016-05-15"))["leadership_election"]["passed"] == 1


async def test_a_name_is_sealed_at_rest_and_its_reading_is_audited(
    registry_url: str, start_registry: StartRegistry, keys: TestKeys
) -> None:
    async with start_registry(registry_url) as client:
        life, _ = await _opened(client)
        path = f"/v1/organizations/{life.id}/leadership-elections/candidates"
        listed = (await client.get(path)).json()["items"]
        assert [c["name"] for c in listed] == [NAME, None]
        assert (await client.get(path, headers=keys.headers("registry:read"))).status_code == 403
        assert NAME not in (await client.get("/v1/changes")).text
        assert NAME not in (await client.get("/v1/organizations/export")).text
    connection = await asyncpg.connect(dsn=plain_dsn(registry_url))
    try:
        sealed = await connection.fetchval("SELECT name_sealed FROM candidate WHERE number = 0")
        assert NAME.encode() not in sealed
        assert await connection.fetchval("SELECT count(*) FROM restricted_access") == 1
        for table in ("ledger", "organization", "idempotency_key"):
            found = await connection.fetchval(
                f"SELECT count(*) FROM {table} t WHERE t::text LIKE '%{NAME}%'"  # noqa: S608
            )
            assert found == 0, table
    finally:
        await connection.close()


async def test_one_election_at_a_time(registry: httpx.AsyncClient) -> None:
    life, _ = await _opened(registry)
    again = await life.step("leadership-elections", "2016-05-02", candidates=[{"post": "秘书长"}])
    assert (again.status_code, again.json()["errors"][0]["rule"]) == (409, "election_open")


def _rules(answer: httpx.Response) -> tuple[int, list[str]]:
    return answer.status_code, [error["rule"] for error in answer.json().get("errors", [])]


async def _reviewed(life: Life, day: str, candidate: str, result: str) -> httpx.Response:
    path = "leadership-elections/reviews"
    return await life.step(path, day, candidate_id=candidate, result=result)


async def _candidates(life: Life) -> dict[str, str]:
    path = f"/v1/organizations/{life.id}/leadership-elections/candidates"
    return {c["id"]: c["result"] for c in (await life.client.get(path)).json()["items"]}


async def test_reviews_count_from_their_own_day_on_whenever_they_were_recorded(
    registry: httpx.AsyncClient,
) -> None:
    life, (first, second) = await _opened(registry)
    await _reviewed(life, "2016-07-01", first, "passed")
    late = await _reviewed(life, "2016-06-01", second, "passed")
    assert late.json()["leadership_election"]["passed"] == 2
    for day, passed in (("2016-05-31", 0), ("2016-06-15", 1), ("2016-07-01", 2)):
        assert (await life.on(day))["leadership_election"]["passed"] == passed, day
    for day in ("2016-05-15", "2016-06-15"):
        answer = await life.step("leadership-elections/completion", day)
        assert _rules(answer)[0] == 409, answer.text
        assert {*_rules(answer)[1]} == {"candidate_not_passed"}
    assert (await life.step("leadership-elections/completion", "2016-07-01")).status_code == 200


async def test_a_rejection_that_a_second_review_overturned_stays_known(
    registry: httpx.AsyncClient,
) -> None:
    life, (first, _) = await _opened(registry)
    await _reviewed(life, "2016-05-10", first, "rejected")
    await _reviewed(life, "2016-05-20", first, "passed")
    assert (await life.on("2016-05-19"))["leadership_election"]["rejected"] == 1
    events = (await registry.get(f"/v1/organizations/{life.id}/events")).json()["items"]
    told = [e["change"]["leadership_election"]["reviews"][first]["result"] for e in events[2:]]
    assert told == ["rejected", "passed"]


async def test_a_rejected_candidate_is_replaced_or_the_election_is_cancelled(
    registry: httpx.AsyncClient,
) -> None:
    life, (first, second) = await _opened(registry)
    await _reviewed(life, "2016-05-10", first, "rejected")
    await _reviewed(life, "2016-05-10", second, "passed")
    replaced = await life.step(
        "leadership-elections/withdrawals", "2016-05-20", candidate_id=first,
        replaced_by={"post": "理事长", "name": "司马晨光"},
    )  # fmt: skip
    (new,) = replaced.json()["outcome"]["candidates"]
    assert replaced.json()["leadership_election"]["candidates"] == 2
    assert await _candidates(life) == {first: "withdrawn", second: "passed", new["id"]: "pending"}
    assert _rules(await _reviewed(life, "2016-05-21", first, "passed")) == (409, ["no_candidate"])
    await _reviewed(life, "2016-05-22", new["id"], "passed")
    await life.step("leadership-elections/withdrawals", "2016-05-23", candidate_id=second)
    done = await life.step("leadership-elections/completion", "2016-05-24")
    assert done.json()["leadership_election"]["passed"] == 1
    # Another one on the same day has candidates of its own, and can be given up.
    again = await life.step("leadership-elections", "2016-05-24", candidates=[{"post": "理事长"}])
    (third,) = again.json()["outcome"]["candidates"]
    assert await _candidates(life) == {third["id"]: "pending"}
    await life.step("leadership-elections/withdrawals", "2016-05-25", candidate_id=third["id"])
    empty = await life.step("leadership-elections/completion", "2016-05-26")
    assert _rules(empty) == (409, ["no_candidates"])
    given_up = await life.step("leadership-elections/cancellation", "2016-05-26")
    assert given_up.json()["leadership_election"]["state"] == "cancelled"


async def test_an_election_that_a_later_one_contradicts_is_refused(
    registry: httpx.AsyncClient,
) -> None:
    life, (first, second) = await _opened(registry)
    early = await life.step("leadership-elections", "2016-04-01", candidates=[{"post": "院长"}])
    assert _rules(early) == (409, ["later_event", "election_open"])
    for candidate in (first, second):
        await _reviewed(life, "2016-05-10", candidate, "passed")
    await life.step("leadership-elections/completion", "2016-06-01")
    rejected = await _reviewed(life, "2016-05-20", second, "rejected")
    assert _rules(rejected) == (409, ["later_event", "candidate_not_passed"])
    again = await _reviewed(life, "2016-05-20", second, "passed")
    assert again.status_code == 200
    cancelled = await life.step("leadership-elections/cancellation", "2016-05-30")
    assert _rules(cancelled) == (409, ["later_event", "no_open_election"])


_REVIEWS = st.lists(
    st.tuples(st.integers(2, 20), st.sampled_from([0, 1]), st.sampled_from(["passed", "rejected"])),
    max_size=8,
)


@settings(
    max_examples=10, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(_REVIEWS)
async def test_counts_of_any_day_are_those_of_the_reviews_up_to_it(
    registry: httpx.AsyncClient, reviews: list[tuple[int, int, str]]
) -> None:
    life, candidates = await _opened(registry, next(_NUMBERS))
    for day, who, result in reviews:
        answer = await _reviewed(life, f"2016-05-{day:02}", candidates[who], result)
        assert answer.status_code == 200, answer.text
    for day in range(1, 22):
        known = sorted((r for r in reviews if r[0] <= day), key=lambda r: r[0])
        last = {who: result for _, who, result in known}
        held = (await life.on(f"2016-05-{day:02}"))["leadership_election"]
        results = list(last.values())
        assert held["candidates"] == 2
        assert held["passed"] == results.count("passed")
        assert held["rejected"] == results.count("rejected")


async def test_names_are_sealed_anew_after_a_rotation(
    registry_url: str, start_registry: StartRegistry, key_ring_file: Path, tmp_path: Path
) -> None:
    async with start_registry(registry_url) as client:
        await _opened(client)
    rotated = _rotated(key_ring_file, tmp_path / "ring.json")
    environment = {
        **os.environ,
        "REGISTRY_DATABASE_URL": registry_url,
        "REGISTRY_KEY_RING_FILE": str(rotated),
    }
    command = [str(Path(sys.executable).parent / "registry-api"), "reseal-names"]
    for expected in (1, 0):
        done = await asyncio.to_thread(
            subprocess.run, command, env=environment, capture_output=True, text=True, check=True
        )
        assert f"{expected} names" in done.stdout


def _rotated(ring_file: Path, target: Path) -> Path:
    """The key ring with a new current key beside the old one."""
    ring = json.loads(ring_file.read_text())
    ring["keys"]["k2"] = base64.b64encode(os.urandom(32)).decode()
    target.write_text(json.dumps({**ring, "current": "k2"}))
    return target
