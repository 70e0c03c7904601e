# ruff: noqa: T201
"""How fast metrics follows a page feed that is already there, against COPY of the same fact rows.

Births, then changes of the same organizations, then assignments: each a feed of pages of 1,000
made beforehand and handed over from memory; everything after the socket is real (chain check,
transaction, cursor, timelines, fact rows, edition, PostgreSQL).

    python -m tests.benchmark.metrics_following [--organizations 20000]
"""

import argparse
import asyncio
import gc
import time
from collections.abc import Callable, Sequence
from datetime import date
from typing import Any
from uuid import UUID

import httpx
import orjson
from pydantic import SecretStr
from sqlalchemy import text

from local_runner.postgres.server import temporary_server
from metrics_api.core.facts.columns import COLUMNS
from metrics_api.factory import PACKAGE
from metrics_api.facts.follow import followers
from metrics_api.settings import MetricsSettings
from servicekit.database import Database, Migrations, copy_rows
from servicekit.follower import Follower
from servicekit.ledger import GENESIS, chain
from tests.benchmark.harness import Ratio

PAGE = 1_000
GOAL = 10_000
FIRST, LATER = date(2015, 1, 1), date(2016, 1, 1)


def organization_state(number: int, **changes: Any) -> dict[str, Any]:
    """A state of the size that the registry's feed shows."""
    return {
        "credit_code": f"5244030300{number:08d}", "filing_number": None,
        "credit_code_waiver": None, "name": f"某市某区第{number}民办医院",
        "kind": "private_nonenterprise", "institution_type": "private_hospital",
        "category": "health",
        "registration": {"mode": "dual", "level": "district", "registered_on": "2009-03-02",
                         "authority": {"name": "某市某区民政局", "division_code": "440303"}},
        "business_supervisor": {"name": "某市某区卫生局", "system": "health"},
        "licence_issuer": "health", "affiliation": None,
        "domicile": {"division_code": f"440303{number % 900 + 1:03d}", "address": "某路某号"},
        "status": "active", "full_time_staff": number % 60, "sponsor": None, "grade": None,
        "charter": {"state": "included", "wording": "v1", "on": "2015-06-01"},
        "party": {"full_members": number % 7, "probationary_members": 0, "organization": None,
                  "instructor": None, "liaison": None, "organizer": {"assigned_on": None}},
        "predecessors": [], "successors": [], **changes,
    }  # fmt: skip


def assignment_state(number: int) -> dict[str, Any]:
    """An answer of the router."""
    body = {"id": f"440303-{number % 900}", "kind": "street_work_committee", "name": "某街道党工委",
            "area_code": f"440303{number % 900 + 1:03d}"}  # fmt: skip
    return {
        "outcome": "assigned", "supervising": body, "assisting": [], "rule_set": "shenzhen-2016",
        "rule": "private-clinic", "basis": "S", "flags": [], "decision": "0" * 64,
    }  # fmt: skip


class MadeFeed:
    """Pages made beforehand, answered from memory as the feed would."""

    def __init__(self, events: Sequence[tuple[UUID, str, date, dict[str, Any]]]) -> None:
        self._pages: dict[int, bytes] = {}
        digest = GENESIS
        for start in range(0, len(events), PAGE):
            page = []
            for position, (subject, kind, on, state) in enumerate(
                events[start : start + PAGE], start=start + 1
            ):
                event = _event(position, str(subject), kind, on, state)
                body = orjson.dumps(event, option=orjson.OPT_SORT_KEYS)
                digest = chain("sha256", digest, body)
                page.append({**event, "digest": digest.hex()})
            answer = {"events": page, "next_after": start + len(page), "head": len(events),
                      "digest": digest.hex(), "digest_algorithm": "sha256"}  # fmt: skip
            self._pages[start] = orjson.dumps(answer)

    def client(self) -> httpx.AsyncClient:
        """A client that is handed the pages."""

        def handle(request: httpx.Request) -> httpx.Response:
            return httpx.Response(200, content=self._pages[int(request.url.params["after"])])

        return httpx.AsyncClient(transport=httpx.MockTransport(handle), base_url="http://feed")


def _event(
    position: int, subject: str, kind: str, on: date, state: dict[str, Any]
) -> dict[str, Any]:
    return {
        "specversion": "1.0", "id": str(UUID(int=position)), "source": "feed", "type": kind,
        "subject": subject, "time": "2016-01-04T01:02:03.000004Z", "sequence": str(position),
        "revision": 1, "datacontenttype": "application/json",
        "data": {"effective_on": on.isoformat(), "actor": "bench", "reason": None, "areas": [],
                 "change": None,
                 "timeline": [{"from": on.isoformat(), "until": None, "state": state}]},
    }  # fmt: skip


async def timed(follower: Follower, events: int) -> float:
    """Changes per second over `events` of the feed."""
    started = time.perf_counter()
    done = 0
    while done < events:
        done += await follower.step()
    return events / (time.perf_counter() - started)


async def copy_speed(database: Database) -> float:
    """Rows per second of a bare COPY of the same fact rows, without indexes: the ceiling."""
    names = ["organization_id", "valid_from", "valid_until", "edition_from", "edition_until"]
    names += [column.name for column in COLUMNS]
    async with database.transaction() as connection:
        selected = await connection.execute(text(f"SELECT {', '.join(names)} FROM fact"))  # noqa: S608
        rows = [tuple(row) for row in selected]
        await connection.execute(text("CREATE TABLE bare (LIKE fact)"))
        await connection.execute(text("ALTER TABLE bare DROP COLUMN row_id"))
        started = time.perf_counter()
        await copy_rows(connection, "bare", names, rows)
        return len(rows) / (time.perf_counter() - started)


async def main() -> list[Ratio]:
    """Run and print; the speeds over the goal."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--organizations", type=int, default=20_000)
    count = parser.parse_args().organizations
    subjects = [UUID(int=(n * 2654435761) % 2**32 << 64 | n) for n in range(count)]
    births = [
        (s, "organization.imported", FIRST, organization_state(n)) for n, s in enumerate(subjects)
    ]
    changes = [
        (s, "organization.amended", LATER, organization_state(n, grade={"level": "4A"}))
        for n, s in enumerate(subjects)
    ]
    registry = MadeFeed([*births, *changes])
    router = MadeFeed(
        [(s, "assignment.changed", FIRST, assignment_state(n)) for n, s in enumerate(subjects)]
    )
    with temporary_server() as server:
        url = server.url("postgres")
        await asyncio.to_thread(Migrations(PACKAGE, url).upgrade)
        database = Database(MetricsSettings(database_url=SecretStr(url), pool_size=4))
        active = followers(database, registry.client(), router.client())
        gc.collect()
        gc.freeze()  # as servicekit does when the follower's app starts
        phases: list[tuple[str, Callable[[], Any]]] = [
            ("births", lambda: timed(active[0], count)),
            ("back-dated or later changes", lambda: timed(active[0], count)),
            ("assignments", lambda: timed(active[1], count)),
        ]
        speeds = [(name, await run()) for name, run in phases]
        ceiling = await copy_speed(database)
        for name, speed in speeds:
            print(f"{name:30}{speed:10,.0f} changes/s{speed / ceiling:8.2f} of COPY")
        print(f"{'COPY of the same rows':30}{ceiling:10,.0f} rows/s")
        await database.close()
    return [(f"{name}: changes/s / {GOAL:,}", speed / GOAL, 1) for name, speed in speeds]


if __name__ == "__main__":
    asyncio.run(main())
