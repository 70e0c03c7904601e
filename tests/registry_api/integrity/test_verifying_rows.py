"""`registry-api verify-rows`: current rows are what the ledger says, or what differs is named."""

import asyncio
import os
import subprocess
import sys
from pathlib import Path

import asyncpg
import httpx
import pytest
from tests.registry_api.conftest import StartRegistry
from tests.registry_api.import_files import csv_file, imported, row
from tests.registry_api.reading import amended, founded
from tests.registry_api.samples import credit_code

from servicekit.database import plain_dsn

HARM = {
    "a fact": (
        "UPDATE organization SET document = replace(document, '40', '41') WHERE id = ",
        "document",
    ),
    "a copy to filter by": ("UPDATE organization SET status = 'suspended' WHERE id = ", "status"),
    "an array to filter by": (
        "UPDATE organization SET name_pairs = '{1}' WHERE id = ",
        "name_pairs",
    ),
    "a revision": ("UPDATE organization SET revision = 7 WHERE id = ", "revision"),
    "a row": ("DELETE FROM organization WHERE id = ", "row"),
    "what is owed": (
        "UPDATE obligation SET due_on = '2030-01-01' WHERE organization_id = ",
        "obligations",
    ),
    "what is not owed": (
        "INSERT INTO obligation SELECT id, 'made_up', '2016-01-01', 'infinity', 'infinity' "
        "FROM organization WHERE id = ",
        "obligations",
    ),
    "the ledger's word": ("DELETE FROM ledger WHERE subject = ", "row"),
}
"""A statement about one organization, and where the difference is named."""


async def _lived(client: httpx.AsyncClient) -> str:
    """Every way in which rows are written; the id of one of them."""
    await founded(client, 1)
    changed, ended, void = [await founded(client, number) for number in (2, 3, 4)]
    await amended(client, changed, "2016-09-01", party={"full_members": 8})
    await amended(client, changed, "2016-05-01", charter={"state": "provisional"})
    await amended(client, changed, "2016-04-01", credit_code=credit_code(20))
    await amended(client, ended, "2017-01-01", status="deregistered")
    path = f"/v1/organizations/{void}/void"
    answer = await client.post(path, json={"reason": "错"}, headers={"if-match": "*"})
    assert answer.status_code == 200, answer.text
    job = await imported(client, csv_file([row(1), row(7), row(8)]))
    assert job["result"] == {"created": 2, "updated": 1, "unchanged": 0, "refused": 0}
    return changed


async def _verify(url: str) -> subprocess.CompletedProcess[str]:
    command = [str(Path(sys.executable).parent / "registry-api"), "verify-rows"]
    environment = {**os.environ, "REGISTRY_DATABASE_URL": url}
    return await asyncio.to_thread(
        subprocess.run, command, env=environment, capture_output=True, text=True, check=False
    )


async def test_rows_written_in_any_way_are_what_the_ledger_says(
    registry_url: str, start_registry: StartRegistry
) -> None:
    async with start_registry(registry_url) as client:
        await _lived(client)
    said = await _verify(registry_url)
    assert (said.returncode, said.stderr) == (0, "")
    assert "all rows are what the ledger says" in said.stdout


@pytest.mark.parametrize("harm", HARM)
async def test_what_differs_is_named(
    registry_url: str, start_registry: StartRegistry, harm: str
) -> None:
    async with start_registry(registry_url) as client:
        harmed = await _lived(client)
    statement, where = HARM[harm]
    connection = await asyncpg.connect(plain_dsn(registry_url))
    assert await connection.execute(f"{statement}'{harmed}'") not in (
        "UPDATE 0", "DELETE 0", "INSERT 0 0",
    )  # fmt: skip
    await connection.close()
    said = await _verify(registry_url)
    assert said.returncode == 1
    assert "1 organizations differ from the ledger" in said.stderr
    lines = [line for line in said.stderr.splitlines() if line.startswith(harmed)]
    assert where in {line.split()[1].rstrip(":") for line in lines}
