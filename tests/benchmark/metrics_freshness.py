# ruff: noqa: T201
"""From the registry's 201 to the changed count, over the whole platform with the demo city.

Five real processes and a durable PostgreSQL. Hospitals are registered one after the other; after
each 201 the coverage by kind of supervising body is asked until the new one is counted under the
body that the router has assigned it to. The parts of that time are read from the ledgers' own
clocks, on the same machine:

- routed: from the 201 to the router's ledger, which holds the assignment;
- recorded: from there to the edition of metrics that includes it;
- shown: from there to the answer that counts it, with the request that asks for it.

    python -m tests.benchmark.metrics_freshness [--registrations 200] [--organizations 10100]
"""

import argparse
import asyncio
import shutil
import statistics
import tempfile
import time
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

import httpx

from local_runner.cli import rule_set_file
from local_runner.loading.demo import part_of_city
from local_runner.loading.load import Addresses, DemoLoad
from local_runner.loading.rest import Rest
from local_runner.platform import Platform
from local_runner.services import METRICS, REGISTRY, ROUTER, Ports
from tests.benchmark.harness import Ratio
from tests.system.clients import client_of, hospital, in_step

GOAL_MILLISECONDS = 250
_BODY_KIND = "city_health_work_committee"


@dataclass(frozen=True)
class Spent:
    """Milliseconds of one registration, part by part; `total` counts from the 201."""

    registered: float
    routed: float
    recorded: float
    shown: float

    @property
    def total(self) -> float:
        """From the 201 to the answer."""
        return self.routed + self.recorded + self.shown


async def load(platform: Platform, organizations: int) -> None:
    """Rule set, directory and the first organizations of the demo city."""
    at = Addresses(*(platform.url(service) for service in (REGISTRY, ROUTER, METRICS)))
    rest = Rest(lambda: platform.issuer.token(client="demo"))
    approver = Rest(lambda: platform.issuer.token(["router:approve"], client="approver"))
    folder, demo = platform.data_dir.root, part_of_city(organizations)
    try:
        await DemoLoad(rest, approver, at, demo, folder, rule_set_file()).run(lambda *_: None)
    finally:
        await rest.close()
        await approver.close()


async def one(client: httpx.AsyncClient, platform: Platform) -> Spent:
    """Register a hospital and wait until it is counted under its body."""
    before = await _counted(client, platform)
    started = time.time()
    answer = await client.post(f"{platform.url(REGISTRY)}/v1/organizations", json=hospital())
    created = time.time()
    answer.raise_for_status()
    while await _counted(client, platform) == before:
        pass
    seen = time.time()
    organization = answer.json()["id"]
    assignment = await client.get(f"{platform.url(ROUTER)}/v1/assignments/{organization}/history")
    routed = max(_seconds(event["recorded_at"]) for event in assignment.json()["events"])
    freshness = (await client.get(f"{platform.url(METRICS)}/v1/freshness")).json()
    recorded = _seconds(freshness["recorded"]["recorded_at"])
    return Spent(
        *(
            1000 * (until - since)
            for since, until in (
                (started, created), (created, routed), (routed, recorded), (recorded, seen),
            )
        )
    )  # fmt: skip


async def _counted(client: httpx.AsyncClient, platform: Platform) -> Any:
    params = {"indicator": "organizational_coverage", "group_by": "body_kind"}
    answer = await client.get(f"{platform.url(METRICS)}/v1/coverage", params=params)
    groups = answer.raise_for_status().json()["groups"]
    return [group for group in groups if group["by"]["body_kind"] == _BODY_KIND]


def _seconds(moment: str) -> float:
    return datetime.fromisoformat(moment).timestamp()


def percentile(values: Sequence[float], share: float) -> float:
    """The smallest value that `share` of all do not exceed."""
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, int(share * len(ordered)))]


def report(spent: Sequence[Spent]) -> list[Ratio]:
    """Print median, p99 and worst of each part; the goal over the p99."""
    print(f"{len(spent)} registrations, milliseconds     median      p99    worst")
    for name in ("registered", "routed", "recorded", "shown", "total"):
        values = [getattr(each, name) for each in spent]
        print(
            f"  {name:32}{statistics.median(values):9.1f}{percentile(values, 0.99):9.1f}"
            f"{max(values):9.1f}"
        )
    p99 = percentile([each.total for each in spent], 0.99)
    return [("250 ms / p99 from 201 to the changed count", GOAL_MILLISECONDS / p99, 1)]


async def measure(root: Path, organizations: int, registrations: int) -> list[Ratio]:
    """Start, load, register; the ratio."""
    async with Platform(root, Ports.free()) as platform:
        await load(platform, organizations)
        async with client_of(platform) as client:
            await in_step(client, platform)
            for _ in range(5):
                await one(client, platform)
            return report([await one(client, platform) for _ in range(registrations)])


def main() -> list[Ratio]:
    """Run and print; the ratio."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--organizations", type=int, default=10_100)
    parser.add_argument("--registrations", type=int, default=200)
    options = parser.parse_args()
    root = Path(tempfile.mkdtemp(prefix="benchmark-"))
    root.chmod(0o755)
    try:
        return asyncio.run(measure(root, options.organizations, options.registrations))
    finally:
        shutil.rmtree(root, ignore_errors=True)


if __name__ == "__main__":
    main()
