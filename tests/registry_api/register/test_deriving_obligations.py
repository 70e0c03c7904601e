"""What everybody owes, derived anew after the rules have changed."""

import asyncio
import os
import subprocess
import sys
from pathlib import Path

import asyncpg
import httpx
from tests.registry_api.conftest import StartRegistry
from tests.registry_api.reading import amended, founded

from servicekit.database import plain_dsn
from servicekit.testing import TestKeys

_ROWS = "SELECT * FROM obligation ORDER BY organization_id, kind, since"


async def test_rows_that_other_rules_made_are_brought_in_step(
    registry_url: str, start_registry: StartRegistry, keys: TestKeys
) -> None:
    async with start_registry(registry_url) as client:
        await _population(client)
    connection = await asyncpg.connect(plain_dsn(registry_url))
    expected = await connection.fetch(_ROWS)
    assert expected
    spoil = (
        "DELETE FROM obligation WHERE kind = $1",
        "UPDATE obligation SET due_on = '2030-01-01'",
    )
    await connection.execute(spoil[0], expected[0]["kind"])
    await connection.execute(spoil[1])
    assert await connection.fetch(_ROWS) != expected

    environment = {
        **os.environ,
        "REGISTRY_DATABASE_URL": registry_url,
        "REGISTRY_JWKS_FILE": str(keys.jwks_file),
    }
    command = [str(Path(sys.executable).parent / "registry-api"), "derive-obligations"]
    done = await asyncio.to_thread(
        subprocess.run, command, env=environment, capture_output=True, text=True, check=True
    )
    assert "obligations of 3 organizations" in done.stdout
    assert await connection.fetch(_ROWS) == expected
    await connection.close()


async def _population(client: httpx.AsyncClient) -> None:
    """One as it was founded, one with a past, one that owes nothing any more, one void."""
    await founded(client, 1)
    changed, ended, void = [await founded(client, number) for number in (2, 3, 4)]
    await amended(client, changed, "2016-09-01", party={"full_members": 8})
    await amended(client, changed, "2016-05-01", charter={"state": "provisional"})
    await amended(client, ended, "2017-01-01", status="deregistered")
    path = f"/v1/organizations/{void}/void"
    answer = await client.post(path, json={"reason": "错"}, headers={"if-match": "*"})
    assert answer.status_code == 200, answer.text
