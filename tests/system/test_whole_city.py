"""The main job on one machine: a whole city, loaded while every process is killed once."""

import os
import signal
from collections import Counter
from typing import Any

import httpx
import orjson
import pytest

import demo_city
from local_runner.cli import rule_set_file
from local_runner.loading.demo import whole_city
from local_runner.loading.load import Addresses, DemoLoad, Phase
from local_runner.loading.rest import Rest
from local_runner.platform import Platform
from local_runner.services import METRICS, REGISTRY, ROUTER

pytestmark = pytest.mark.system

SCOPES = ["registry:read", "registry:write", "router:read", "router:write", "metrics:read"]
KINDS = {"social_association": 5115, "private_nonenterprise": 4803, "foundation": 182}


class Killer:
    """Kills each victim once, when its phase of the load has come that far."""

    def __init__(self, platform: Platform) -> None:
        self._platform = platform
        self._due = [
            (Phase.IMPORT, 1_000, "registry-api"),
            (Phase.IMPORT, 4_000, "postgres"),
            (Phase.ASSIGN, 1_000, "jurisdiction-router-follow"),
            (Phase.ASSIGN, 2_000, "jurisdiction-router"),
            (Phase.COUNT, 3_000, "metrics-follow"),
            (Phase.COUNT, 4_000, "metrics"),
        ]
        self.killed: list[str] = []

    def __call__(self, phase: Phase, done: int, total: int | None) -> None:
        for due in [d for d in self._due if d[0] == phase and d[1] <= done]:
            self._due.remove(due)
            pid = (
                self._platform.postgres.pid
                if due[2] == "postgres"
                else self._platform.processes[due[2]].pid
            )
            if pid is not None:
                os.kill(pid, signal.SIGKILL)
                self.killed.append(due[2])


async def _events(client: httpx.AsyncClient, base: str) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = []
    while True:
        params = {"after": len(found), "limit": 1000}
        page = (await client.get(f"{base}/v1/changes", params=params)).json()
        found += page["events"]
        if len(found) == page["head"]:
            return found


async def test_a_city_is_whole_after_every_process_was_killed_once(platform: Platform) -> None:
    token = platform.issuer.token(SCOPES, client="demo")
    at = Addresses(*(platform.url(service) for service in (REGISTRY, ROUTER, METRICS)))
    rest = Rest(lambda: platform.issuer.token(SCOPES, client="demo"))
    approver = Rest(lambda: platform.issuer.token(["router:approve"], client="approver"))
    killer = Killer(platform)
    folder = platform.data_dir.root
    try:
        await DemoLoad(rest, approver, at, whole_city(), folder, rule_set_file()).run(killer)
    finally:
        await rest.close()
        await approver.close()
    assert {"registry-api", "postgres"} <= set(killer.killed)
    assert len(killer.killed) >= 4

    headers = {"authorization": f"Bearer {token}"}
    async with httpx.AsyncClient(headers=headers, timeout=60, trust_env=False) as client:
        await _register_equals_input(client, at)
        await _assignments_are_whole(client, at)
        await _counts_sum_to_the_whole(client, at)


async def _register_equals_input(client: httpx.AsyncClient, at: Addresses) -> None:
    events = await _events(client, at.registry)
    assert [int(e["sequence"]) for e in events] == list(range(1, 10_101))
    assert len({e["subject"] for e in events}) == 10_100
    exported = await client.get(f"{at.registry}/v1/organizations/export?format=ndjson")
    held = [orjson.loads(line) for line in exported.content.splitlines()]
    wanted = {(d["credit_code"], d["filing_number"]): d for d in demo_city.organizations()}
    assert Counter(d["kind"] for d in held) == KINDS
    for document in held:
        given = wanted.pop((document["credit_code"], document["filing_number"]))
        assert {key: document[key] for key in given if key != "party"} == {
            key: value for key, value in given.items() if key != "party"
        }
    assert not wanted


async def _assignments_are_whole(client: httpx.AsyncClient, at: Addresses) -> None:
    events = await _events(client, at.router)
    assigned = Counter(e["subject"] for e in events if e["type"] == "assignment.changed")
    assert len(assigned) == 10_100
    assert set(assigned.values()) == {1}, "an assignment was made twice"
    totals = {}
    for outcome in ("assigned", "needs_decision", "out_of_scope"):
        params: dict[str, Any] = {"outcome": outcome, "count": "exact", "limit": 1000}
        page = (await client.get(f"{at.router}/v1/assignments", params=params)).json()
        totals[outcome] = page["count"]
        if outcome == "needs_decision":
            for item in page["items"]:
                decision = await client.get(f"{at.router}/v1/assignments/{item['organization_id']}")
                assert decision.json()["rule"] or decision.json()["missing"]
    assert sum(totals.values()) == 10_100
    assert 0 < totals["needs_decision"] < 100


async def _counts_sum_to_the_whole(client: httpx.AsyncClient, at: Addresses) -> None:
    for group_by in ("kind", "body_kind", "district", "grade", "kind,body_kind"):
        params = {"indicator": "in_operation_rate", "group_by": group_by}
        answer = (await client.get(f"{at.metrics}/v1/coverage", params=params)).json()
        assert answer["total"]["denominator"] == 10_100
        for part in ("numerator", "denominator"):
            assert sum(g[part] for g in answer["groups"]) == answer["total"][part]
        if group_by == "kind":
            assert {g["by"]["kind"]: g["denominator"] for g in answer["groups"]} == KINDS
