"""The first load against a small model of the three services: interrupted anywhere, same end."""

import json
from collections.abc import Mapping
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any

import httpx
import pytest

from local_runner.errors import RunnerError
from local_runner.loading.demo import Demo, part_of_city
from local_runner.loading.load import Addresses, DemoLoad, Phase
from local_runner.loading.rest import Rest

ADDRESSES = Addresses("http://registry", "http://router", "http://metrics")
ROWS = 5
RULE_SET = b"id: shenzhen-2016\n"


class Killed(BaseException):
    """The runner dies here."""


class ModelPlatform:
    """What the three services promise, as far as the load relies on it.

    Answers are stored under their idempotency key; a job goes one row further each time anyone
    asks, the router follows one row behind it, metrics one behind the router.
    """

    def __init__(self, *, failing_jobs: int = 0) -> None:
        self.answers: dict[str, httpx.Response] = {}
        self.jobs: list[dict[str, Any]] = []
        self.received: dict[str, bytes] = {}
        self.requests = 0
        self.die_at: int | None = None
        self.rule_set: dict[str, Any] = {
            "id": "shenzhen-2016", "revision": 1, "plan": None, "in_force": [], "stopped": None
        }  # fmt: skip
        self._failing_jobs = failing_jobs
        self._assigned = 0
        self._counted = 0

    def transport(self) -> httpx.MockTransport:
        return httpx.MockTransport(self._answer)

    def _answer(self, request: httpx.Request) -> httpx.Response:
        self.requests += 1
        answer = self._post(request) if request.method == "POST" else self._get(request)
        if self.requests == self.die_at:
            raise Killed  # after the effect, before the answer arrives: the hard case
        return answer

    def _post(self, request: httpx.Request) -> httpx.Response:
        key, body, path = request.headers["idempotency-key"], request.read(), request.url.path
        if key in self.answers:
            return self.answers[key]
        self.received[path] = body
        answer = self._rule_set_step(request) or httpx.Response(201)
        if path == "/v1/imports":
            assert request.url.params["effective_on"] == "2015-12-31"
            job = {"id": str(len(self.jobs)), "state": "running", "done": 0, "total": ROWS}
            self.jobs.append(job | {"errors": 0, "result": None})
            answer = httpx.Response(202, headers={"location": f"/v1/jobs/{job['id']}"})
        self.answers[key] = answer
        return answer

    def _rule_set_step(self, request: httpx.Request) -> httpx.Response | None:
        path = request.url.path
        if path == "/v1/rule-sets":
            return httpx.Response(201, json={"id": "shenzhen-2016"})
        match path.removeprefix("/v1/rule-sets/shenzhen-2016/"):
            case "proof":
                self.rule_set["revision"] += 1
                return httpx.Response(200, json={"proved": True})
            case "impact":
                return httpx.Response(202, headers={"location": "/v1/impacts/7"})
            case "approval":
                assert request.headers["authorization"] == "Bearer approver"
                assert request.headers["if-match"] == f'"{self.rule_set["revision"]}"'
                self.rule_set |= {"plan": {"from": "2016-01-01"}}
                return httpx.Response(200)
        return None

    def _get(self, request: httpx.Request) -> httpx.Response:
        registered = sum(job["done"] for job in self.jobs)
        document: Mapping[str, Any]
        match request.url.host, request.url.path:
            case "registry", "/v1/organizations":
                document = {"count": registered}
            case "router", "/v1/assignments":
                document = {"count": self._assigned}
                self._assigned = min(self._assigned + 1, registered)
            case "router", "/v1/feed-status":
                document = {"position": self._assigned}
            case "router", "/v1/rule-sets/shenzhen-2016":
                document = dict(self.rule_set)
                if self.rule_set["plan"]:  # carried out while nobody looks
                    self.rule_set |= {"plan": None, "in_force": [{"valid_from": "2016-01-01"}]}
            case "router", "/v1/impacts/7":
                document = {"id": "7", "state": "succeeded", "result": {"digest": "d"}}
            case "registry", "/v1/changes":
                document = {"head": registered}
            case "router", "/v1/changes":
                document = {"head": self._assigned}
            case "metrics", "/v1/freshness":
                document = {"positions": {"registry": registered, "router": self._counted}}
                self._counted = self._assigned
            case _, path:
                number = int(path.rsplit("/", 1)[1])
                if number >= len(self.jobs):
                    return httpx.Response(404, json={"title": "Not found"})
                document = self._step(self.jobs[number])
        return httpx.Response(200, json=document)

    def _step(self, job: dict[str, Any]) -> dict[str, Any]:
        if int(job["id"]) < self._failing_jobs:
            job["state"] = "failed"
        elif job["done"] < ROWS:
            job["done"] += 1
        else:
            job["state"] = "succeeded"
        return job


