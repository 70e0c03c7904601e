"""The first load: a city through the public REST API, and only through it.

Each step is safe to repeat, so a load that was interrupted anywhere, by the death of any process
or of the runner, is simply done again: what has been done answers so, and the import job goes on
where it stood.
"""

import asyncio
import hashlib
import json
from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import Any
from urllib.parse import urljoin, urlsplit

from local_runner.errors import RunnerError
from local_runner.loading.demo import Demo
from local_runner.loading.rest import RefusedError, Rest
from local_runner.loading.rule_set import RuleSetLoad
from local_runner.storage.data_dir import read_json, write_atomically

POLL_INTERVAL = 0.3
ATTEMPTS = 3
"""Of the import: a failed job is not run again, but its file may be sent again."""


class Phase(StrEnum):
    """What the progress bars are about."""

    IMPORT = "import 登记入库"
    ASSIGN = "assignment 隶属判定"
    COUNT = "counting 覆盖统计"


OnProgress = Callable[[Phase, int, int | None], None]
"""Told phase, done and total (None: not known yet)."""


@dataclass(frozen=True)
class Addresses:
    """Base addresses of the three services."""

    registry: str
    router: str
    metrics: str


class DemoLoad:
    """Loads one demo city into one platform.

    Args:
        rest: a client whose token may read and write in all three services; its client id must
            stay the same from run to run, as idempotency keys belong to a client.
        approver: another client, whose token may approve in the router.
        addresses: where the services are.
        demo: what to load.
        folder: keeps the file that is imported, and the word that all is done.
        rule_set: the file of the rule set that the router is to follow.
    """

    def __init__(
        self,
        rest: Rest,
        approver: Rest,
        addresses: Addresses,
        demo: Demo,
        folder: Path,
        rule_set: Path,
    ) -> None:
        self._rest = rest
        self._approver = approver
        self._at = addresses
        self._demo = demo
        self._rule_set = rule_set
        self._file = folder / "organizations.csv"
        self._state_file = folder / "load.json"

    async def is_complete(self) -> bool:
        """Whether an earlier run has finished the load into the database that is here now."""
        state = read_json(self._state_file)
        if not isinstance(state, dict) or "job" not in state:
            return False
        try:
            await self._rest.get(urljoin(self._at.registry, state["job"]))
        except RefusedError:
            return False
        return True

    async def run(self, on_progress: OnProgress) -> dict[str, Any]:
        """Do what is left to do; returns the import job as it ended.

        Raises:
            RunnerError: a service refused a step, or did not answer for minutes.
        """
        await self._send_directory()
        await RuleSetLoad(self._rest, self._approver, self._at.router).run(self._rule_set)
        digest = await asyncio.to_thread(self._write_file)
        for attempt in range(ATTEMPTS):
            location = await self._send_organizations(f"demo-import-{digest}-{attempt}")
            job = await self._follow(location, on_progress)
            if job["state"] == "succeeded":
                write_atomically(self._state_file, json.dumps({"job": urlsplit(location).path}))
                return job
        raise RunnerError(f"The import of the demo city failed: {job.get('result')}")

    async def _send_directory(self) -> None:
        document = {"reason": "demo city", **self._demo.directory}
        body = json.dumps(document, ensure_ascii=False).encode()
        await self._rest.post(
            f"{self._at.router}/v1/directory/imports?activate=true",
            body,
            "application/json",
            key=_key("demo-directory", body),
        )

    def _write_file(self) -> str:
        """Write the city's file, always the same; returns its digest."""
        draft = self._file.with_suffix(".draft")
        self._demo.write_csv(draft)
        draft.replace(self._file)
        with self._file.open("rb") as file:
            return hashlib.file_digest(file, "sha256").hexdigest()[:16]

    async def _send_organizations(self, key: str) -> str:
        """Start the import, or find the one that was started under this key."""
        url = f"{self._at.registry}/v1/imports?format=csv&effective_on={self._demo.as_of}"
        answer = await self._rest.post(url, self._file, "text/csv", key=key)
        return urljoin(url, answer.headers["location"])

    async def _follow(self, job_url: str, on_progress: OnProgress) -> dict[str, Any]:
        """Watch import, assignment and counting go on side by side until all are through."""
        while True:
            job: dict[str, Any] = await self._rest.get(job_url)
            on_progress(Phase.IMPORT, job["done"], job["total"])
            if job["state"] == "failed":
                return job
            imported = job["state"] == "succeeded"
            caught_up = await self._caught_up(job["total"], on_progress)
            if imported and caught_up:
                return job
            await asyncio.sleep(POLL_INTERVAL)

    async def _caught_up(self, total: int | None, on_progress: OnProgress) -> bool:
        """Whether the router has read all of the registry's ledger, and metrics all of both.

        Positions decide, not counts: an organization that a follower had to set aside has no
        assignment, and waiting for one would never end. The report names such organizations.
        """
        registry_head = await self._head(self._at.registry)
        followed = (await self._rest.get(f"{self._at.router}/v1/feed-status"))["position"]
        registered = await self._count(f"{self._at.registry}/v1/organizations")
        assigned = await self._count(f"{self._at.router}/v1/assignments")
        router_head = await self._head(self._at.router)
        positions = (await self._rest.get(f"{self._at.metrics}/v1/freshness"))["positions"]
        behind = max(registry_head - positions["registry"], 0)
        behind += max(router_head - positions["router"], 0)
        expected = max(total or 0, registered)
        on_progress(Phase.ASSIGN, assigned, expected)
        on_progress(Phase.COUNT, max(assigned - behind, 0), expected)
        return bool(followed >= registry_head and behind == 0)

    async def _count(self, url: str) -> int:
        page = await self._rest.get(url, count="exact", limit=1)
        count: int = page["count"]
        return count

    async def _head(self, service: str) -> int:
        page = await self._rest.get(f"{service}/v1/changes", after=0, limit=1)
        head: int = page["head"]
        return head


def _key(what: str, body: bytes) -> str:
    return f"{what}-{hashlib.sha256(body).hexdigest()[:16]}"
