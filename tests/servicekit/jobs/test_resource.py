"""A job as a resource: its document, and the one rule of who sees it."""

from uuid import uuid4

import httpx
import pytest

from servicekit.database.engines import Database
from servicekit.jobs.queue import enqueue
from servicekit.testing import TestKeys


async def add(database: Database, areas: tuple[str, ...] | None) -> str:
    """A job that the client `tester` has queued, under a token with `areas`."""
    async with database.transaction() as connection:
        return str(await enqueue(connection, "count", {"total": 3}, "tester", areas))


async def test_the_document_of_a_job(client: httpx.AsyncClient, database: Database) -> None:
    job = await add(database, None)
    document = (await client.get(f"/v1/jobs/{job}")).json()
    created = document.pop("created_at")
    assert created.endswith("+00:00")
    assert document == {
        "id": job, "kind": "count", "state": "queued", "done": 0, "total": None, "errors": 0,
        "result": None, "updated_at": created,
    }  # fmt: skip


@pytest.mark.parametrize(
    ("client_id", "areas", "job_areas", "status"),
    [
        ("tester", None, None, 200),
        ("another", None, None, 200),
        ("another", None, ("440305",), 200),
        ("tester", ["4403"], ("440305",), 200),
        ("tester", ["4403", "4401"], ("440305", "440106"), 200),
        ("tester", ["440305"], ("4403",), 404),
        ("tester", ["4403"], ("440305", "440106"), 404),
        ("tester", ["4403"], None, 404),
        ("another", ["4403"], ("440305",), 404),
    ],
)
async def test_who_sees_a_job(
    client: httpx.AsyncClient,
    database: Database,
    keys: TestKeys,
    client_id: str,
    areas: list[str] | None,
    job_areas: tuple[str, ...] | None,
    status: int,
) -> None:
    job = await add(database, job_areas)
    headers = keys.headers("registry:read", client=client_id, areas=areas)
    assert (await client.get(f"/v1/jobs/{job}", headers=headers)).status_code == status


async def test_no_such_job(client: httpx.AsyncClient, keys: TestKeys) -> None:
    answer = await client.get(f"/v1/jobs/{uuid4()}")
    assert (answer.status_code, answer.json()["type"].rsplit("/", 1)[-1]) == (404, "not-found")
    assert (await client.get("/v1/jobs/7")).status_code == 422
    without = await client.get(f"/v1/jobs/{uuid4()}", headers=keys.headers("registry:write"))
    assert without.status_code == 403