@pytest.fixture(autouse=True)
def _quick(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("local_runner.loading.load.POLL_INTERVAL", 0.0)
    monkeypatch.setattr("local_runner.loading.rule_set.POLL_INTERVAL", 0.0)


@pytest.fixture
def rule_set(tmp_path: Path) -> Path:
    path = tmp_path / "rule-set.yaml"
    path.write_bytes(RULE_SET)
    return path


@cache
def organizations() -> list[Mapping[str, Any]]:
    """The same rows for every test: inventing the city takes half a second."""
    return list(part_of_city(ROWS).organizations())


def load(model: ModelPlatform, folder: Path, rule_set: Path) -> DemoLoad:
    demo = Demo({"areas": [], "bodies": []}, organizations, date(2015, 12, 31))
    rest = Rest(lambda: "token", transport=model.transport())
    approver = Rest(lambda: "approver", transport=model.transport())
    return DemoLoad(rest, approver, ADDRESSES, demo, folder, rule_set)


async def test_a_load_sends_directory_rules_and_organizations(
    tmp_path: Path, rule_set: Path
) -> None:
    model = ModelPlatform()
    seen: dict[Phase, list[tuple[int, int | None]]] = {phase: [] for phase in Phase}
    job = await load(model, tmp_path, rule_set).run(
        lambda phase, done, total: seen[phase].append((done, total))
    )
    assert job["state"] == "succeeded"
    assert json.loads(model.received["/v1/directory/imports"])["reason"]
    assert model.received["/v1/rule-sets"] == RULE_SET
    assert model.rule_set["in_force"]
    assert model.received["/v1/imports"].count(b"\n") == ROWS + 1
    for phase in Phase:
        assert seen[phase] == sorted(seen[phase])
        assert seen[phase][-1] == (ROWS, ROWS)


async def test_a_load_that_is_killed_anywhere_ends_in_the_same_state(
    tmp_path: Path, rule_set: Path
) -> None:
    undisturbed = ModelPlatform()
    await load(undisturbed, tmp_path, rule_set).run(lambda *_: None)
    for moment in range(1, undisturbed.requests + 1):
        folder = tmp_path / str(moment)
        folder.mkdir()
        model = ModelPlatform()
        model.die_at = moment
        with pytest.raises(Killed):
            await load(model, folder, rule_set).run(lambda *_: None)
        again = load(model, folder, rule_set)
        assert not await again.is_complete()
        await again.run(lambda *_: None)
        assert await again.is_complete()
        assert model.jobs == undisturbed.jobs
        assert model.received == undisturbed.received


async def test_an_import_that_fails_is_sent_again(tmp_path: Path, rule_set: Path) -> None:
    model = ModelPlatform(failing_jobs=1)
    job = await load(model, tmp_path, rule_set).run(lambda *_: None)
    assert (job["id"], job["state"]) == ("1", "succeeded")


async def test_an_import_that_always_fails_is_given_up(tmp_path: Path, rule_set: Path) -> None:
    model = ModelPlatform(failing_jobs=99)
    with pytest.raises(RunnerError, match="The import of the demo city failed"):
        await load(model, tmp_path, rule_set).run(lambda *_: None)
    assert len(model.jobs) == 3


async def test_a_load_stays_complete_as_long_as_its_database_does(
    tmp_path: Path, rule_set: Path
) -> None:
    model = ModelPlatform()
    await load(model, tmp_path, rule_set).run(lambda *_: None)
    assert await load(model, tmp_path, rule_set).is_complete()
    assert not await load(ModelPlatform(), tmp_path, rule_set).is_complete()
