"""Takes a rule set all the way into force: drafted, proved, its impact computed, approved.

Whoever drafts may not approve, so two clients take part. Each step is safe to repeat.
"""

import asyncio
import hashlib
import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final
from urllib.parse import urljoin

from local_runner.errors import RunnerError
from local_runner.loading.rest import Rest

POLL_INTERVAL = 0.2
_MOVED_ON: Final = (409, 412)
"""An approval that is sent again finds itself made already."""


@dataclass(frozen=True)
class RuleSetLoad:
    """Brings one file into force in one router.

    Args:
        author: a client whose token may write in the router.
        approver: another client, whose token may approve.
        router: the router's base address.
    """

    author: Rest
    approver: Rest
    router: str

    async def run(self, file: Path) -> dict[str, Any]:
        """Do what is left to do; the rule set's document, in force.

        Raises:
            RunnerError: the router refused a step, or did not answer for minutes.
        """
        body = await asyncio.to_thread(file.read_bytes)
        key = f"demo-rule-set-{hashlib.sha256(body).hexdigest()[:16]}"
        drafted = await self.author.post(
            f"{self.router}/v1/rule-sets", body, "application/yaml", key=key
        )
        url = f"{self.router}/v1/rule-sets/{drafted.json()['id']}"
        document = await self.author.get(url)
        if not document["in_force"] and document["plan"] is None:
            await self._approve(url, key)
        return await self._carried_out(url)

    async def _approve(self, url: str, key: str) -> None:
        proof = await self.author.post(f"{url}/proof", b"", "application/json", key=f"{key}-proof")
        if not proof.json()["proved"]:
            raise RunnerError(f"{url} is not proved: {proof.json()['counterexamples'][:3]}")
        started = await self.author.post(
            f"{url}/impact", b"{}", "application/json", key=f"{key}-impact"
        )
        impact_url = urljoin(url, started.headers["location"])
        while (impact := await self.author.get(impact_url))["state"] in {"queued", "running"}:
            await asyncio.sleep(POLL_INTERVAL)
        if impact["state"] != "succeeded":
            raise RunnerError(f"{impact_url} failed: {impact['error']}")
        document = await self.author.get(url)
        approval = {"impact": impact["id"], "digest": impact["result"]["digest"]}
        await self.approver.post(
            f"{url}/approval",
            json.dumps(approval).encode(),
            "application/json",
            key=f"{key}-approval",
            if_match=f'"{document["revision"]}"',
            accepted=_MOVED_ON,
        )

    async def _carried_out(self, url: str) -> dict[str, Any]:
        while (document := await self.author.get(url))["plan"] is not None:
            await asyncio.sleep(POLL_INTERVAL)
        if not document["in_force"]:
            raise RunnerError(f"{url} was not brought into force: {document['stopped']}")
        return dict(document)
